import { get, kubectl, onNode, until } from './commands.ts';
import { leaseName, runMarks } from './namespace.ts';

interface KubeNode {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly unschedulable?: boolean };
  readonly status: {
    readonly nodeInfo: { readonly kubeletVersion: string };
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
    readonly addresses: readonly { readonly type: string; readonly address: string }[];
  };
}

/** Nodes that a label selector matches; undefined: all. */
export const getNodes = async (selector?: string): Promise<readonly KubeNode[]> =>
  (await get<{ items: readonly KubeNode[] }>('nodes', ...(selector === undefined ? [] : ['-l', selector]))).items;

export const nodeNames = async (): Promise<string[]> => (await getNodes()).map(({ metadata }) => metadata.name).sort();

/** InternalIPs. */
export const addresses = async (selector?: string): Promise<string[]> =>
  (await getNodes(selector)).map(
    ({ status }) => status.addresses.find(({ type }) => type === 'InternalIP')?.address ?? '',
  );

/** Workers in the order in which they joined, which is the order in which they are upgraded. */
export async function workersInOrder(): Promise<string[]> {
  const lines = await kubectl(
    ...['get', 'nodes', '-l', '!node-role.kubernetes.io/control-plane', '--sort-by=.metadata.creationTimestamp'],
    ...['-o', 'jsonpath={range .items[*]}{.metadata.creationTimestamp} {.metadata.name}{"\\n"}{end}'],
  );
  return lines
    .split('\n')
    .sort()
    .map((line) => line.split(' ')[1] ?? '');
}

/** `cp1 v1.34.9 Ready`, and what is not as it should be after a run. */
function nodeLine({ metadata, spec, status }: KubeNode): string {
  const ready = status.conditions.find(({ type }) => type === 'Ready')?.status === 'True' ? 'Ready' : 'NotReady';
  const ledger = 'argo-kubeadm-upgrade.io/ledger' in (metadata.annotations ?? {});
  const marks = [spec.unschedulable === true ? ' cordoned' : '', ledger ? ' open ledger' : ''];
  return `${metadata.name} ${status.nodeInfo.kubeletVersion} ${ready}${marks.join('')}`;
}

export const nodeLines = async (): Promise<string> => (await getNodes()).map(nodeLine).sort().join(', ');

/** The line of one node; empty when there is no such node. */
export const lineOf = async (node: string): Promise<string> =>
  (await getNodes()).map(nodeLine).find((line) => line.startsWith(`${node} `)) ?? '';

export const whenNodeIs = (line: string, limitSeconds = 120): Promise<unknown> =>
  until(`"${line}"`, limitSeconds, () => lineOf(line.split(' ')[0] ?? ''), line);

/** The nodes of a lab with one control plane and two workers. */
export const NODES = ['cp1', 'w1', 'w2'] as const;

/** {@link nodeLines} of nodes that are upgraded; `others` are lines of nodes that differ. */
export const readyAt = (nodes: readonly string[], version: string, ...others: readonly string[]): string =>
  [...nodes.map((node) => `${node} v${version} Ready`), ...others].sort().join(', ');

/** {@link nodeLines} when every node is upgraded. */
export const readyNodes = async (version: string): Promise<string> => readyAt(await nodeNames(), version);

/** Everything that an upgrade would have changed: Nodes, packages, static pods, leases, the marks of a run. */
export async function fingerprint(): Promise<Readonly<Record<string, string>>> {
  const names = (await getNodes()).map(({ metadata }) => metadata.name);
  const packages = await Promise.all(names.map(async (node) => `${node}: ${await onNode(node, PACKAGES)}`));
  return {
    nodes: await nodeLines(),
    packages: packages.join('\n'),
    'static pods': await componentImages(),
    lease: await leaseName(),
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

export const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

/** {@link componentImages} of a control plane that runs a version. */
export const controlPlane = (version: string): string => COMPONENTS.map((name) => `${name}:v${version}`).join(', ');

/** `kube-apiserver:v1.34.9, …`, each once. */
export async function componentImages(): Promise<string> {
  const { items } = await get<{ items: readonly { spec: { containers: readonly { image: string }[] } }[] }>(
    ...['pods', '-n', 'kube-system', '-l', 'tier=control-plane'],
  );
  const images = items.flatMap(({ spec }) => spec.containers.map(({ image }) => image.replace(/^.*\//, '')));
  return [...new Set(images)]
    .filter((image) => !image.startsWith('etcd'))
    .sort()
    .join(', ');
}

/** Installs older packages on a worker, so that it is behind again. A kubelet may be older than its API server. */
export async function rollBack(node: string, version: string): Promise<void> {
  const wanted = ['kubeadm', 'kubelet', 'kubectl'].map((name) => `${name}=${version}-*`).join(' ');
  await onNode(
    node,
    `set -e; export DEBIAN_FRONTEND=noninteractive; apt-get -qq update
apt-get -qq -y install --allow-downgrades --allow-change-held-packages ${wanted} >/dev/null
apt-mark hold kubeadm kubelet kubectl >/dev/null; systemctl daemon-reload; systemctl restart kubelet`,
  );
  await whenNodeIs(`${node} v${version} Ready`);
}

/** An attempt of the work on a node, as the node itself has written it down. */
interface Attempt {
  readonly unit: string;
  /** Seconds since the epoch; no end for one that was killed. */
  readonly started: number;
  readonly ended: number | undefined;
  /** `running 4 kubelet and kubectl packages`, `done`, … */
  readonly state: string;
}

const LIST =
  'cd /var/lib/argo-kubeadm-upgrade 2>/dev/null && for job in *; do [ -f "$job/started" ] && echo "$job $(cat "$job/started") $(cat "$job/ended" 2>/dev/null || echo -) $(cat "$job/state" 2>/dev/null)"; done; true';

export async function attemptsOn(node: string): Promise<readonly Attempt[]> {
  const lines = (await onNode(node, LIST)).split('\n').filter((line) => line !== '');
  return lines
    .map((line) => {
      const [unit = '', started = '', ended = '', ...state] = line.split(' ');
      return {
        unit,
        started: Number(started),
        ended: ended === '-' ? undefined : Number(ended),
        state: state.join(' '),
      };
    })
    .sort((a, b) => a.started - b.started);
}

/** Attempts for a target, oldest first. */
export const attemptsFor = async (node: string, target: string): Promise<readonly Attempt[]> =>
  (await attemptsOn(node)).filter(({ unit }) => unit.includes(`v${target}-`));

/** Pairs of attempts of one node that were at work at the same time; an end that is missing is the next one's begin. */
export function overlaps(attempts: readonly Attempt[]): string[] {
  return attempts.flatMap((attempt, index) => {
    const before = attempts[index - 1];
    return before?.ended !== undefined && before.ended > attempt.started ? [`${before.unit} and ${attempt.unit}`] : [];
  });
}

/** `none`, or what overlapped, over several nodes. */
export async function overlapsOn(nodes: readonly string[]): Promise<string> {
  const found = await Promise.all(nodes.map(async (node) => overlaps(await attemptsOn(node))));
  return found.flat().join('; ') || 'none';
}
