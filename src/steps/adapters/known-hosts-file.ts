import { createHmac } from 'node:crypto';
import { badInput } from '../harness/step-error.ts';
import type { HostKeys, RemoteHost } from '../ports/remote.ts';
import type { Log } from '../ports/log.ts';
import { matchesHostPattern } from './ssh/host-pattern.ts';
import { isPublicKey } from './ssh/public-key.ts';

/** One line of known_hosts that names a key. */
interface Entry {
  readonly revoked: boolean;
  readonly patterns: readonly string[];
  readonly key: string;
}

export interface KnownHostsOptions {
  /** What the text is called in messages, such as `ssh_known_hosts`. */
  readonly place: string;
  readonly port: number;
  readonly log: Log;
}

/** Keys from an OpenSSH known_hosts text and no others. Throws when a line cannot be read; all such lines are named. */
export function knownHostsFile(text: string, { place, port, log }: KnownHostsOptions): HostKeys {
  const entries = parse(text, place, log);
  return {
    remember: undefined,
    whereKept: ({ node, address }) => `the line for ${node} or ${address} in ${place}`,
    async known(host) {
      const revoked = keysOf(entries, namesOf(host), true).concat(keysOf(entries, namesOnPort(host, port), true));
      // As OpenSSH does: a line for the port counts before one for the host.
      const onPort = port === 22 ? [] : keysOf(entries, namesOnPort(host, port), false);
      const keys = onPort.length > 0 ? onPort : keysOf(entries, namesOf(host), false);
      const accepted = keys.filter((key) => !revoked.includes(key));
      return accepted.length === 0 ? undefined : accepted;
    },
  };
}

const namesOf = ({ node, address }: RemoteHost): readonly string[] => [node.toLowerCase(), address.toLowerCase()];
const namesOnPort = (host: RemoteHost, port: number): readonly string[] =>
  namesOf(host).map((name) => `[${name}]:${port}`);

const keysOf = (entries: readonly Entry[], names: readonly string[], revoked: boolean): string[] =>
  entries.filter((entry) => entry.revoked === revoked && covers(entry.patterns, names)).map(({ key }) => key);

/** A machine is covered when one of its names is; an exception (`!`) for either of them rules it out. */
function covers(patterns: readonly string[], names: readonly string[]): boolean {
  const hit = (pattern: string): boolean => names.some((name) => matches(pattern, name));
  const excepted = patterns.some((pattern) => pattern.startsWith('!') && hit(pattern.slice(1)));
  return !excepted && patterns.some((pattern) => !pattern.startsWith('!') && hit(pattern));
}

function matches(pattern: string, name: string): boolean {
  const [, salt, hash] = /^\|1\|([^|]+)\|([^|]+)$/.exec(pattern) ?? [];
  if (salt !== undefined) return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
  return matchesHostPattern(pattern.toLowerCase(), name);
}

function parse(text: string, place: string, log: Log): readonly Entry[] {
  const unreadable: string[] = [];
  const entries = text.split('\n').flatMap((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return [];
    if (line.startsWith('@cert-authority')) {
      log(`${place}:${index + 1}: @cert-authority is ignored, host certificates are not supported; list the host keys`);
      return [];
    }
    const entry = tryParseLine(line);
    if (entry === undefined) unreadable.push(`${place}:${index + 1}`);
    return entry ?? [];
  });
  if (unreadable.length === 0) return entries;
  throw badInput(`cannot read ${unreadable.join(', ')}: expected "<hosts> <type> <base64>", as ssh-keyscan prints it`);
}

function tryParseLine(line: string): Entry | undefined {
  const words = line.split(/\s+/);
  const revoked = words[0] === '@revoked';
  const [hosts, type, base64] = revoked ? words.slice(1) : words;
  if (hosts === undefined || hosts.startsWith('@') || type === undefined || base64 === undefined) return undefined;
  const key = `${type} ${base64}`;
  return isPublicKey(key) ? { revoked, patterns: hosts.split(','), key } : undefined;
}
