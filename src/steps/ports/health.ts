import type { CriSocketFiles } from '../../upgrade/node/cri-socket.ts';
import type { CertificateFile, EtcdHealth, NodeHealth, Volumes } from '../../upgrade/node/health.ts';
import type { PatchFolder } from '../../upgrade/gate/kubeadm-patches.ts';
import type { KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { ControlPlaneComponent } from '../../upgrade/node/node.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { RemoteHost } from './remote.ts';

/** The health that Node objects report. Nothing of this file throws for a fault outside of the step. */
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

/** A static pod as its manifest has it and as kubeadm writes it, both as parsed YAML. */
export interface ComparedManifest {
  readonly component: ControlPlaneComponent;
  readonly is: unknown;
  readonly becomes: unknown;
}

/** What kubeadm says on a control-plane node. */
export interface KubeadmPort {
  /** `kubeadm upgrade plan`, with the target said: by itself it never proposes the next minor. */
  plan(host: RemoteHost, target: KubeVersion, ignorePreflightErrors: readonly string[]): Promise<Reading<string>>;
  /** `kubeadm upgrade diff`: the manifests that it changes, whole. */
  diff(host: RemoteHost, target: KubeVersion): Promise<Reading<readonly ComparedManifest[]>>;
}

/** What the files of a node say that kubeadm reads or writes there. */
export interface KubeadmFiles {
  readonly criSocket: Reading<CriSocketFiles>;
  /** The manifest of etcd as parsed YAML; undefined where there is none. */
  readonly etcd: Reading<unknown>;
  /** /var/lib/kubelet/config.yaml as parsed YAML; undefined where there is none. */
  readonly kubelet?: Reading<unknown>;
  /** The directory of the setting `kubeadm.patches`; undefined where the setting names none. */
  readonly patches?: Reading<PatchFolder>;
}
export interface HostToRead {
  readonly host: RemoteHost;
  /** The annotation of the Node that names its CRI socket. */
  readonly criSocket: string | undefined;
}
export interface KubeadmFilesPort {
  /** By node; all of them, whatever could be seen there. */
  read(nodes: readonly HostToRead[]): Promise<ReadonlyMap<string, KubeadmFiles>>;
}

/** One API server, asked at its own address. */
export interface ApiServerHealth {
  readonly server: string;
  /** What it answered to /readyz or /livez, a sentence each; empty when it is well. */
  readonly trouble: readonly string[];
}
/** The health that the API servers report. Nothing of this file throws for a fault outside of the step. */
export interface ApiServersPort {
  health(): Promise<Reading<readonly ApiServerHealth[]>>;
}

/** Names, as any pod of the cluster asks for them. */
export interface NamesPort {
  /** The addresses of a name. Asks once; a caller that waits for a change asks again. */
  resolve(name: string): Promise<Reading<readonly string[]>>;
}
