import { known, notKnown, type Reading } from '../reading.ts';
import { shellWord } from '../../text/shell.ts';

/** A user's authorized_keys file on a node, as it was read. */
export interface KeysFile {
  readonly path: string;
  /** SHA-256 in hexadecimal. */
  readonly sum: string;
  readonly text: string;
}

/** Exit code on the node: the file does not exist. */
export const NO_FILE_EXIT_CODE = 4;
/** Exit code on the node: the file has changed since it was read. */
export const CHANGED_EXIT_CODE = 3;

export const readKeysScript = (user: string): string =>
  [
    '# Read authorized_keys',
    'set -eu',
    'export LC_ALL=C',
    `home=$(getent passwd ${shellWord(user)} | cut -d: -f6)`,
    'file=$(readlink -e "$home/.ssh/authorized_keys") || exit 4',
    `printf 'file %s\\n' "$file"`,
    `printf 'sum %s\\n' "$(sha256sum <"$file" | cut -c 1-64)"`,
    `printf 'text %s\\n' "$(base64 <"$file" | tr -d '\\n')"`,
    'echo read',
  ].join('\n');

export function parseKeysFile(stdout: string): Reading<KeysFile> {
  const [, path, sum, base64] =
    /^file (\/.+)\nsum ([0-9a-f]{64})\ntext ([A-Za-z0-9+/]*={0,2})\nread\n$/.exec(stdout) ?? [];
  if (path === undefined || sum === undefined || base64 === undefined) return notKnown('the answer broke off');
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  try {
    return known({ path, sum, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) });
  } catch {
    return notKnown(`${path} is no UTF-8 text`);
  }
}

/**
 * Replaces the file with the new text from stdin. The copy has the owner, the mode and the labels of the original. A
 * reader sees the old or the new file at any time.
 */
export const writeKeysScript = ({ path, sum }: KeysFile, text: string): string =>
  [
    '# Write authorized_keys',
    'set -eu',
    'export LC_ALL=C',
    `file=${shellWord(path)}`,
    'new=$file.argo-kubeadm-upgrade',
    `trap 'rm -f "$new"' EXIT`,
    'cp -a -- "$file" "$new"',
    'cat >"$new"',
    `[ "$(wc -c <"$new")" -eq ${new TextEncoder().encode(text).length} ] || { echo 'The text did not arrive whole.' >&2; exit 75; }`,
    `[ "$(sha256sum <"$file" | cut -c 1-64)" = ${sum} ] || exit ${CHANGED_EXIT_CODE}`,
    'sync "$new"',
    'mv -f -- "$new" "$file"',
  ].join('\n');
