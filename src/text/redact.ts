// Removes possible secrets from text. Messages quote settings, addresses and answers of servers. They end in logs, in
// Slack and in the status of a Workflow.

export const HIDDEN = '[secret]';

/**
 * Prefixes of tokens: GitHub, GitLab, Slack, AWS, Google, Vault, npm, PyPI, SendGrid, Stripe and similar, DigitalOcean,
 * a JWT.
 */
const KNOWN_TOKEN =
  /(?<![A-Za-z0-9])(?:gh[pousr]_|github_pat_|glpat-|xox[a-z]-|AKIA|ASIA|AIza|ya29\.|hv[sb]\.|npm_|pypi-|SG\.|[sr]k_|sk-|dop_v1_|eyJ)[A-Za-z0-9._/+=-]{8,}/g;
// Bound: nothing fails after the first line, so no character is read by two matches.
const PEM = /-----BEGIN [^\n-]{1,60}-----(?:(?!-----END)[^])*(?:-----END [^\n-]{1,60}-----)?/g;
/**
 * Matches an address, up to the next address in a list such as the one of `--listen-metrics-urls`.
 * Bound: a match fails within 24 characters or not at all. The look-ahead after each comma reads as many.
 */
const ADDRESS = /([A-Za-z][A-Za-z0-9+.-]{0,20}:\/\/)((?:(?!,[A-Za-z][A-Za-z0-9+.-]{0,20}:\/\/)[^\s"'`<>])+)/g;
/**
 * Matches a user and a password before a host, without a scheme. Text before an image digest is neither.
 * Bound: a match fails within 502 characters.
 */
const USER_INFO = /(?<![^\s"'`=,(/])[^\s"'`=,(@/:]{0,100}:(?!\/\/)[^\s"'`@]{1,400}@(?!sha256:)(?=[A-Za-z0-9[])/g;
const HOOK_WITHOUT_SCHEME = /\b(hooks\.slack(?:-gov)?\.com)\/[^\s"'`<>]+/g;
/** Matches `password=x`, `PGPASSWORD=x` and `token="x"`, even when JSON has escaped the quotation mark. */
const NAMED =
  /((?:passw(?:or)?d|passphrase|secret|token|(?<![A-Za-z])(?:pwd|sig|signature|api[_-]?key|access[_-]?key|auth))=\\?["'`]?)[^\s&"'`]+/gi;
/** Matches `"password": "x"`, as in JSON. */
const NAMED_IN_JSON =
  /((?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|authorization)\\?["']: ?\\?["'])[^\s"']+/gi;
/** Matches `password: x`, as in YAML or a header. {@link LOGIN} hides the value of a login. */
const NAMED_IN_YAML =
  /((?<![A-Za-z])(?:passw(?:or)?d|passphrase|pwd|api[_-]?key|authorization) ?: ?)(?!bearer |basic )[^\s"'`,]+/gi;
const LOGIN = /\b(bearer|basic) [A-Za-z0-9._~+/=-]{6,}/gi;

/**
 * Maximum length of a message. V8 matches PEM with a stack that several million characters overflow. A server could
 * otherwise end a step with one long answer.
 */
const MOST_CHARACTERS = 131_072;

/** The result is shorter than the limit, so a text that is redacted twice is cut once. */
function beginningOf(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  const kept = text.slice(0, MOST_CHARACTERS - 100);
  return `${kept}… (${text.length - kept.length} more characters)`;
}

/**
 * Returns the beginning of a text without certain secrets: keys, known tokens, and the user, query and secret path of
 * each address.
 */
export const redact = (text: string): string =>
  beginningOf(text)
    .replaceAll(PEM, HIDDEN)
    .replaceAll(ADDRESS, (_, scheme: string, rest: string) => {
      // Bound: 8 characters.
      const end = /[),.;:]*$/.exec(rest.slice(-8))?.[0] ?? '';
      return `${scheme}${withoutSecrets(rest.slice(0, rest.length - end.length))}${end}`;
    })
    .replaceAll(HOOK_WITHOUT_SCHEME, `$1/${HIDDEN}`)
    .replaceAll(USER_INFO, `${HIDDEN}@`)
    .replaceAll(NAMED, `$1${HIDDEN}`)
    .replaceAll(NAMED_IN_JSON, `$1${HIDDEN}`)
    .replaceAll(NAMED_IN_YAML, `$1${HIDDEN}`)
    .replaceAll(LOGIN, `$1 ${HIDDEN}`)
    .replaceAll(KNOWN_TOKEN, HIDDEN);

/**
 * Redacts one value that a person typed, for a message. It also hides every word that looks like a password or a key.
 */
export function redactValue(whole: string): string {
  const value = beginningOf(whole);
  const [, scheme = '', rest = ''] = /^\s*([A-Za-z][A-Za-z0-9+.-]{0,20}:\/\/)([^]*)$/.exec(value) ?? [];
  // A password may hold any character, including a space.
  const plain = redact(scheme === '' ? value : `${scheme}${withoutSecrets(rest)}`);
  return plain.replaceAll(WORD, (word) => (isTokenLike(word) ? HIDDEN : word));
}

/** Redacts an address after its scheme. The host, the port and a path without a secret stay. */
function withoutSecrets(rest: string): string {
  const [authority = ''] = rest.split('/', 1);
  const path = rest.slice(authority.length);
  // A user stands before the first slash. The meaning of an @ after that slash is unknown.
  if (path.includes('@')) return HIDDEN;
  const at = rest.lastIndexOf('@');
  const user = at < 0 ? '' : `${HIDDEN}@`;
  // Bound: the second repetition reads everything that the first one leaves, so nothing is tried again.
  const [, place = '', after = ''] = /^([^?#]*)([^]*)$/.exec(rest.slice(at + 1)) ?? [];
  const [host = ''] = place.split('/', 1);
  // The text after the colon is not a port: it may be a password.
  if (!HOST_AND_PORT.test(host)) return HIDDEN;
  const query = after.length > 1 ? `${after[0] ?? ''}${HIDDEN}` : after;
  return `${user}${host}${withoutSecretPath(host, place.slice(host.length))}${query}`;
}

const HOST_AND_PORT = /^(?:\[[^\]]{0,100}\]|[^:]*)(?::\d{0,5})?$/;

/** Hosts and paths of incoming webhooks. The text after them is a credential. */
const HOOK_HOST = /(?:^|[.-])hooks?[.-]|webhook|(?:^|\.)logic\.azure\.com/i;
const HOOK_SEGMENT = /^(?:services|triggers|web-?hooks?[\w-]*|hooks?|tokens?|keys?|api[_-]?keys?|invoke|integration)$/i;

function withoutSecretPath(host: string, path: string): string {
  if (HOOK_HOST.test(host)) return /[A-Za-z0-9]/.test(path) ? `/${HIDDEN}` : path;
  const segments = path.split('/');
  const hook = segments.findIndex((segment) => HOOK_SEGMENT.test(segment));
  const secret = segments.findIndex((segment, place) => isTokenLike(segment) || (hook >= 0 && place > hook));
  return secret < 0 ? path : [...segments.slice(0, secret), HIDDEN].join('/');
}

const WORD = /(?<![A-Za-z0-9])(?:sha256:)?[A-Za-z0-9+/_=.~-]{12,}/gi;

/** Returns whether a word looks like a generated password or key: many characters of several kinds. */
function isTokenLike(word: string): boolean {
  if (/^[A-Za-z0-9+/=]{32,}$/.test(word) && /[0-9]/.test(word) && /[a-z]/.test(word) && /[A-Z][^A-Z]*[A-Z]/.test(word))
    return true;
  if (/^sha256:/i.test(word)) return false;
  return word
    .split(/[./]/)
    .some((part) => isRandom(part) || part.split(/[-_]/).some((piece) => piece.length >= 20 && isRandom(piece)));
}

function isRandom(part: string): boolean {
  const digits = part.replaceAll(/[^0-9]/g, '').length;
  const letters = part.replaceAll(/[^A-Za-z]/g, '').length;
  const upper = part.replaceAll(/[^A-Z]/g, '').length;
  const isMixed = upper > 0 && upper < letters;
  if (part.length >= 12 && isMixed && digits >= 2) return true;
  if (part.length >= 20 && !/[-_]/.test(part) && digits >= 3 && letters >= 3) return true;
  return part.length >= 24 && upper > letters / 3;
}
