import { compareKubeVersions, tryParseKubeVersion, type KubeVersion } from './kube-version.ts';

/** A release as a repository offers it. */
export interface OfferedRelease {
  readonly version: KubeVersion;
  /** Where its package is, below the folder of the minor; undefined where the list does not say. */
  readonly file?: string | undefined;
}

/**
 * Versions in the output of `apt-cache madison <package>`, lines such as
 * `kubeadm | 1.34.9-1.1 | https://pkgs.k8s.io/core:/stable:/v1.34/deb  Packages`; the package revision is dropped.
 * Lines of other packages or without a release are passed over; the caller decides what an empty list means.
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
 * The releases of one package in the `Packages` file of a repository, oldest first, each once: of several revisions and
 * architectures the newest revision, then the first file by name. Pre-releases are passed over, so that the list may be
 * empty; undefined when the text holds no stanza of the package that can be read.
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

/** Three numbers, and whatever makes a pre-release or a revision of it. */
const DEBIAN_VERSION = /^\d+\.\d+\.\d+([~+-].*)?$/;

/** Returns each stanza as its fields, by their lower-case names. Lines that continue a field are passed over. */
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
/** A package revision begins with a digit; `-rc.1` is part of the version, and no release. */
const withoutRevision = (debianVersion: string): string => debianVersion.replace(REVISION, '');
const revisionOf = (debianVersion: string): string => REVISION.exec(debianVersion)?.[0].slice(1) ?? '';

/** `2.1` after `1.1`, and `1.10` after `1.9`. */
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
