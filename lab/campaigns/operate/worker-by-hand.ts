import { lineOf, whenNodeIs } from '../../kit/nodes.ts';
import { check } from '../../kit/record.ts';
import { RUNNING } from './cluster.ts';
import { documented } from './documented.ts';
import { packagesBack } from './going-back.ts';

/** docs/rollback.md, what comes before anything else and a worker by hand: as a person does it who has no Argo. */
export async function workerByHand(node: string): Promise<void> {
  await documented("kubectl -n k8s-upgrade create configmap k8s-upgrade-killswitch --from-literal=reason='rollback'");
  await documented('argo cron suspend -n k8s-upgrade k8s-upgrade-nightly');
  await documented('argo list -n k8s-upgrade --running');
  await documented("systemctl list-units 'argo-kubeadm-upgrade-*'", {}, { on: node });

  await workerBack(node);
  const line = `${node} v${RUNNING} Ready`;
  await whenNodeIs(line);
  check('a worker back by hand: the node', line, await lineOf(node));

  await documented('kubectl -n k8s-upgrade delete configmap k8s-upgrade-killswitch');
  await documented('argo cron resume -n k8s-upgrade k8s-upgrade-nightly');
}

/** The part that is the same when the whole cluster goes back. */
export async function workerBack(node: string): Promise<void> {
  await documented('kubectl drain <node> --ignore-daemonsets --delete-emptydir-data', { '<node>': node });
  await packagesBack(node, RUNNING, { otherMinor: true });
  await documented('kubectl wait --for=condition=Ready node/<node> --timeout=5m', { '<node>': node });
  await documented('kubectl uncordon <node>', { '<node>': node });
}
