import { REPOSITORY } from '../../kit/cluster.ts';
import { kubectl, until } from '../../kit/commands.ts';
import { componentImages, controlPlane, lineOf, nodeLines, whenNodeIs } from '../../kit/nodes.ts';
import { check } from '../../kit/record.ts';
import { RUNNING } from './cluster.ts';
import { documented } from './documented.ts';

/** What both ways back of docs/rollback.md have in common. */

export interface Saved {
  /** As its folder is called. */
  readonly date: string;
  /** The `image:` lines of all of them. */
  readonly images: string;
}

/** The newest manifests of a version that kubeadm has saved on a node: as a reader finds them, folder by folder. */
export async function savedManifests(node: string, version: string): Promise<Saved> {
  const { stdout } = await documented('ls -d /etc/kubernetes/tmp/kubeadm-backup-manifests-*', {}, { on: node });
  for (const folder of stdout.trim().split('\n').sort().reverse()) {
    const date = folder.replace(/^.*kubeadm-backup-manifests-/, '');
    // An upgrade that changed nothing has left an empty one.
    const { stdout: images } = await documented(
      "grep -h 'image:' /etc/kubernetes/tmp/kubeadm-backup-manifests-<date>/*.yaml",
      { '<date>': date },
      { on: node, exitCodes: [0, 2] },
    );
    if (versionsIn(images) === [version, version, version].join(', ')) return { date, images };
  }
  throw new Error(`${node} has no saved manifests of v${version}: ${stdout}`);
}

/** Those of API server, controller manager and scheduler. */
export const versionsIn = (images: string): string =>
  [...images.matchAll(/\/kube-[a-z-]+:v(\S+)/g)].map(([, version]) => version).join(', ');

/** The packages of an older version, as on a worker. */
export async function packagesBack(
  node: string,
  version: string,
  { otherMinor }: { readonly otherMinor: boolean },
): Promise<void> {
  await documented(
    [
      'FROM=1.34.9; MINOR=${FROM%.*}',
      ...(otherMinor
        ? ([
            'echo "deb [signed-by=/etc/apt/keyrings/kubernetes-apt-keyring.asc] https://pkgs.k8s.io/core:/stable:/v$MINOR/deb/ /" > /etc/apt/sources.list.d/kubernetes.list',
          ] as const)
        : []),
      'apt-get update',
      'apt-mark unhold kubeadm kubelet kubectl',
      'apt-get install -y --allow-downgrades "kubeadm=$FROM-*" "kubelet=$FROM-*" "kubectl=$FROM-*"',
      'apt-mark hold kubeadm kubelet kubectl',
      'systemctl daemon-reload && systemctl restart kubelet',
      'journalctl -u kubelet -n 50',
    ],
    { '1.34.9': version, ...(otherMinor ? { 'https://pkgs.k8s.io/core:/stable:': REPOSITORY } : {}) },
    { on: node },
  );
}

/** `cp1 v1.34.10 Ready, …` within the time that kubelets need to say so; otherwise what they say then. */
export async function settled(expected: string): Promise<string> {
  await until('the nodes', 300, nodeLines, expected).catch(() => undefined);
  return nodeLines();
}

/** What answers as API server, and what its pods say they are. */
export async function controlPlaneSettled(version: string): Promise<string> {
  const reported = (): Promise<string> => kubectl('get', '--raw', '/version');
  await until(`an API server of v${version}`, 300, reported, (answer) => answer.includes(`"v${version}"`));
  const expected = controlPlane(version);
  await until('the control plane', 300, componentImages, expected).catch(() => undefined);
  return componentImages();
}

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
