/**
 * A line of an authorized_keys file. Each line holds a key with options before it and a comment after it, or only a
 * comment.
 * A key is `<type> <base64>` and is compared exactly. Lines with other keys are never changed.
 * https://man.openbsd.org/sshd.8#AUTHORIZED_KEYS_FILE_FORMAT
 */
export interface Line {
  /** The text before the key, as sshd reads options; empty without options. */
  readonly options: string;
  readonly key: string;
}

const KEY = /^((?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)[a-z0-9@.-]+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t\r]|$)/;

/**
 * Returns the index of the blank that ends the options; undefined when no blank ends them. A blank in double quotes
 * does not count, and `\"` is not a quote. This is a loop, because a regular expression with these rules needs
 * exponential time.
 * https://github.com/openssh/openssh-portable/blob/master/auth-options.c (sshkey_advance_past_options)
 */
function endOfOptions(text: string): number | undefined {
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (!quoted && isBlank(char)) return at;
    if (char === '\\' && text[at + 1] === '"') at++;
    else if (char === '"') quoted = !quoted;
  }
  return undefined;
}

const isBlank = (char: string | undefined): boolean => char === ' ' || char === '\t';

function withoutBlanks(text: string): string {
  let start = 0;
  while (isBlank(text[start])) start++;
  return text.slice(start);
}

/** Returns undefined for a line that authorizes no key. */
export function parseLine(line: string): Line | undefined {
  const text = withoutBlanks(line);
  if (text.startsWith('#')) return undefined;
  const [bare, type, blob] = KEY.exec(text) ?? [];
  if (bare !== undefined) return { options: '', key: `${type ?? ''} ${blob ?? ''}` };
  const end = endOfOptions(text);
  if (end === undefined) return undefined;
  const [found, typeAfter, blobAfter] = KEY.exec(withoutBlanks(text.slice(end))) ?? [];
  return found === undefined
    ? undefined
    : { options: text.slice(0, end), key: `${typeAfter ?? ''} ${blobAfter ?? ''}` };
}

export const keysIn = (text: string): readonly string[] =>
  text.split('\n').flatMap((line) => parseLine(line)?.key ?? []);

export type Edit =
  | { readonly kind: 'as-it-is' }
  | { readonly kind: 'changed'; readonly text: string }
  | { readonly kind: 'refused'; readonly because: string };

const COMMENT = 'argo-kubeadm-upgrade';

/** Authorizes `key` too, with the options of the key `like`. */
export function addKey(text: string, key: string, like: string): Edit {
  const lines = text.split('\n').flatMap((line) => parseLine(line) ?? []);
  if (lines.some((line) => line.key === key)) return { kind: 'as-it-is' };
  const model = lines.find((line) => line.key === like);
  if (model === undefined) return { kind: 'refused', because: 'the key that we logged in with is not in it' };
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const options = model.options === '' ? '' : `${model.options} `;
  return { kind: 'changed', text: `${before}${options}${key} ${COMMENT}\n` };
}

/** Removes the authorization of `key`. `kept` must be authorized, so that a login always remains possible. */
export function removeKey(text: string, key: string, kept: string): Edit {
  if (key === kept) return { kind: 'refused', because: 'the key to remove is the one to keep' };
  if (!keysIn(text).includes(kept)) return { kind: 'refused', because: 'the key to keep is not in it' };
  const lines = text.split('\n');
  const left = lines.filter((line) => parseLine(line)?.key !== key);
  return left.length === lines.length ? { kind: 'as-it-is' } : { kind: 'changed', text: left.join('\n') };
}
