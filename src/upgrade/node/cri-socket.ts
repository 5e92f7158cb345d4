import type { ClusterNode } from './node.ts';

/**
 * The annotation that tells kubeadm the socket of the container runtime:
 * https://kubernetes.io/docs/reference/labels-annotations-taints/#cri-socket
 */
export const CRI_SOCKET_ANNOTATION = 'kubeadm.alpha.kubernetes.io/cri-socket';
export const INSTANCE_CONFIG = '/var/lib/kubelet/instance-config.yaml';

/** What a node's files say about the socket of its container runtime. */
export interface CriSocketFiles {
  /** The endpoint in the kubelet's files; undefined when they name none. */
  readonly endpoint: string | undefined;
  /** Whether {@link INSTANCE_CONFIG} exists. */
  readonly instanceConfig: boolean;
  /** Whether the path in the annotation is a socket; undefined when the annotation names no path. */
  readonly annotated: boolean | undefined;
}

export interface CriSocketTrouble {
  readonly found: string;
  readonly needed: string;
  readonly remedy: string;
}

/**
 * Minors in which kubeadm's behaviour changes. It reads {@link INSTANCE_CONFIG} since 1.32, looks for a socket by
 * itself since 1.35, and ignores the annotation since 1.37.
 */
const [READS_INSTANCE_CONFIG, NEEDS_NO_ANNOTATION, IGNORES_ANNOTATION] = [32, 35, 37];
/**
 * On a worker, kubeadm connects to the runtime only in 1.36. On a control-plane node, it pulls images in every minor.
 */
const CONNECTS_ON_WORKERS = 36;

type NodeSocket = Pick<ClusterNode, 'name' | 'criSocket' | 'runtime' | 'controlPlane'>;

/**
 * Returns why kubeadm of this minor fails on the node because of the annotation.
 * Undefined when kubeadm does not fail, or when the files that would tell were not read.
 * The rules are those of `GetNodeRegistration` in each minor:
 * https://github.com/kubernetes/kubernetes/blob/v1.34.10/cmd/kubeadm/app/util/config/cluster.go
 */
export function criSocketTrouble(
  node: NodeSocket,
  files: CriSocketFiles | undefined,
  kubeadmMinor: number,
): CriSocketTrouble | undefined {
  if (node.criSocket === undefined) return missing(node, files, kubeadmMinor);
  const connects = node.controlPlane || kubeadmMinor >= CONNECTS_ON_WORKERS;
  if (files?.annotated !== false || !connects || kubeadmMinor >= IGNORES_ANNOTATION) return undefined;
  return {
    found: `the annotation ${CRI_SOCKET_ANNOTATION}: ${JSON.stringify(node.criSocket.slice(0, MOST_CHARACTERS))}, which is no socket on the node`,
    needed: `the socket of its container runtime: kubeadm 1.${kubeadmMinor} connects to it, and fails after the drain when it cannot`,
    remedy: `Correct it: ${annotate(node, files)} --overwrite`,
  };
}

function missing(node: NodeSocket, files: CriSocketFiles | undefined, minor: number): CriSocketTrouble | undefined {
  const readsFile = minor >= READS_INSTANCE_CONFIG;
  const fileMayHelp = readsFile && files?.instanceConfig !== false;
  if (minor >= NEEDS_NO_ANNOTATION || fileMayHelp) return undefined;
  return {
    found: `no annotation ${CRI_SOCKET_ANNOTATION}${readsFile ? ` and no ${INSTANCE_CONFIG}` : ''}`,
    needed: `the annotation: kubeadm 1.${minor} finds the container runtime by it, and fails after the drain without it`,
    remedy: `Set it: ${annotate(node, files)}`,
  };
}

const MOST_CHARACTERS = 200;

const annotate = (node: Pick<ClusterNode, 'name' | 'runtime'>, files: CriSocketFiles | undefined): string =>
  `kubectl annotate node ${node.name} ${CRI_SOCKET_ANNOTATION}=${socketOf(files?.endpoint) ?? defaultOf(node.runtime)}`;

/** Accepts only a path that a shell reads as one word. */
function socketOf(endpoint = ''): string | undefined {
  const path = pathOf(endpoint);
  return path !== undefined && /^[\w@%+=:./-]+$/.test(path) ? `unix://${path}` : undefined;
}

/** Returns the path of a socket, with or without `unix://` before it. */
export const pathOf = (socket: string): string | undefined => /^(?:unix:\/\/)?(\/[^\0\n]*)$/.exec(socket)?.[1];

/** https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/#installing-runtime */
function defaultOf(runtime: string): string {
  if (runtime.startsWith('cri-o:')) return 'unix:///var/run/crio/crio.sock';
  if (runtime.startsWith('docker:')) return 'unix:///var/run/cri-dockerd.sock';
  return 'unix:///var/run/containerd/containerd.sock';
}
