import { finding, type Finding } from '../../upgrade/gate/finding.ts';
import type { Volume, Volumes } from '../../upgrade/node/health.ts';
import { shellWord } from '../../text/shell.ts';
import { installedPackages } from '../../upgrade/host/node-packages.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { sshHost } from '../../upgrade/node/ssh-host.ts';
import { notKnown } from '../../upgrade/reading.ts';
import type { HostHealth } from '../ports/health.ts';
import { judgeCertificate } from './judge-certificates.ts';
import type { PreflightInput } from './contract.ts';
import type { PreflightFacts } from './facts.ts';

/** Judges what the hosts of the control-plane nodes report. */
export function judgeHosts(facts: PreflightFacts, input: PreflightInput): Finding[] {
  const nodes = facts.nodes.filter(({ controlPlane }) => controlPlane);
  return [
    ...nodes.flatMap((node) => judgeHost(node, facts.hosts.get(node.name) ?? nowhere(node), facts.nowMs, input)),
    ...members(nodes, facts.hosts),
  ];
}

function nowhere(node: ClusterNode): HostHealth {
  const host = sshHost(node);
  const none = notKnown(`node ${node.name} ${host.known ? 'was not checked' : host.reason}`);
  return { etcd: none, certificates: none, volumes: none, brokenPackages: none, manifestCopies: none };
}

function judgeHost({ name }: ClusterNode, host: HostHealth, nowMs: number, input: PreflightInput): Finding[] {
  const { etcd, certificates, volumes, brokenPackages, manifestCopies } = host;
  return [
    ...notSeen(name, host),
    ...(etcd.known && etcd.value.kind === 'unhealthy' ? [unhealthy(name, etcd.value.because)] : []),
    ...(certificates.known ? certificates.value.flatMap((file) => judgeCertificate(name, file, nowMs, input)) : []),
    ...(volumes.known ? judgeVolumes(name, volumes.value, input.freeMiB) : []),
    ...(brokenPackages.known ? judgePackages(name, brokenPackages.value) : []),
    ...(manifestCopies.known && manifestCopies.value.length > 0 ? [copied(name, manifestCopies.value)] : []),
  ];
}

const SEEN_THERE: Readonly<Record<keyof HostHealth, string>> = {
  etcd: 'etcd',
  certificates: 'certificates',
  volumes: 'volumes',
  brokenPackages: 'packages',
  manifestCopies: 'manifests',
};

/** Reports a node without SSH login once, not once for each check. */
function notSeen(name: string, host: HostHealth): Finding[] {
  const unseen = Object.entries(SEEN_THERE).flatMap(([key, what]) => {
    const reading = host[key as keyof HostHealth];
    return reading.known ? [] : [{ what, reason: reading.reason }];
  });
  return [...Map.groupBy(unseen, ({ reason }) => reason)].map(([reason, some]) =>
    finding('host-unknown', 'unknown', `control-plane node ${name}`, {
      found: `no answer: ${reason}`,
      needed: `a look at its ${some.map(({ what }) => what).join(', ')}`,
      remedy: 'Correct the cause. The next scheduled run checks again.',
    }),
  );
}

/** kubeadm changes the manifest by its own name only: https://github.com/kubernetes/kubernetes/issues/129364 */
const copied = (name: string, paths: readonly string[]): Finding =>
  finding('manifest-copy', 'actionable', `the static-pod manifests of ${name}`, {
    found: `another file for a component: ${paths.join(', ')}`,
    needed: 'one file for each component, since the kubelet runs every file of that directory',
    remedy: `The kubelet may run the copy instead of the version that kubeadm writes, and kubeadm then fails after the drain. Move it away, on ${name}: mkdir -p /etc/kubernetes/copies && mv ${paths.map(shellWord).join(' ')} /etc/kubernetes/copies/`,
  });

const unhealthy = (name: string, because: string): Finding =>
  finding('etcd-unhealthy', 'actionable', `etcd on ${name}`, {
    found: because,
    needed: 'every etcd member healthy',
    remedy: `Correct the cause first: kubectl -n kube-system logs etcd-${name}.`,
  });

function members(nodes: readonly ClusterNode[], hosts: PreflightFacts['hosts']): Finding[] {
  const seen = nodes.flatMap(({ name }) => {
    const etcd = hosts.get(name)?.etcd;
    return etcd?.known === true ? [etcd.value.kind] : [];
  });
  if (seen.length < nodes.length) return [];
  const count = seen.filter((kind) => kind !== 'external').length;
  if (count === 0) return nodes.length === 0 ? [] : [EXTERNAL];
  return count % 2 === 1 ? [] : [even(count)];
}

