import { must, onNode } from '../../../kit/commands.ts';
import { said } from '../../../kit/record.ts';
import { nodeLines } from '../../../kit/nodes.ts';
import { rollBack } from '../machines.ts';
import { readyNodes } from '../night.ts';
import { endOf, messageOf, night } from '../../../kit/runs.ts';
import { A, B } from '../versions.ts';
import { checkInert, checkQuoted, EXPRESSION } from './expressions.ts';
import { Loot } from './loot.ts';
import type { Scenario } from './scenario.ts';
import { noteMessage } from './dry-run.ts';

const KUBELET_CONF = '/etc/kubernetes/kubelet.conf';
const KEPT = '/root/kubelet.conf';

/** kubeadm on w1 fails, and quotes what root on w1 has written into the file that kubeadm reads. */
export const jobOutput: Scenario = async (record) => {
  await rollBack('w1', A);
  const whole = await onNode('w1', `cp ${KUBELET_CONF} ${KEPT} && cat ${KUBELET_CONF}`);
  const changed = whole.replace(/^current-context:.*$/m, () => `current-context: '${EXPRESSION}'`);
  await must('lab/on-node.sh', ['w1', 'sh', '-c', `cat > ${KUBELET_CONF}`], `${changed}\n`);
  const loot = await Loot.start('w1');
  const failed = await night(900);
  await loot.stop();
  await onNode('w1', `mv ${KEPT} ${KUBELET_CONF}`);
  record.check('kubeadm on w1 prints an expression and fails: the run ends', 'Failed, failed', endOf(failed));
  await checkInert(record, failed);
  checkQuoted(record, failed);
  record.check('… the message names the node', ...said(messageOf(failed), 'w1'));
  noteMessage(record, messageOf(failed));
  const found = (await loot.keys()).join(', ') || 'none';
  record.check('… private keys that root on w1 found meanwhile, the control plane being upgraded', 'none', found);
  const ended = await night(900);
  record.check('the file as it was, the next run ends', 'Succeeded, upgraded', endOf(ended));
  record.check('… the nodes', await readyNodes(B), await nodeLines());
};
