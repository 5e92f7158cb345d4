import { attemptsOn, fingerprint, touchedSince } from '../../../kit/nodes.ts';
import { check, checkSays } from '../../../kit/record.ts';
import type { Scenario } from '../../../kit/runner.ts';
import { endOf, messageOf, night, noteMessage } from '../../../kit/runs.ts';
import { checkInert, EXPRESSION } from './expressions.ts';
import { asKubelet, checkWrite, type Forgery, forging, statusOf } from './kubelet.ts';
import { CANARY_LABEL, OWN_LABEL } from './scenario.ts';

const LIMIT_SECONDS = 900;

/** A run beside a forged identity of w1 fails before it changes any node, and names every node concerned. */
async function refused(forgery: Forgery, names: readonly string[], touched = 'nothing'): Promise<void> {
  const before = await fingerprint();
  const attempts = (await attemptsOn('cp1')).length;
  await forging('w1', forgery, async () => {
    const ended = await night(LIMIT_SECONDS);
    check('… the run ends', 'Failed, failed', endOf(ended));
    for (const name of names) checkSays(`… the message names ${name}`, messageOf(ended), name);
    await checkInert(ended);
    noteMessage(ended);
  });
  check('… touched', touched, await touchedSince(before));
  check('… jobs that were started on cp1', '0', String((await attemptsOn('cp1')).length - attempts));
}

/** A worker reports the address of the control plane, and an expression as its address. */
export const forgedAddresses: Scenario = async () => {
  const { addresses: own } = await statusOf('cp1');
  // This is the first run that begins: it creates the Lease and notes where it goes, before inventory refuses.
  await refused({ what: 'w1 reports the addresses of cp1', status: { addresses: own } }, ['w1', 'cp1'], 'lease, marks');
  const text = [{ type: 'InternalIP', address: EXPRESSION }];
  await refused({ what: 'w1 reports an expression as its address', status: { addresses: text } }, ['w1']);
};

/** A worker reports the machine ID of the control plane. */
export const machineIds: Scenario = async () => {
  const machineID = (await statusOf('cp1')).nodeInfo['machineID'];
  await refused({ what: 'w1 reports the machine ID of cp1', status: { nodeInfo: { machineID } } }, ['w1']);
};

/** What NodeRestriction lets a kubelet write about its node and its cluster, and what it refuses. */
export const ownLabels: Scenario = async () => {
  const label = (node: string, text: string) => asKubelet('w1', 'label', 'node', node, text);
  checkWrite(`w1 labels itself ${OWN_LABEL}`, 'allowed', await label('w1', OWN_LABEL));
  const controlPlane = 'node-role.kubernetes.io/control-plane=';
  checkWrite('w1 labels itself a control plane', 'refused', await label('w1', controlPlane));
  checkWrite(`w1 labels itself ${CANARY_LABEL}`, 'refused', await label('w1', CANARY_LABEL));
  const other = asKubelet('w1', 'annotate', 'node', 'w2', 'argo-kubeadm-upgrade.io/ledger=x');
  checkWrite('w1 annotates w2', 'refused', await other);
  const hook = ['create', 'configmap', '-n', 'kube-system', 'apiserver-oidc-restore', '--from-literal=restore.sh=true'];
  checkWrite('w1 creates the ConfigMap of the restore hook', 'refused', await asKubelet('w1', ...hook));
};
