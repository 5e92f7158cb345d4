import { kubectl, onNode, until } from '../../campaign/commands.ts';
import { fingerprint, leaseState, touchedSince } from '../../e2e/cluster-state.ts';
import { said, type CampaignRecord } from '../../campaign/record.ts';
import { outputOf, type Workflow } from '../../campaign/workflow.ts';
import { postsAbout } from '../../signals/chat.ts';
import { endOf, messageOf, submit, whenEnded } from '../runs.ts';
import { B } from '../versions.ts';
import { annotate, checkWrite, forging } from './kubelet.ts';
import type { Scenario } from './scenario.ts';
import { noteMessage } from './text.ts';

const LIMIT_SECONDS = 600;

/** An upgrade record of the product's own form, which no run has written. */
export const forgedLedger = (to: string): string =>
  JSON.stringify({ run: 'forged', from: '1.34.9', to, phase: 'upgrading', cordonedByUs: false });

const detectOnly = async (): Promise<Workflow> =>
  whenEnded(await submit('workflowtemplate/k8s-upgrade', 'detectionDryRun=true'), LIMIT_SECONDS);

const report = async (): Promise<Workflow> =>
  whenEnded(await submit('workflowtemplate/k8s-upgrade-report'), LIMIT_SECONDS);

/** A worker's upgrade record names a version: another minor, and a patch that does not exist. */
export const ledgerVersions: Scenario = async (record) => {
  for (const to of ['1.35.4', '1.34.99']) {
    checkWrite(record, `w1 writes a ledger to v${to}`, 'allowed', await annotate('w1', 'ledger', forgedLedger(to)));
    await checkTarget(record, await detectOnly());
    checkWrite(record, '… removed again', 'allowed', await annotate('w1', 'ledger', undefined));
  }
};

/** Detection chooses the newest patch, and says what it makes of the worker. */
async function checkTarget(record: CampaignRecord, run: Workflow): Promise<void> {
  record.check('… a dry run of detection ends', 'Succeeded, detected', endOf(run));
  record.check('… the target', B, outputOf(run, 'detect', 'target') || 'none');
  record.check('… the message names the node', ...said(messageOf(run), 'w1'));
  noteMessage(record, messageOf(run));
}

const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml';

/** Root on a worker has its kubelet run a static pod that calls itself an API server of another minor. */
export const staticPod: Scenario = async (record) => {
  const labels = { component: 'kube-apiserver', tier: 'control-plane' };
  const container = { name: 'kube-apiserver', image: 'lab.invalid/k8s/kube-apiserver:v1.35.4', command: ['true'] };
  const metadata = { name: 'kube-apiserver', namespace: 'kube-system', labels };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [container] } };
  await onNode('w1', `cat > ${MANIFEST} <<'J'\n${JSON.stringify(pod)}\nJ`);
  const name = ['-n', 'kube-system', 'get', 'pod', 'kube-apiserver-w1', '--ignore-not-found', '-o', 'name'];
  const there = (): Promise<string> => kubectl(...name);
  await until('the mirror pod of w1 is there', 60, there, (seen) => seen !== '');
  record.note('Root on w1 runs a static pod with the labels of an API server and the image tag v1.35.4.');
  const run = await detectOnly();
  record.check('… a dry run of detection ends', 'Succeeded, detected', endOf(run));
  record.check('… the target', B, outputOf(run, 'detect', 'target') || 'none');
  await onNode('w1', `rm ${MANIFEST}`);
  await until('the mirror pod of w1 is gone', 120, there, (seen) => seen === '');
};

/** Versions that a kubelet claims to run: far ahead, a pre-release, none at all. The answers are those of dry runs. */
export const kubeletVersions: Scenario = async (record) => {
  for (const [version, end] of CLAIMED) {
    const forgery = {
      what: `w1 reports the kubelet version ${version}`,
      status: { nodeInfo: { kubeletVersion: version } },
    };
    const before = await fingerprint();
    await forging(record, 'w1', forgery, async () => {
      const ended = await detectOnly();
      record.check('… a dry run of detection ends', end, endOf(ended));
      record.check('… the message names the node', ...said(messageOf(ended), 'w1'));
      record.check(
        '… the target',
        end.startsWith('Succeeded') ? B : 'none',
        outputOf(ended, 'detect', 'target') || 'none',
      );
      record.check('… the Lease', 'free', await leaseState());
      noteMessage(record, messageOf(ended));
      const { metadata, status } = await report();
      const posts = postsAbout(metadata.name).webhook;
      record.check('… reports that people get', '1', String(posts.length));
      record.note(`  The run of the report ends: ${status.phase ?? ''}`);
      for (const { text } of posts) noteMessage(record, text);
    });
    record.check('… touched', 'nothing', await touchedSince(before));
  }
};

/** A release counts, whatever it is: that worker alone is left as it is. What is no release ends the run. */
const CLAIMED = [
  ['v1.99.0', 'Succeeded, detected'],
  ['v1.35.0-rc.1', 'Failed, failed'],
  ['rubbish', 'Failed, failed'],
] as const;
