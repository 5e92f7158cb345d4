/** A package manager at work (unattended-upgrades, an operator) is waited for this long. */
const APT_LOCK_SECONDS = 600;
export const APT = `apt-get -q -y -o DPkg::Lock::Timeout=${APT_LOCK_SECONDS} -o Dpkg::Options::=--force-confold`;

/** A script for a node: the first failure ends it, in English. */
export const shell = (...lines: string[]): string => ['set -eu', 'export LC_ALL=C', ...lines].join('\n');
