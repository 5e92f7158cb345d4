/** The directory on a node that holds all files of this project. */
export const JOBS_FOLDER = '/var/lib/argo-kubeadm-upgrade';

/** Seconds that a script waits for another package manager, such as unattended-upgrades, apt-daily or an operator's apt. */
const LOCK_SECONDS = 600;
const POLL_SECONDS = 5;

/**
 * DPkg::Lock::Timeout covers dpkg's locks only. It does not cover the locks of apt's lists and archives (apt 2.6,
 * `pkgAcquire::GetLock`).
 */
export const APT = `apt-get -q -y -o DPkg::Lock::Timeout=${LOCK_SECONDS} -o Dpkg::Options::=--force-confold`;

/** needrestart must not restart services after apt: https://github.com/liske/needrestart/blob/master/man/needrestart.1 */
export const UNATTENDED = 'export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1';

/**
 * Shell functions. `patiently COMMAND…` retries an apt or dpkg command while another package manager holds a lock for
 * which the command does not wait itself. It returns every other failure at once.
 *
 * - `dpkg`, `apt-mark`: "dpkg frontend lock was locked by another process with pid 5245"
 * - `apt-get update|install`: "Could not get lock /var/lib/apt/lists/lock." and "Unable to lock directory"
 *
 * The errors go through a file, because a daemon that a package starts would keep a pipe open.
 */
export const patiently = (seconds = LOCK_SECONDS): readonly string[] => [
  'is_locked() {',
  `  grep -q 'locked by another process' "$1" || { grep -q 'Could not get lock' "$1" && grep -q 'Unable to lock directory' "$1"; }`,
  '}',
  'patiently() {',
  // The command must run on a full file system too: it may be the one that holds packages.
  '  errors=$(mktemp) || { "$@"; return; }',
  `  left=${seconds / POLL_SECONDS}`,
  '  until "$@" 2>"$errors"; do',
  '    code=$?',
  '    is_locked "$errors" || left=0',
  '    [ "$left" -gt 0 ] || { cat "$errors" >&2; rm -f "$errors"; return "$code"; }',
  `    [ "$left" -lt ${seconds / POLL_SECONDS} ] || echo 'Another package manager is at work: waiting up to ${seconds} s.'`,
  '    left=$((left - 1))',
  `    sleep ${POLL_SECONDS}`,
  '  done',
  '  cat "$errors" >&2',
  '  rm -f "$errors"',
  '}',
];

/** Returns a script for a node. The first failure ends it, and its messages are in English. */
export const shell = (...lines: string[]): string => ['set -eu', 'export LC_ALL=C', ...lines].join('\n');
