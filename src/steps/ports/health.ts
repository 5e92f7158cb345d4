import type { CertificateFile, EtcdHealth, NodeHealth, Volumes } from '../../upgrade/health.ts';
import type { KubeVersion } from '../../upgrade/kube-version.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { RemoteHost } from './remote.ts';

/** How the nodes say that they are. Nothing of this file throws for a fault of the world. */
export interface NodeHealthPort {
  /** By name. */
  conditions(): Promise<Reading<ReadonlyMap<string, NodeHealth>>>;
}

/** What only a control-plane node itself can tell. */
export interface HostHealth {
  readonly etcd: Reading<EtcdHealth>;
  readonly certificates: Reading<readonly CertificateFile[]>;
  readonly volumes: Reading<Volumes>;
  /** Names of packages that are installed by half; empty when every one is whole. */
  readonly brokenPackages: Reading<string>;
  /** Paths of further manifests of a component that kubeadm manages, in the directory that the kubelet reads. */
  readonly manifestCopies: Reading<readonly string[]>;
}
export interface HostHealthPort {
  /** By node; all of them, whatever could be seen there. */
  read(hosts: readonly RemoteHost[]): Promise<ReadonlyMap<string, HostHealth>>;
}

/** kubeadm's own word, from a control-plane node; what it printed. */
export interface KubeadmPort {
  /** `kubeadm upgrade plan`, with the target said: by itself it never proposes the next minor. */
  plan(host: RemoteHost, target: KubeVersion, ignorePreflightErrors: readonly string[]): Promise<Reading<string>>;
  /** `kubeadm upgrade diff`: a unified diff of the manifests that are and those that would be. */
  diff(host: RemoteHost, target: KubeVersion): Promise<Reading<string>>;
}

/** One API server, asked at its own address. */
export interface ApiServerHealth {
  readonly server: string;
  /** What it answered to /readyz or /livez, a sentence each; empty when it is well. */
  readonly trouble: readonly string[];
}
/** How the API servers say that they are. Nothing of this file throws for a fault of the world. */
export interface ApiServersPort {
  health(): Promise<Reading<readonly ApiServerHealth[]>>;
}

/** Names, as any pod of the cluster asks for them. */
export interface NamesPort {
  /** The addresses of a name. Asked once: whoever wants to know whether it stays away asks again. */
  resolve(name: string): Promise<Reading<readonly string[]>>;
}