const EXTERNAL: Finding = finding('etcd-external', 'warning', 'etcd', {
  found: 'no etcd on any control-plane node',
  needed: 'an operator who monitors and upgrades it',
  remedy: 'Its health is not checked, and kubeadm does not upgrade it.',
});

const even = (count: number): Finding =>
  finding('etcd-even', 'warning', 'etcd', {
    found: `${count} members`,
    needed: 'an odd number of members',
    remedy: `${count} members tolerate no more failures than ${count - 1} do. Add a control-plane node, or remove one.`,
  });

const MEBIBYTE = 2 ** 20;

interface Demand {
  readonly code: 'etcd-disk' | 'backup-disk' | 'snapshot-disk';
  readonly what: string;
  readonly volume: Volume;
  readonly bytes: number;
  readonly because: string;
  readonly remedy: string;
}

/** The bytes that an upgrade writes. Those on one volume are added up. */
function judgeVolumes(name: string, volumes: Volumes, freeMiB: number): Finding[] {
  const demands = demandsOn(volumes, freeMiB);
  return [...Map.groupBy(demands, ({ volume }) => volume.mount).values()].flatMap((some) => {
    const [first] = some;
    const needed = some.reduce((sum, { bytes }) => sum + bytes, 0);
    return first === undefined || first.volume.freeBytes >= needed ? [] : [full(name, first, some, needed)];
  });
}

const CLEAR_OUT = 'Free space there. Check /etc/kubernetes/tmp first.';

function demandsOn({ etcdDataBytes, etcd, backups, snapshots }: Volumes, freeMiB: number): Demand[] {
  return [
    {
      code: 'etcd-disk',
      what: 'the volume of etcd',
      volume: etcd,
      bytes: freeMiB * MEBIBYTE,
      because: 'etcd must have room to write',
      remedy: CLEAR_OUT,
    },
    {
      code: 'backup-disk',
      what: 'the volume of /etc/kubernetes',
      volume: backups,
      bytes: etcdDataBytes,
      because: 'kubeadm copies the data of etcd before it upgrades it',
      remedy: CLEAR_OUT,
    },
    ...(snapshots === undefined ? [] : [demandOfSnapshot(snapshots, etcdDataBytes)]),
  ];
}

const demandOfSnapshot = (volume: Volume, bytes: number): Demand => ({
  code: 'snapshot-disk',
  what: 'the volume of the snapshots',
  volume,
  bytes,
  because: 'a snapshot of etcd is written first',
  remedy: 'Free space there, or set snapshot.builtIn.directory to a directory on another volume.',
});

const full = (name: string, { code, what, volume, remedy }: Demand, some: readonly Demand[], needed: number): Finding =>
  finding(code, 'actionable', `${what} on ${name}`, {
    found: `${megabytes(volume.freeBytes)} free`,
    needed: `${megabytes(needed)}: ${some.map(({ because }) => because).join(', ')}`,
    remedy,
  });
const megabytes = (bytes: number): string => `${Math.floor(bytes / MEBIBYTE)} MiB`;

function judgePackages(name: string, names: string): Finding[] {
  const [ours, others] = partition(names.split(' ').filter(Boolean), (each) => installedPackages().includes(each));
  return [
    ...(others.length === 0 ? [] : [broken(name, others.join(' '))]),
    ...(ours.length === 0 ? [] : [unfinished(name, ours.join(' '))]),
  ];
}

const partition = <T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] => [
  all.filter(isFirst),
  all.filter((one) => !isFirst(one)),
];

/** An attempt that was cut off leaves such packages. The next attempt on that node finishes them. */
const unfinished = (name: string, says: string): Finding =>
  finding('packages-unfinished', 'warning', `the packages of ${name}`, {
    found: `packages that are not fully installed: ${says}`,
    needed: 'none',
    remedy: `The upgrade of ${name} finishes them. By hand: dpkg --configure -a, then apt-get install -f, on ${name}.`,
  });

const broken = (name: string, says: string): Finding =>
  finding('packages-broken', 'actionable', `the packages of ${name}`, {
    found: `packages that are not fully installed: ${says}`,
    needed: 'none',
    remedy: `Complete the installation: dpkg --configure -a, then apt-get install -f, on ${name}.`,
  });
