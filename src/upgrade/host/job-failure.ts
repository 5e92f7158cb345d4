import { KUBEADM_UPGRADE, UNVERIFIED_EXIT_CODE } from './node-commands.ts';
import { BUSY_EXIT_CODE } from './node-job.ts';

/** The kind of a failed command, which decides what can be done. */
export type Failure =
  /** A download does not match its signature. */
  | 'unverified'
  /**
   * kubeadm waited in vain for the kubelet to restart a static pod: https://github.com/kubernetes/kubeadm/issues/2718
   */
  | { readonly stuckPod: string }
  /** A lock, a mirror or an API server that was unreachable. */
  | 'may-pass'
  | 'final';

const MAY_PASS = [
  'package state',
  'package source',
  'kubeadm package',
  'kubelet and kubectl packages',
  'containerd package',
  'packages back',
];

/** apt's messages about an index or a package with a wrong signature or checksum. */
const UNVERIFIED =
  /NO_PUBKEY|BADSIG|(EXP|REV)KEYSIG|is not signed|signatures? (were|was|could(n't| not) be) |unauthenticated|Hash Sum mismatch/i;

/** The beginning of kubeadm's final error. */
const LAST_WORD = /^error|FATAL/i;
/** kubeadm's final error when no API server answered. kubeadm waits for a minute before it. */
const API_SERVER_AWAY =
  /(Get|Head|Post|Put|Patch|Delete) "[^"]*": (context deadline exceeded|net\/http: request canceled)|connection (refused|reset)|i\/o timeout|TLS handshake timeout|no route to host|\bEOF\b|client rate limiter Wait|etcdserver: (leader changed|request timed out|no leader)/i;

function saysApiServerAway(line: string): boolean {
  const start = line.search(LAST_WORD);
  return start !== -1 && API_SERVER_AWAY.test(line.slice(start));
}

const STUCK_POD = 'static Pod hash for component ';

function stuckPodIn(line: string): string | undefined {
  const start = line.indexOf(STUCK_POD);
  return start === -1
    ? undefined
    : /^(\S+) on Node \S+ did not change after/.exec(line.slice(start + STUCK_POD.length))?.[1];
}

export function judgeFailure(command: string, exitCode: number, output: readonly string[]): Failure {
  if (MAY_PASS.includes(command)) {
    if (exitCode === UNVERIFIED_EXIT_CODE || output.some((line) => UNVERIFIED.test(line))) return 'unverified';
    return 'may-pass';
  }
  const lines = command === KUBEADM_UPGRADE ? output : [];
  const [stuckPod] = lines.flatMap((line) => stuckPodIn(line) ?? []);
  if (stuckPod !== undefined) return { stuckPod };
  if (lines.some(saysApiServerAway)) return 'may-pass';
  return exitCode === BUSY_EXIT_CODE ? 'may-pass' : 'final';
}
