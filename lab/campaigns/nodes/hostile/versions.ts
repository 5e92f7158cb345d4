import { kubectl, onNode, until } from '../../../kit/commands.ts';
import { fingerprint, leaseState, touchedSince } from '../../../kit/nodes.ts';
import type { CampaignRecord } from '../../../kit/record.ts';
import { postsAbout } from '../../../kit/chat.ts';
import { messageOf } from '../../../kit/runs.ts';
import { checkTarget, detectOnly, noteMessage, report } from './dry-run.ts';
import { annotate, checkWrite, forging, statusOf } from './kubelet.ts';
import type { Scenario } from './scenario.ts';

/** An upgrade record of the product's own form, which no run has written. */
export const forgedLedger = (to: string): string =>
  JSON.stringify({ run: 'forged', from: '1.34.9', to, phase: 'upgrading', cordonedByUs: false });

/** A worker's upgrade record names a version: another minor, and a patch that does not exist. */
export const ledgerVersions: Scenario = async (record) => {
  for (const to of ['1.35.4', '1.34.99']) {
    checkWrite(record, `w1 writes a ledger to v${to}`, 'allowed', await annotate('w1', 'ledger', forgedLedger(to)));
    checkTarget(record, await detectOnly(), 'w1');
    checkWrite(record, '… removed again', 'allowed', await annotate('w1', 'ledger', undefined));
  }
};

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
  await checkClaim(record);
  const { addresses } = await statusOf('cp1');
  const forgery = { what: 'w1 reports the addresses of cp1 as well', status: { addresses } };
  await forging(record, 'w1', forgery, () => checkClaim(record));
  await onNode('w1', `rm ${MANIFEST}`);
  await until('the mirror pod of w1 is gone', 120, there, (seen) => seen === '');
};

/** The node stays as it is, the others are upgraded. The API servers' own addresses say that it is no control-plane node. */
async function checkClaim(record: CampaignRecord): Promise<void> {
  const run = await detectOnly();
  checkTarget(record, run, 'Node w1 cannot be read: it runs static pods of a control plane (kube-apiserver)');
  const addresses = messageOf(run).includes('could not be read') ? 'not read' : 'read';
  record.check('… the addresses of the API servers', 'read', addresses);
}

/** Versions that a kubelet claims to run: far ahead, a pre-release, none at all. The answers are those of dry runs. */
export const kubeletVersions: Scenario = async (record) => {
  for (const version of CLAIMED) {
    const forgery = {
      what: `w1 reports the kubelet version ${version}`,
      status: { nodeInfo: { kubeletVersion: version } },
    };
    const before = await fingerprint();
    await forging(record, 'w1', forgery, async () => {
      checkTarget(record, await detectOnly(), 'w1');
      record.check('… the Lease', 'free', await leaseState());
      const { metadata, status } = await report();
      const posts = postsAbout(metadata.name).webhook;
      record.check('… reports that people get', '1', String(posts.length));
      record.note(`  The run of the report ends: ${status.phase ?? ''}`);
      for (const { text } of posts) noteMessage(record, text);
    });
    record.check('… touched', 'nothing', await touchedSince(before));
  }
};

/** A worker stays as it is whether its version is a newer release or no release at all. No other node waits for it. */
const CLAIMED = ['v1.99.0', 'v1.35.0-rc.1', 'rubbish'];
