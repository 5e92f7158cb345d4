import { parseImage } from '../kubernetes/image.ts';
import type { NodeRole } from '../node/order.ts';
import { notKnown, known, type Reading } from '../reading.ts';
import { shellWord } from '../../text/shell.ts';
import {
  isTransport,
  parseScriptLines,
  permanent,
  SAY_FUNCTION,
  textAfter,
  textsAfter,
  type Problem,
} from './script-output.ts';

/**
 * Image settings of the ClusterConfiguration: https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/
 */
export interface ClusterImages {
  readonly repository: string;
  /** `external`: kubeadm does not manage etcd. */
  readonly etcd: OwnImage | 'external';
  /** `disabled`: kubeadm does not manage the addon. */
  readonly dns: OwnImage | 'disabled';
  readonly proxy: 'enabled' | 'disabled';
}
/** Undefined: kubeadm's default. */
export interface OwnImage {
  readonly repository: string | undefined;
  readonly tag: string | undefined;
}

/** kubeadm's default repository. */
export const DEFAULT_IMAGE_REPOSITORY = 'registry.k8s.io';

export interface ImageNeeds {
  readonly role: NodeRole;
  readonly cluster: ClusterImages;
  readonly skipPhases: readonly string[];
  readonly ignorePreflightErrors: readonly string[];
}

/**
 * Returns the images that the node needs, out of those that the target's kubeadm lists. It names them as the cluster's
 * configuration does.
 * On a control-plane node, kubeadm's preflight pulls every image, even CoreDNS when `addon/coredns` is skipped. It
 * fails without an image unless `ImagePull` is ignored: RunPullImagesCheck and GetControlPlaneImages of
 * https://github.com/kubernetes/kubernetes/tree/v1.34.10/cmd/kubeadm/app
 */
export function neededImages(listed: readonly string[], needs: ImageNeeds): string[] {
  return listed.flatMap((image) => {
    const name = nameOf(image);
    return isNeeded(name, needs) ? [asConfigured(image, name, needs.cluster)] : [];
  });
}

const nameOf = (image: string): string => parseImage(image).repository.split('/').at(-1) ?? '';

function isNeeded(name: string, { role, cluster, skipPhases, ignorePreflightErrors }: ImageNeeds): boolean {
  const pullsAll = role !== 'worker' && !ignorePreflightErrors.some((each) => each.toLowerCase() === 'imagepull');
  const isLeftOut = (phase: string): boolean =>
    skipPhases.some((skipped) => skipped === phase || skipped === 'addon') && !pullsAll;
  switch (name) {
    case 'kube-proxy':
      return cluster.proxy === 'enabled' && !isLeftOut('addon/kube-proxy');
    case 'coredns':
      return role !== 'worker' && cluster.dns !== 'disabled' && !isLeftOut('addon/coredns');
    case 'etcd':
      return role !== 'worker' && cluster.etcd !== 'external';
    case 'pause':
      return true;
    default:
      return role !== 'worker';
  }
}

function asConfigured(image: string, name: string, { repository, etcd, dns }: ClusterImages): string {
  if (name === 'etcd' && etcd !== 'external') return withOwn(image, `${etcd.repository ?? repository}/etcd`, etcd.tag);
  if (name === 'coredns' && dns !== 'disabled') {
    const folder = dns.repository ?? repository;
    // kubeadm also puts CoreDNS into a path of its own in the default repository.
    return withOwn(image, `${folder}${folder === DEFAULT_IMAGE_REPOSITORY ? '/coredns' : ''}/coredns`, dns.tag);
  }
  return image;
}

const withOwn = (image: string, repository: string, tag: string | undefined): string =>
  `${repository}:${tag ?? parseImage(image).tag ?? 'latest'}`;

/** Time limit in seconds for one pull: a large image over a slow network. */
const PULL_SECONDS = 600;

/**
 * Checks which images are present and, in the mode `pull`, pulls the others. It prefers crictl, which uses the
 * runtime's registry settings, and falls back to ctr.
 */
