import { kubectl } from '../../kit/commands.ts';
import { controlPlane, readyAt } from '../../kit/nodes.ts';
import { check, noteLines } from '../../kit/record.ts';
import { NEXT, PATCH } from './cluster.ts';
import { documented } from './documented.ts';
import { controlPlaneSettled, packagesBack, savedManifests, settled } from './going-back.ts';

/** docs/rollback.md: the control plane from a patch to the one before. Its workers stay where they are. */
export async function withinMinor(): Promise<void> {
  const on = 'cp1';
  const saved = { '<date>': (await savedManifests(on, NEXT)).date };
  await documented(
    'cp /etc/kubernetes/tmp/kubeadm-backup-manifests-<date>/kube-*.yaml /etc/kubernetes/manifests/',
    saved,
    { on },
  );
  check('within a minor: the control plane', controlPlane(NEXT), await controlPlaneSettled(NEXT));
  const { stdout: running } = await documented(
    "crictl ps --name 'kube-(apiserver|controller-manager|scheduler)'",
    {},
    { on },
  );
  noteLines(running.trim());
  const { stdout } = await documented('curl -sk https://localhost:6443/readyz', {}, { on });
  check('… /readyz', 'ok', stdout.trim());
  await packagesBack(on, NEXT, { otherMinor: false });
  await documented(
    "kubectl -n kube-system get configmap kubeadm-config -o yaml | sed 's/kubernetesVersion: v.*/kubernetesVersion: v<version>/' | kubectl replace -f -",
    { '<version>': NEXT },
  );
  check('… kubeadm-config says', `v${NEXT}`, await configuredVersion());
  const expected = readyAt(['w1', 'w2'], PATCH, `cp1 v${NEXT} Ready`);
  check('… the nodes', expected, await settled(expected));
}

export async function configuredVersion(): Promise<string> {
  const path = 'jsonpath={.data.ClusterConfiguration}';
  const configuration = await kubectl('get', 'configmap', 'kubeadm-config', '-n', 'kube-system', '-o', path);
  return /^kubernetesVersion: (\S+)/m.exec(configuration)?.[1] ?? configuration;
}
