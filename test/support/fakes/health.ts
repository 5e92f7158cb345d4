import type {
  ComparedManifest,
  HostHealth,
  HostHealthPort,
  KubeadmFiles,
  KubeadmFilesPort,
  KubeadmPort,
  NodeHealthPort,
} from '../../../src/steps/ports/health.ts';
import type { RemoteHost } from '../../../src/steps/ports/remote.ts';
import type { NodeHealth, Volume } from '../../../src/upgrade/node/health.ts';
import { kubeTag, type KubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import { known, notKnown, type Reading } from '../../../src/upgrade/reading.ts';

const GIBIBYTE = 2 ** 30;

const ROOT: Volume = { mount: '/', freeBytes: 20 * GIBIBYTE };

export const HEALTHY_NODE: NodeHealth = { pressures: [], readySinceMs: known(Date.UTC(2026, 0, 1)) };
export const HEALTHY_HOST: HostHealth = {
  etcd: known({ kind: 'healthy' }),
  certificates: known([{ path: '/etc/kubernetes/pki/apiserver.crt', expiresAtMs: Date.UTC(2027, 5, 1) }]),
  volumes: known({
    ...{ etcdDataBytes: GIBIBYTE / 4, etcd: ROOT, backups: ROOT, snapshots: undefined },
  }),
  brokenPackages: known(''),
  manifestCopies: known([]),
};

/** Nodes that are well, until a test says otherwise. */
export class FakeNodeHealth implements NodeHealthPort {
  readonly nodes = new Map<string, NodeHealth>();
  trouble: string | undefined;

  async conditions(): Promise<Reading<ReadonlyMap<string, NodeHealth>>> {
    return this.trouble === undefined ? known(this.nodes) : notKnown(this.trouble);
  }
}

export class FakeHostHealth implements HostHealthPort {
  readonly hosts = new Map<string, HostHealth>();
  /** Nodes with a log-in. */
  readonly asked: string[] = [];

  async read(hosts: readonly RemoteHost[]): Promise<ReadonlyMap<string, HostHealth>> {
    this.asked.push(...hosts.map(({ node }) => node));
    return new Map(hosts.map(({ node }) => [node, this.hosts.get(node) ?? HEALTHY_HOST]));
  }
}

/** A kubeadm that plans whatever it is asked for, and would change nothing but versions. */
export class FakeKubeadm implements KubeadmPort {
  readonly asked: string[] = [];
  said: { plan?: Reading<string>; diff?: Reading<readonly ComparedManifest[]> } = {};

  async plan({ node }: RemoteHost, target: KubeVersion, ignore: readonly string[]): Promise<Reading<string>> {
    this.asked.push(`plan ${kubeTag(target)} on ${node}, but for ${ignore.join(',')}`);
    return this.said.plan ?? known(`You can now apply the upgrade:\n\n\tkubeadm upgrade apply ${kubeTag(target)}\n`);
  }

  async diff({ node }: RemoteHost, target: KubeVersion): Promise<Reading<readonly ComparedManifest[]>> {
    this.asked.push(`diff ${kubeTag(target)} on ${node}`);
    return this.said.diff ?? known([]);
  }
}

/** A node whose kubelet names its container runtime itself; on a control-plane node, etcd is elsewhere. */
export const KUBEADM_FILES: KubeadmFiles = {
  criSocket: known({ endpoint: 'unix:///run/containerd/containerd.sock', instanceConfig: true, annotated: undefined }),
  etcd: known(undefined),
};

export class FakeKubeadmFiles implements KubeadmFilesPort {
  readonly nodes = new Map<string, KubeadmFiles>();
  /** By node, the annotation that its socket was looked for by. */
  readonly asked = new Map<string, string | undefined>();

  async read(nodes: Parameters<KubeadmFilesPort['read']>[0]): Promise<ReadonlyMap<string, KubeadmFiles>> {
    for (const { host, criSocket } of nodes) this.asked.set(host.node, criSocket);
    return new Map(nodes.map(({ host: { node } }) => [node, this.nodes.get(node) ?? KUBEADM_FILES]));
  }
}
