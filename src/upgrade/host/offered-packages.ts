import { COMPLAINT, UPDATE_CONF, writeLines } from './apt.ts';
import { patiently } from './node-shell.ts';
import { shellWord } from '../../text/shell.ts';

/** Seconds to wait for the lock; less than the step's time limit for the whole script. */
const LISTS_LOCK_SECONDS = 180;
const BAD_SIGNATURE = 'NO_PUBKEY|BADSIG|(EXP|REV)KEYSIG|is not signed|signatures? (were|was|could(n.t| not) be) ';

/** A line on stderr: the script used the key that the repository serves. */
export const KEY_REPLACED = '@key-replaced';

/**
 * Exit code for a node without `packages.sourceFile`. The script then prints the files that name a Kubernetes
 * repository.
 */
export const NO_SOURCE_EXIT_CODE = 66;

/**
 * Prints the kubeadm packages that the node's source file offers, in the format of `apt-cache madison`. It refreshes
 * only that list, because other sources do not matter here. When the node's key does not verify the list, it uses the
 * key that the repository serves, in a directory of its own. A job would install that key.
 */
export const offeredPackages = (sourceFile: string): string => {
  const source = shellWord(sourceFile);
  return [
    'set -eu',
    'export LC_ALL=C',
    ...patiently(LISTS_LOCK_SECONDS),
    COMPLAINT,
    `[ -e ${source} ] || { grep -lsE '^[^#]*(pkgs\\.k8s\\.io|/v1\\.[0-9]+/deb)' /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources >&2 || true; exit ${NO_SOURCE_EXIT_CODE}; }`,
    'apt=$(mktemp -d)',
    `trap 'rm -rf "$apt"' EXIT`,
    writeLines('"$apt/apt.conf"', UPDATE_CONF),
    'by() { list=$1; shift; patiently apt-get -c "$apt/apt.conf" "$@" -qq update -o Dir::Etc::sourcelist="$list" -o Dir::Etc::sourceparts=- > "$apt/said" 2>&1; }',
    `if by ${source}; then`,
    '  apt-cache madison kubeadm',
    '  exit 0',
    'fi',
    'complaint "$apt/said" >&2',
    `grep -qE ${shellWord(BAD_SIGNATURE)} "$apt/said" || exit 100`,
    // Supports flat repositories only: their directory holds Release.key beside the list.
    `url=$(apt-get indextargets -o Dir::Etc::sourcelist=${source} -o Dir::Etc::sourceparts=- --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)`,
    '[ -n "$url" ] || exit 100',
    'mkdir -p "$apt/lists/partial"',
    `printf '%s\\n' "Dir::State::lists \\"$apt/lists/\\";" 'APT::Sandbox::User "root";' 'Dir::Cache::pkgcache "";' 'Dir::Cache::srcpkgcache "";' >> "$apt/apt.conf"`,
    '/usr/lib/apt/apt-helper -c "$apt/apt.conf" -qq download-file "${url%/}/Release.key" "$apt/key.asc" >&2 || exit 100',
    `printf '%s\\n' 'Types: deb' "URIs: $url" 'Suites: /' "Signed-By: $apt/key.asc" > "$apt/kubernetes.sources"`,
    'by "$apt/kubernetes.sources" || { complaint "$apt/said" >&2; exit 100; }',
    `echo ${KEY_REPLACED} >&2`,
    'apt-cache -c "$apt/apt.conf" -o Dir::Etc::sourcelist="$apt/kubernetes.sources" -o Dir::Etc::sourceparts=- madison kubeadm',
  ].join('\n');
};
