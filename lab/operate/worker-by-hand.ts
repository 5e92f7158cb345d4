import { until } from '../campaign/commands.ts';
import type { CampaignRecord } from '../campaign/record.ts';
import { nodeLines } from '../e2e/cluster-state.ts';
import { RUNNING } from './cluster.ts';
import { documented } from './documented.ts';

/** Where the machines of the lab have their packages. */
const REPOSITORY = { 'https://pkgs.k8s.io': 'http://10.210.0.1:8080' };

/** docs/rollback.md, what comes before anything else and a worker by hand: as a person does it who has no Argo. */
export async function workerByHand(record: CampaignRecord, node: string): Promise<void> {
  await documented(
    record,
    "kubectl -n k8s-upgrade create configmap k8s-upgrade-killswitch --from-literal=reason='rollback'",
  );
  await documented(record, 'argo cron suspend -n k8s-upgrade k8s-upgrade-nightly');
  await documented(record, 'argo list -n k8s-upgrade --running');
  await documented(record, "systemctl list-units 'argo-kubeadm-upgrade-*'", {}, { on: node });

  await documented(record, 'kubectl drain <node> --ignore-daemonsets --delete-emptydir-data', { '<node>': node });
  await documented(
    record,
    [
      'FROM=1.34.9; MINOR=${FROM%.*}',
      'echo "deb [signed-by=/etc/apt/keyrings/kubernetes-apt-keyring.asc] https://pkgs.k8s.io/core:/stable:/v$MINOR/deb/ /" > /etc/apt/sources.list.d/kubernetes.list',
      'apt-get update',
      'apt-mark unhold kubeadm kubelet kubectl',
      'apt-get install -y --allow-downgrades "kubeadm=$FROM-*" "kubelet=$FROM-*" "kubectl=$FROM-*"',
      'apt-mark hold kubeadm kubelet kubectl',
      'systemctl daemon-reload && systemctl restart kubelet',
      'journalctl -u kubelet -n 50',
    ],
    { ...REPOSITORY, '1.34.9': RUNNING },
    { on: node },
  );
  await documented(record, 'kubectl wait --for=condition=Ready node/<node> --timeout=5m', { '<node>': node });
  await documented(record, 'kubectl uncordon <node>', { '<node>': node });
  const line = `${node} v${RUNNING} Ready`;
  const nodes = await until(`${node} is back`, 120, nodeLines, (lines) => lines.split(', ').includes(line));
  record.check('a worker back by hand: the node', line, nodes.split(', ').find((each) => each.startsWith(node)) ?? '');

  await documented(record, 'kubectl -n k8s-upgrade delete configmap k8s-upgrade-killswitch');
  await documented(record, 'argo cron resume -n k8s-upgrade k8s-upgrade-nightly');
}
