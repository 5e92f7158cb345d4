import { createHmac } from 'node:crypto';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { canonicalAddress } from '../../upgrade/node/ip-address.ts';
import { badInput, refused } from '../runtime/step-error.ts';
import type { HostKeys, RemoteHost } from '../ports/remote.ts';
import type { Log } from '../ports/log.ts';
import { matchesHostPattern } from './ssh/host-pattern.ts';
import { name as nameOf } from './ssh/host-key.ts';
import { isPublicKey } from './ssh/public-key.ts';

/** One line of known_hosts that names a key. */
interface Entry {
  readonly revoked: boolean;
  readonly patterns: readonly string[];
  readonly key: string;
}

type NodeAddresses = Pick<ClusterNode, 'name' | 'internalIp' | 'sshAddress'>;

export interface KnownHostsOptions {
  /** What the text is called in messages, such as `ssh_known_hosts`. */
  readonly place: string;
  readonly port: number;
  readonly log: Log;
  /** Every Node, for a line that is found by an address: a kubelet reports its addresses itself. */
  readonly nodes: () => Promise<readonly NodeAddresses[]>;
}

/**
 * Keys from an OpenSSH known_hosts text and no others. Lines that name the Node count; lines that have only its address count
 * where there is no such line. Throws when a line cannot be read; all such lines are named.
 */
export function knownHostsFile(text: string, { place, port, log, nodes }: KnownHostsOptions): HostKeys {
  const entries = parse(text, place, log);
  return {
    remember: undefined,
    whereKept: ({ node, address }) => `the line for ${node} or ${address} in ${place}`,
    async known(host) {
      const [name, address] = [host.node.toLowerCase(), host.address.toLowerCase()];
      const both = [name, address];
      const named = linesOf(entries, name, both, port);
      const lines = named.length > 0 ? named : linesOf(entries, address, both, port);
      if (named.length === 0 && lines.length > 0) refuseForeign(lines, host, { place, port }, await nodes());
      const revoked = entries.filter(
        (entry) => entry.revoked && [...both, ...onPort(both, port)].some((each) => covers(entry.patterns, each)),
      );
      const accepted = lines.map(({ key }) => key).filter((key) => !revoked.some((entry) => entry.key === key));
      return accepted.length === 0 ? undefined : accepted;
    },
  };
}

const onPort = (names: readonly string[], port: number): string[] => names.map((name) => `[${name}]:${port}`);

/** As OpenSSH does: a line for the port counts before one for the host. `both`: an exception (`!`) for either rules a line out. */
function linesOf(entries: readonly Entry[], name: string, both: readonly string[], port: number): readonly Entry[] {
  const find = ([wanted = '']: readonly string[], all: readonly string[]): readonly Entry[] =>
    entries.filter(({ revoked, patterns }) => !revoked && covers(patterns, wanted, all));
  const forPort = port === 22 ? [] : find(onPort([name], port), onPort(both, port));
  return forPort.length > 0 ? forPort : find([name], both);
}

function covers(patterns: readonly string[], name: string, all: readonly string[] = [name]): boolean {
  const excepted = patterns.some(
    (pattern) => pattern.startsWith('!') && all.some((each) => matches(pattern.slice(1), each)),
  );
  return !excepted && patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern, name));
}

/** A kubelet reports its own addresses, so a line that is found by one of them may be the line of another Node. */
function refuseForeign(
  lines: readonly Entry[],
  host: RemoteHost,
  { place, port }: Pick<KnownHostsOptions, 'place' | 'port'>,
  nodes: readonly NodeAddresses[],
): void {
  const others = nodes.filter(({ name }) => name !== host.node);
  const owner = others.find(({ name, internalIp = '', sshAddress }) => {
    const names = [name.toLowerCase(), ...onPort([name.toLowerCase()], port)];
    const isNamed = lines.some(({ patterns }) => names.some((each) => covers(patterns, each)));
    const reported = [
      canonicalAddress(internalIp),
      sshAddress?.address.known === true ? sshAddress.address.value : undefined,
    ];
    return isNamed || reported.includes(host.address);
  });
  if (owner === undefined) return;
  throw refused(
    `${nameOf(host)}: the line for ${host.address} in ${place} is one of Node ${owner.name}, and no line names ${host.node}. Find out which of them has that address: correct or remove the other Node (kubectl get nodes -o wide), or add a line that begins with ${host.node}`,
  );
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
