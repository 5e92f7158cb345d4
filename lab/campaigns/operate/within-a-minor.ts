import { kubectl } from '../../kit/commands.ts';
import type { CampaignRecord } from '../../kit/record.ts';
import { NEXT, PATCH } from './cluster.ts';
import { documented } from './documented.ts';
import { controlPlane, controlPlaneSettled, packagesBack, savedManifests, settled } from './going-back.ts';

/** docs/rollback.md: the control plane from a patch to the one before. Its workers stay where they are. */
export async function withinMinor(record: CampaignRecord): Promise<void> {
  const on = 'cp1';
  const saved = { '<date>': (await savedManifests(record, on, NEXT)).date };
  await documented(
    record,
    'cp /etc/kubernetes/tmp/kubeadm-backup-manifests-<date>/kube-*.yaml /etc/kubernetes/manifests/',
    saved,
    { on },
  );
  record.check('within a minor: the control plane', controlPlane(NEXT), await controlPlaneSettled(NEXT));
  const { stdout: running } = await documented(
    record,
    "crictl ps --name 'kube-(apiserver|controller-manager|scheduler)'",
    {},
    { on },
  );
  for (const line of running.trim().split('\n')) record.note(`  ${line}`);
  const { stdout } = await documented(record, 'curl -sk https://localhost:6443/readyz', {}, { on });
  record.check('… /readyz', 'ok', stdout.trim());
  await packagesBack(record, on, NEXT, { otherMinor: false });
  await documented(
    record,
    "kubectl -n kube-system get configmap kubeadm-config -o yaml | sed 's/kubernetesVersion: v.*/kubernetesVersion: v<version>/' | kubectl replace -f -",
    { '<version>': NEXT },
  );
  record.check('… kubeadm-config says', `v${NEXT}`, await configuredVersion());
  const expected = `cp1 v${NEXT} Ready, w1 v${PATCH} Ready, w2 v${PATCH} Ready`;
  record.check('… the nodes', expected, await settled(expected));
}

export async function configuredVersion(): Promise<string> {
  const path = 'jsonpath={.data.ClusterConfiguration}';
  const configuration = await kubectl('get', 'configmap', 'kubeadm-config', '-n', 'kube-system', '-o', path);
  return /^kubernetesVersion: (\S+)/m.exec(configuration)?.[1] ?? configuration;
}
