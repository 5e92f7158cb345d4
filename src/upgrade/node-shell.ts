/** A package manager at work (unattended-upgrades, an operator) is waited for this long. */
const APT_LOCK_SECONDS = 600;
export const APT = `apt-get -q -y -o DPkg::Lock::Timeout=${APT_LOCK_SECONDS} -o Dpkg::Options::=--force-confold`;

const MARK_SECONDS = 5;
const MARK_TRIES = APT_LOCK_SECONDS / MARK_SECONDS;
/**
 * `mark hold|unhold PACKAGE…`, for a script: apt-mark has dpkg do it, which ends at once (2, apt-mark 100) where another package
 * manager is at work, and knows no Lock::Timeout. `LC_ALL=C`: "dpkg frontend lock was locked by another process with pid 5245".
 */
export const MARK = [
  'mark() {',
  `  left=${MARK_TRIES}`,
  '  until said=$(apt-mark "$@" 2>&1); do',
  `    case $said in *locked*) ;; *) left=0 ;; esac`,
  `    [ "$left" -gt 0 ] || { printf '%s\\n' "$said" >&2; return 100; }`,
  `    [ "$left" -lt ${MARK_TRIES} ] || echo 'Another package manager is at work: waiting up to ${APT_LOCK_SECONDS} s.'`,
  `    left=$((left - 1))`,
  `    sleep ${MARK_SECONDS}`,
  '  done',
  `  printf '%s\\n' "$said"`,
  '}',
];

/** A script for a node: the first failure ends it, in English. */
export const shell = (...lines: string[]): string => ['set -eu', 'export LC_ALL=C', ...lines].join('\n');
