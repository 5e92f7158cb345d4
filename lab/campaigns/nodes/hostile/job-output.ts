import { must, onNode } from '../../../kit/commands.ts';
import { rollBack } from '../../../kit/nodes.ts';
import { PodWatch } from '../../../kit/pods.ts';
import { check, checkSays } from '../../../kit/record.ts';
import type { Scenario } from '../../../kit/runner.ts';
import { checkUpgraded, endOf, messageOf, night, noteMessage } from '../../../kit/runs.ts';
import { NEXT, RUNNING } from '../cluster.ts';
import { checkInert, checkQuoted, EXPRESSION } from './expressions.ts';
import { Loot } from './loot.ts';
import { describe } from './upgrade.ts';

const KUBELET_CONF = '/etc/kubernetes/kubelet.conf';
const KEPT = '/root/kubelet.conf';

/** kubeadm on w1 fails, and quotes what root on w1 has written into the file that kubeadm reads. */
export const jobOutput: Scenario = async () => {
  await rollBack('w1', RUNNING);
  const whole = await onNode('w1', `cp ${KUBELET_CONF} ${KEPT} && cat ${KUBELET_CONF}`);
  const changed = whole.replace(/^current-context:.*$/m, () => `current-context: '${EXPRESSION}'`);
  await must('lab/on-node.sh', ['w1', 'sh', '-c', `cat > ${KUBELET_CONF}`], `${changed}\n`);
  const watch = new PodWatch();
  const loot = await Loot.start('w1');
  const failed = await night(900);
  const pods = await watch.stop();
  await loot.stop();
  await onNode('w1', `mv ${KEPT} ${KUBELET_CONF}`);
  check('kubeadm on w1 prints an expression and fails: the run ends', 'Failed, failed', endOf(failed));
  await checkInert(failed);
  checkQuoted(failed);
  checkSays('… the message names the node', messageOf(failed), 'w1');
  noteMessage(failed);
  const found = (await loot.keys()).map((uid) => describe(pods.find(({ metadata }) => metadata.uid === uid)) ?? uid);
  check(
    '… private keys that root on w1 found meanwhile, the control plane being upgraded',
    'none',
    found.join(', ') || 'none',
  );
  await checkUpgraded('the file as it was, the next run ends', await night(900), NEXT);
};
