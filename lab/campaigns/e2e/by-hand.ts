import { said, type CampaignRecord } from '../../kit/record.ts';
import { outputOf, podsOf, submit, whenEnded } from '../../kit/workflow.ts';
import { nodeLines } from '../../kit/nodes.ts';

/** One node by hand, under the Lease that a failed run left behind; then the night that finishes what was begun. */
export async function byHand(record: CampaignRecord, from: string, to: string): Promise<void> {
  const one = await whenEnded(await submit('workflowtemplate/k8s-upgrade-node', 'nodes=cp1', `target=${to}`), 900);
  record.check(
    'one node by hand, after a failed run left the Lease behind: the Workflow ends',
    'Succeeded',
    one.status.phase ?? '',
  );
  record.check(
    'one node by hand: the nodes',
    `cp1 v${to} Ready, w1 v${from} Ready, w2 v${from} Ready`,
    await nodeLines(),
  );

  const rest = await whenEnded(await submit('cronwf/k8s-upgrade-nightly'), 900);
  record.check('half done: the next nightly run ends', 'Succeeded', rest.status.phase ?? '');
  // Nodes come in the order in which they joined, and the machines of the lab join side by side.
  const reason = outputOf(rest, 'detect', 'reason').replace('w2, w1', 'w1, w2');
  record.check('half done: why it went on', ...said(reason, `v${to} was begun and is not finished on w1, w2`));
  record.check(
    'half done: control-plane steps that it needed',
    '0',
    String(podsOf(rest).filter(({ templateName = '' }) => templateName.endsWith('-control-plane')).length),
  );
  record.check('half done: the nodes', `cp1 v${to} Ready, w1 v${to} Ready, w2 v${to} Ready`, await nodeLines());
}
