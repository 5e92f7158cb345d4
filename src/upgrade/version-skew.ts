import { formatKubeVersion, isNewer, kubeTag, type KubeVersion } from './kube-version.ts';

/** `patch`: same minor. `minor`: the next minor. kubeadm knows no other hop. */
export type HopKind = 'patch' | 'minor';

export type Hop =
  { readonly allowed: true; readonly kind: HopKind } | { readonly allowed: false; readonly because: string };

/** https://kubernetes.io/releases/version-skew-policy/ */
const SKEW_POLICY = 'https://kubernetes.io/releases/version-skew-policy/';

/**
 * Whether kubeadm can take a cluster from one version to another in one hop.
 * Source: kubeadm moves one minor at a time (MinimumControlPlaneVersion = own minor − 1), never backwards.
 */
export function judgeHop(from: KubeVersion, to: KubeVersion): Hop {
  if (isNewer(from, to)) {
    return no(`${kubeTag(to)} is older than the running ${kubeTag(from)}; kubeadm does not downgrade.`);
  }
  if (from.major !== to.major) {
    return no(`${kubeTag(to)} is another major version than ${kubeTag(from)}; no upgrade crosses that.`);
  }
  const minors = to.minor - from.minor;
  if (minors > 1) {
    return no(
      `${kubeTag(to)} is ${minors} minors ahead of ${kubeTag(from)}; kubeadm moves at most 1 minor forward at a time. See ${SKEW_POLICY}`,
    );
  }
  return { allowed: true, kind: minors === 1 ? 'minor' : 'patch' };
}

/** A kubelet must never be newer than the oldest API server that it may talk to. Undefined when the skew is fine. */
export function kubeletAheadOf(apiServers: KubeVersion, target: KubeVersion, node: string): string | undefined {
  if (!isNewer(target, apiServers)) return undefined;
  return `${node} cannot go to ${formatKubeVersion(target)} yet: the oldest API server is ${formatKubeVersion(apiServers)}, and a kubelet must not be newer. Upgrade the control plane first. See ${SKEW_POLICY}`;
}

const no = (because: string): Hop => ({ allowed: false, because });
