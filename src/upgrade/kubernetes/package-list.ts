import { compareKubeVersions, tryParseKubeVersion, type KubeVersion } from './kube-version.ts';

/** A release that a repository offers. */
export interface OfferedRelease {
  readonly version: KubeVersion;
  /** Path of the package below the minor's directory; undefined when the list does not contain it. */
  readonly file?: string | undefined;
}

/**
 * Parses the versions in the output of `apt-cache madison <package>`, with lines such as
 * `kubeadm | 1.34.9-1.1 | https://pkgs.k8s.io/core:/stable:/v1.34/deb  Packages`.
 * It drops the package revision, and ignores lines of other packages or without a release. The caller decides what an
 * empty list means.
 */
export function parseMadison(output: string, packageName: string): KubeVersion[] {
  return output.split('\n').flatMap((line) => {
    const [name, version] = line.split('|').map((field) => field.trim());
    const parsed =
      name === packageName && version !== undefined ? tryParseKubeVersion(withoutRevision(version)) : undefined;
    return parsed === undefined ? [] : [parsed];
  });
}

/**
 * Parses the releases of one package in a repository's `Packages` file, from the oldest on, each once.
 * Among several revisions and architectures, it takes the newest revision, then the first file by name.
 * It ignores pre-releases, so the list may be empty. Undefined when the text has no readable stanza of the package.
 * https://wiki.debian.org/DebianRepository/Format#A.22Packages.22_Indices
 */
export function parsePackages(text: string, packageName: string): OfferedRelease[] | undefined {
  const versions = stanzasOf(text).flatMap((stanza): Packaged[] => {
    const version = stanza.get('version') ?? '';
    const readable = stanza.get('package') === packageName && DEBIAN_VERSION.test(version);
    return readable ? [{ version, file: stanza.get('filename') }] : [];
  });
  if (versions.length === 0) return undefined;
  const releases = versions
    .flatMap(({ version: debian, file }) => {
      const version = tryParseKubeVersion(withoutRevision(debian));
      return version === undefined ? [] : [{ version, revision: revisionOf(debian), file }];
    })
    .sort(
      (a, b) =>
        compareKubeVersions(a.version, b.version) ||
        compareRevisions(b.revision, a.revision) ||
        compareText(a.file ?? '', b.file ?? ''),
    );
  return releases
    .filter(({ version }, index) => {
      const before = releases[index - 1];
      return before === undefined || compareKubeVersions(before.version, version) !== 0;
    })
    .map(({ version, file }) => ({ version, file }));
}

interface Packaged {
  readonly version: string;
  readonly file: string | undefined;
}

/** Matches three numbers, then an optional pre-release or revision. */
const DEBIAN_VERSION = /^\d+\.\d+\.\d+([~+-].*)?$/;

/** Returns the fields of each stanza by their lower-case names. It ignores lines that continue a field. */
function stanzasOf(text: string): ReadonlyMap<string, string>[] {
  const stanzas: Map<string, string>[] = [];
  let fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line.trim() !== '') addField(fields, line);
    else if (fields.size > 0) {
      stanzas.push(fields);
      fields = new Map();
    }
  }
  return fields.size > 0 ? [...stanzas, fields] : stanzas;
}

function addField(fields: Map<string, string>, line: string): void {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(0, colon));
  if (/^[^\s#]\S*$/.test(name)) fields.set(name.toLowerCase(), line.slice(colon + 1).trim());
}

const REVISION = /-\d[^-]*$/;
/** A package revision begins with a digit. `-rc.1` is part of the version, which is then not a release. */
const withoutRevision = (debianVersion: string): string => debianVersion.replace(REVISION, '');
const revisionOf = (debianVersion: string): string => REVISION.exec(debianVersion)?.[0].slice(1) ?? '';

/** Sorts `2.1` after `1.1`, and `1.10` after `1.9`. */
function compareRevisions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split(/\D+/).map(Number));
  const places = Math.max(left?.length ?? 0, right?.length ?? 0);
  for (let place = 0; place < places; place++) {
    const difference = (left?.[place] ?? 0) - (right?.[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return compareText(a, b);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
