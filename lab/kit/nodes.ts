import { get, onNode, run } from './commands.ts';
import { runMarks } from './namespace.ts';

export interface KubeNode {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly unschedulable?: boolean };
  readonly status: {
    readonly nodeInfo: { readonly kubeletVersion: string };
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
  };
}

export const getNodes = async (): Promise<readonly KubeNode[]> =>
  (await get<{ items: readonly KubeNode[] }>('nodes')).items;

/** `cp1 v1.34.9 Ready`, and what is not as it should be after a run. */
export function nodeLine({ metadata, spec, status }: KubeNode): string {
  const ready = status.conditions.find(({ type }) => type === 'Ready')?.status === 'True' ? 'Ready' : 'NotReady';
  const ledger = 'argo-kubeadm-upgrade.io/ledger' in (metadata.annotations ?? {});
  return [
    metadata.name,
    status.nodeInfo.kubeletVersion,
    ready,
    spec.unschedulable === true ? 'cordoned' : '',
    ledger ? 'open ledger' : '',
  ]
    .filter((word) => word !== '')
    .join(' ');
}

export const nodeLines = async (): Promise<string> => (await getNodes()).map(nodeLine).sort().join(', ');

/** `free`, also where no run has held the Lease yet, or the run that holds it. */
export async function leaseState(): Promise<string> {
  const path = 'jsonpath={.spec.holderIdentity}';
  const { stdout } = await run('lab/in-lab.sh', [
    'kubectl',
    'get',
    'lease',
    'k8s-upgrade',
    '-n',
    'k8s-upgrade',
    '-o',
    path,
  ]);
  return stdout.trim() || 'free';
}

/** Everything that an upgrade would have changed: Nodes, packages, static pods, leases, the marks of a run. */
export async function fingerprint(): Promise<Readonly<Record<string, string>>> {
  const nodes = (await getNodes()).map(({ metadata }) => metadata.name);
  const packages = await Promise.all(nodes.map(async (node) => `${node}: ${await onNode(node, PACKAGES)}`));
  const lease = await run('lab/in-lab.sh', [
    'kubectl',
    'get',
    'lease',
    'k8s-upgrade',
    '-n',
    'k8s-upgrade',
    '-o',
    'name',
    '--ignore-not-found',
  ]);
  return {
    nodes: await nodeLines(),
    packages: packages.join('\n'),
    'static pods': await componentImages(),
    lease: lease.stdout.trim(),
    marks: Object.keys(await runMarks()).join(','),
  };
}

/** What of a fingerprint is no longer as it was; `nothing` when all of it is. */
export async function touchedSince(before: Readonly<Record<string, string>>): Promise<string> {
  const after = await fingerprint();
  const touched = Object.keys(before).filter((key) => before[key] !== after[key]);
  return touched.join(', ') || 'nothing';
}

const PACKAGES =
  "dpkg-query -W -f '${Package} ${Version} ${db:Status-Want}; ' kubeadm kubelet kubectl; cat /etc/apt/sources.list.d/*";

/** `kube-apiserver:v1.34.9, …`, each once. */
export async function componentImages(): Promise<string> {
  const { items } = await get<{ items: readonly { spec: { containers: readonly { image: string }[] } }[] }>(
    'pods',
    '-n',
    'kube-system',
    '-l',
    'tier=control-plane',
  );
  const images = items.flatMap(({ spec }) => spec.containers.map(({ image }) => image.replace(/^.*\//, '')));
  return [...new Set(images)]
    .filter((image) => !image.startsWith('etcd'))
    .sort()
    .join(', ');
}
