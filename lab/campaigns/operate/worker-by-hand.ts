import { until } from '../../kit/commands.ts';
import type { CampaignRecord } from '../../kit/record.ts';
import { nodeLines } from '../../kit/nodes.ts';
import { RUNNING } from './cluster.ts';
import { documented } from './documented.ts';
import { packagesBack } from './going-back.ts';

/** docs/rollback.md, what comes before anything else and a worker by hand: as a person does it who has no Argo. */
export async function workerByHand(record: CampaignRecord, node: string): Promise<void> {
  await documented(
    record,
    "kubectl -n k8s-upgrade create configmap k8s-upgrade-killswitch --from-literal=reason='rollback'",
  );
  await documented(record, 'argo cron suspend -n k8s-upgrade k8s-upgrade-nightly');
  await documented(record, 'argo list -n k8s-upgrade --running');
  await documented(record, "systemctl list-units 'argo-kubeadm-upgrade-*'", {}, { on: node });

  await workerBack(record, node);
  const line = `${node} v${RUNNING} Ready`;
  const nodes = await until(`${node} is back`, 120, nodeLines, (lines) => lines.split(', ').includes(line));
  record.check('a worker back by hand: the node', line, nodes.split(', ').find((each) => each.startsWith(node)) ?? '');

  await documented(record, 'kubectl -n k8s-upgrade delete configmap k8s-upgrade-killswitch');
  await documented(record, 'argo cron resume -n k8s-upgrade k8s-upgrade-nightly');
}

/** The part that is the same when the whole cluster goes back. */
export async function workerBack(record: CampaignRecord, node: string): Promise<void> {
  await documented(record, 'kubectl drain <node> --ignore-daemonsets --delete-emptydir-data', { '<node>': node });
  await packagesBack(record, node, RUNNING, { otherMinor: true });
  await documented(record, 'kubectl wait --for=condition=Ready node/<node> --timeout=5m', { '<node>': node });
  await documented(record, 'kubectl uncordon <node>', { '<node>': node });
}
