import { kubectl, onNode, until } from '../../../kit/commands.ts';
import { postsAbout } from '../../../kit/daemons.ts';
import { leaseState } from '../../../kit/namespace.ts';
import { fingerprint, touchedSince } from '../../../kit/nodes.ts';
import { check, note, noteLines } from '../../../kit/record.ts';
import type { Scenario } from '../../../kit/runner.ts';
import { messageOf } from '../../../kit/runs.ts';
import { annotate, checkWrite, forging, statusOf } from './kubelet.ts';
import { checkTarget, detectOnly, report } from './scenario.ts';

/** An upgrade record of the product's own form, which no run has written. */
const forgedLedger = (to: string): string =>
  JSON.stringify({ run: 'forged', from: '1.34.9', to, phase: 'upgrading', cordonedByUs: false });

/** A worker's upgrade record names a version: another minor, and a patch that does not exist. */
export const ledgerVersions: Scenario = async () => {
  for (const to of ['1.35.4', '1.34.99']) {
    checkWrite(`w1 writes a ledger to v${to}`, 'allowed', await annotate('w1', 'ledger', forgedLedger(to)));
    checkTarget(await detectOnly(), 'w1');
    checkWrite('… removed again', 'allowed', await annotate('w1', 'ledger', undefined));
  }
};

const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml';

/** Root on a worker has its kubelet run a static pod that calls itself an API server of another minor. */
export const staticPod: Scenario = async () => {
  const labels = { component: 'kube-apiserver', tier: 'control-plane' };
  const container = { name: 'kube-apiserver', image: 'lab.invalid/k8s/kube-apiserver:v1.35.4', command: ['true'] };
  const metadata = { name: 'kube-apiserver', namespace: 'kube-system', labels };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [container] } };
  await onNode('w1', `cat > ${MANIFEST} <<'J'\n${JSON.stringify(pod)}\nJ`);
  const name = ['-n', 'kube-system', 'get', 'pod', 'kube-apiserver-w1', '--ignore-not-found', '-o', 'name'];
  const there = (): Promise<string> => kubectl(...name);
  await until('the mirror pod of w1 is there', 60, there, (seen) => seen !== '');
  note('Root on w1 runs a static pod with the labels of an API server and the image tag v1.35.4.');
  await checkClaim();
  const { addresses } = await statusOf('cp1');
  const forgery = { what: 'w1 reports the addresses of cp1 as well', status: { addresses } };
  await forging('w1', forgery, checkClaim);
  await onNode('w1', `rm ${MANIFEST}`);
  await until('the mirror pod of w1 is gone', 120, there, '');
};

/** The node stays as it is, the others are upgraded. The API servers' own addresses say that it is no control-plane node. */
async function checkClaim(): Promise<void> {
  const run = await detectOnly();
  checkTarget(run, 'Node w1 cannot be read: it runs static pods of a control plane (kube-apiserver)');
  const addresses = messageOf(run).includes('could not be read') ? 'not read' : 'read';
  check('… the addresses of the API servers', 'read', addresses);
}

/** Versions that a kubelet claims to run: far ahead, a pre-release, none at all. The answers are those of dry runs. */
export const kubeletVersions: Scenario = async () => {
  for (const version of CLAIMED) {
    const forgery = {
      what: `w1 reports the kubelet version ${version}`,
      status: { nodeInfo: { kubeletVersion: version } },
    };
    const before = await fingerprint();
    await forging('w1', forgery, async () => {
      checkTarget(await detectOnly(), 'w1');
      check('… the Lease', 'free', await leaseState());
      const { metadata, status } = await report();
      const posts = postsAbout(metadata.name).webhook;
      check('… reports that people get', '1', String(posts.length));
      noteLines(`The run of the report ends: ${status.phase ?? ''}`);
      for (const { text } of posts) noteLines(text);
    });
    check('… touched', 'nothing', await touchedSince(before));
  }
};

/** A worker stays as it is whether its version is a newer release or no release at all. No other node waits for it. */
const CLAIMED = ['v1.99.0', 'v1.35.0-rc.1', 'rubbish'];
