import { parseImage } from '../kubernetes/image.ts';
import { kubeTag, type KubeVersion } from '../kubernetes/kube-version.ts';

export const ETCD_IMAGE_TIMEOUT_SECONDS = 60;

/** Prints the etcd image of the target, and the image in the node's static pod manifest. */
export const etcdImageScript = (target: KubeVersion): string =>
  [
    '# Compare the etcd images',
    'export LC_ALL=C',
    `wanted=$(kubeadm config images list --kubernetes-version ${kubeTag(target)} 2>/dev/null | grep '/etcd:')`,
    `printf 'wanted %s\\n' "$wanted"`,
    `printf 'written %s\\n' "$(sed -n 's/^ *image: *//p' /etc/kubernetes/manifests/etcd.yaml)"`,
  ].join('\n');

/**
 * Returns whether etcd is at the target's version, by its manifest and by the running pod. A mirror has its own
 * registry, so only tags are compared. An unknown version counts as no.
 */
export function isEtcdAtTarget(stdout: string, running: string | undefined): boolean {
  // Bound: a word is a constant, and the only repetition stays within one line.
  const tagOf = (word: string): string | undefined => tag(new RegExp(`^${word} (\\S+)$`, 'm').exec(stdout)?.[1]);
  const wanted = tagOf('wanted');
  return wanted !== undefined && tagOf('written') === wanted && tag(running) === wanted;
}

/** Returns the tag of `registry:5000/etcd:3.6.5-0@sha256:…`. */
const tag = (image = ''): string | undefined => parseImage(image).tag || undefined;
