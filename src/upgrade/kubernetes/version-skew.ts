import {
  formatKubeVersion,
  isNewer,
  kubeTag,
  newest,
  oldest,
  parseKubeVersion,
  type KubeVersion,
} from './kube-version.ts';

/** `patch`: a release of the same minor. `minor`: a release of the next minor. kubeadm supports no other upgrade. */
export type HopKind = 'patch' | 'minor';

export type Hop =
  { readonly allowed: true; readonly kind: HopKind } | { readonly allowed: false; readonly because: string };

/** https://kubernetes.io/releases/version-skew-policy/ */
const SKEW_POLICY = 'https://kubernetes.io/releases/version-skew-policy/';

/** How many minors a kubelet may be behind the API servers, since 1.25 and before: the policy's section "kubelet". */
const MOST_MINORS_BEHIND = 3;
const MOST_MINORS_BEHIND_BEFORE_1_25 = 2;
const WIDER_SINCE = parseKubeVersion('1.25.0');

/** How many minors the API servers of one cluster may differ: the policy's section "kube-apiserver". */
const MOST_MINORS_APART = 1;

/**
 * Returns whether kubeadm can upgrade a cluster directly from one version to another.
 * Source: kubeadm upgrades one minor at a time (MinimumControlPlaneVersion = own minor − 1) and never downgrades.
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

/**
 * Returns why a kubelet must not be upgraded yet: it would be newer than the oldest API server. Undefined when the skew
 * is allowed.
 */
export function kubeletAheadOf(apiServers: KubeVersion, target: KubeVersion, node: string): string | undefined {
  if (!isNewer(target, apiServers)) return undefined;
  return `${node} cannot go to ${formatKubeVersion(target)} yet: the oldest API server is ${formatKubeVersion(apiServers)}, and a kubelet must not be newer. Upgrade the control plane first. See ${SKEW_POLICY}`;
}

/** A violation of the skew policy, in the fields of a finding. */
export interface SkewProblem {
  readonly found: string;
  readonly needed: string;
  readonly remedy: string;
}

/** Returns undefined when the skew between the API servers is allowed, or without API servers. */
export function apiServersApart(versions: readonly KubeVersion[]): SkewProblem | undefined {
  const [low, high] = [oldest(versions), newest(versions)];
  if (low === undefined || high === undefined || high.minor - low.minor <= MOST_MINORS_APART) return undefined;
  return {
    found: `${kubeTag(low)} beside ${kubeTag(high)}, ${high.minor - low.minor} minors apart`,
    needed: `API servers at most ${MOST_MINORS_APART} minor apart`,
    remedy: `Bring the oldest forward by hand, one minor at a time. See ${SKEW_POLICY}`,
  };
}

/** Returns undefined when the kubelet is within the skew policy while the API servers are at `apiServer`. */
export function kubeletSkew(kubelet: KubeVersion, apiServer: KubeVersion): SkewProblem | undefined {
  const behind = apiServer.minor - kubelet.minor;
  const most = isNewer(WIDER_SINCE, kubelet) ? MOST_MINORS_BEHIND_BEFORE_1_25 : MOST_MINORS_BEHIND;
  if (behind > most) {
    return {
      found: `kubelet ${kubeTag(kubelet)}, ${behind} minors behind an API server at ${kubeTag(apiServer)}`,
      needed: `a kubelet ${kubeTag(kubelet)} at most ${most} minors behind`,
      remedy: `Upgrade this kubelet first, one minor at a time. See ${SKEW_POLICY}`,
    };
  }
  if (behind >= 0) return undefined;
  return {
    found: `kubelet ${kubeTag(kubelet)} with an API server at ${kubeTag(apiServer)}`,
    needed: 'no kubelet newer than the oldest API server',
    remedy: `Upgrade the control plane first. See ${SKEW_POLICY}`,
  };
}

const no = (because: string): Hop => ({ allowed: false, because });