export function imageScript(images: readonly string[], mode: 'pull' | 'check'): string {
  return [
    '# Images of the target: looked for, pulled when missing',
    'export LC_ALL=C',
    SAY_FUNCTION,
    // kubeadm writes the endpoint into a flag up to 1.34, and into a file since then.
    `endpoint=$(sed -n 's/^.*--container-runtime-endpoint=\\([^" ]*\\).*$/\\1/p; s/^containerRuntimeEndpoint: *"\\{0,1\\}\\([^" ]*\\).*$/\\1/p' /var/lib/kubelet/kubeadm-flags.env /var/lib/kubelet/instance-config.yaml /var/lib/kubelet/config.yaml 2>/dev/null | head -n 1)`,
    'endpoint=${endpoint:-unix:///run/containerd/containerd.sock}',
    'by_crictl() { crictl --runtime-endpoint "$endpoint" --image-endpoint "$endpoint" "$@"; }',
    'if command -v crictl > /dev/null && by_crictl version > /dev/null 2>&1; then',
    '  has() { by_crictl inspecti -q "$1" > /dev/null 2>&1; }',
    `  pull() { timeout ${PULL_SECONDS} crictl --runtime-endpoint "$endpoint" --image-endpoint "$endpoint" pull "$1"; }`,
    'elif there=$(ctr -n k8s.io images ls -q 2>&1); then',
    `  has() { printf '%s\\n' "$there" | grep -qxF "$2"; }`,
    '  hosts=$([ ! -d /etc/containerd/certs.d ] || echo --hosts-dir /etc/containerd/certs.d)',
    `  pull() { timeout ${PULL_SECONDS} ctr -n k8s.io images pull $hosts "$2"; }`,
    'else say no-runtime "$there"; say end; exit 0; fi',
    'one() {',
    '  if has "$@"; then say present "$1"',
    `  elif [ ${mode} = check ]; then say absent "$1"`,
    '  elif said=$(pull "$@" 2>&1); then say pulled "$1"',
    `  else say failed "$1" "$(printf '%s\\n' "$said" | tail -n 2)"; fi`,
    '}',
    // The second argument is for ctr, which does not complete short names.
    ...images.map((image) => `one ${shellWord(image)} ${shellWord(inFull(image))}`),
    'say end',
  ].join('\n');
}

function inFull(image: string): string {
  const { repository, tag } = parseImage(image);
  return tag === undefined ? repository : `${repository}:${tag}`;
}

export interface NodeImages {
  readonly present: readonly string[];
  readonly pulled: readonly string[];
  readonly absent: readonly string[];
  readonly failed: readonly { readonly image: string; readonly complaint: string }[];
  /** Why neither crictl nor ctr could be queried. */
  readonly noRuntime: string | undefined;
}

export function parseImages(stdout: string, node: string): Reading<NodeImages> {
  const lines = parseScriptLines(stdout);
  if (lines === undefined) return notKnown(`pulling images on ${node} did not reach its end`);
  return known({
    present: textsAfter(lines, 'present'),
    pulled: textsAfter(lines, 'pulled'),
    absent: textsAfter(lines, 'absent'),
    failed: textsAfter(lines, 'failed').map((rest) => {
      const [image = '', ...complaint] = rest.split(' ');
      return { image, complaint: complaint.join(' ') || 'no message' };
    }),
    noRuntime: textAfter(lines, 'no-runtime'),
  });
}

/** Returns one sentence for each image that the node needs and lacks. */
export function imageProblems(node: string, seen: NodeImages, needed: readonly string[]): Problem[] {
  if (seen.noRuntime !== undefined) {
    const text = `Neither crictl nor ctr on ${node} lists the images: ${seen.noRuntime || 'no message'} Check whether the container runtime is running.`;
    return [permanent(text)];
  }
  const reported = [...seen.present, ...seen.pulled, ...seen.absent, ...seen.failed.map(({ image }) => image)];
  return [
    ...seen.failed.map(({ image, complaint }) => ({
      text: `${node} cannot pull ${image}: ${complaint}`,
      mayPass: isTransport(complaint),
    })),
    ...seen.absent.map((image) =>
      permanent(`${image} is not on ${node}, and prepare.images is check: import it there.`),
    ),
    ...needed
      .filter((image) => !reported.includes(image))
      .map((image) => permanent(`The check of ${node} did not report the image ${image}.`)),
  ];
}
