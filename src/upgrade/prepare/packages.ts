import { formatKubeVersion, formatMinor, kubeTag, type KubeVersion } from '../kubernetes/kube-version.ts';
import { COMPLAINT, INSTALL_FLAGS, UPDATE_CONF, writeLines } from '../host/apt.ts';
import type { Direction } from '../node/order.ts';
import { KUBERNETES_PACKAGES, HOLD_COMMAND } from '../host/node-packages.ts';
import { patiently, UNATTENDED } from '../host/node-shell.ts';
import { notKnown, known, type Reading } from '../reading.ts';
import { shellWord } from '../../text/shell.ts';
import {
  textsAfter,
  doesNotVerify,
  isTransport,
  parseScriptLines,
  permanent,
  PREPARE_DIR,
  textAfter,
  SAY_FUNCTION,
  type Problem,
  type ScriptLine,
} from './script-output.ts';
import { directionFlags, jobSources, newerPackages, installDryRun } from './dry-run.ts';
import { SHADOW_SCRIPT, shadowProblems, parseShadows, type Shadow } from './shadows.ts';

export interface PackageOptions {
  readonly target: KubeVersion;
  readonly repository: string;
  readonly sourceFile: string;
  readonly keyringFile: string;
  /** Repository of the images that the target's kubeadm lists; undefined: kubeadm is not queried. */
  readonly imageRepository: string | undefined;
  /** Default: forward. */
  readonly direction?: Direction;
}

/** What `packageScript` found and fetched. A missing value means that the script did not reach that point. */
export interface NodePackages {
  /** Digests of the key that the repository serves and of the key on the node. */
  readonly key: { readonly served: string; readonly installed: string | undefined } | undefined;
  /** Debian versions of the target, by package. */
  readonly versions: Readonly<Record<string, string>>;
  readonly fetched: readonly { readonly file: string; readonly bytes: number }[];
  /** Images that the target's kubeadm lists. */
  readonly images: readonly string[];
  /** Programs that run instead of the programs of the packages. */
  readonly shadows: readonly Shadow[];
  /** Packages on the node that are newer than the version to install. */
  readonly newer: readonly { readonly name: string; readonly installed: string; readonly offered: string }[];
  readonly failure: Failure | undefined;
}

interface Failure {
  readonly at: (typeof FAILURES)[number];
  readonly complaint: string;
}

const FAILURES = [
  'busy',
  'key-failed',
  'key-nonsense',
  'index-failed',
  'source-unread',
  'source-clash',
  'sources-failed',
  'version-missing',
  'fetch-failed',
  'kubeadm-failed',
  'rehearsal-failed',
] as const;

const LOCK_SECONDS = 600;
const APT = `${PREPARE_DIR}/apt`;

/**
 * Configures apt with its own lists, sources and key, so that it rewrites nothing on the node. Only root can read the
 * directory.
 */
const APT_CONF = [
  ...UPDATE_CONF,
  `Dir::State::lists "${APT}/lists/";`,
  `Dir::Etc::sourcelist "${APT}/kubernetes.list";`,
  `Dir::Etc::sourceparts "${APT}/sources/";`,
  'Dir::Cache::pkgcache "";',
  'Dir::Cache::srcpkgcache "";',
  `Dir::Log "${APT}/log/";`,
  'APT::Sandbox::User "root";',
  `DPkg::Lock::Timeout "${LOCK_SECONDS}";`,
];

/**
 * Verifies the repository of the target's minor, fetches the target's packages into apt's archive cache, and queries
 * the target's kubeadm.
 */
export function packageScript(options: PackageOptions): string {
  const url = `${options.repository}/v${formatMinor(options.target)}/deb/`;
  const version = formatKubeVersion(options.target);
  const direction = options.direction ?? 'forward';
  return [
    `# Packages of ${kubeTag(options.target)}: verified and fetched, not installed`,
    'set -eu',
    'export LC_ALL=C',
    UNATTENDED,
    ...patiently(),
    'PATH="$PATH:/usr/lib/apt"',
    SAY_FUNCTION,
    'stop() { say "$@"; say end; exit 0; }',
    COMPLAINT,
    `dir=${PREPARE_DIR}`,
    `apt=${APT}`,
    '(umask 077; mkdir -p "$dir"); chmod 0700 "$dir"',
    // A command continues on the node after its SSH session is lost.
    'exec 9> "$dir/lock"',
    `flock -w ${LOCK_SECONDS} 9 || stop busy`,
    'clean() { rm -rf "$apt" "$dir/kubeadm"; }',
    'clean',
    'trap clean EXIT',
    'mkdir -p "$apt/lists/partial" "$apt/sources" "$apt/log"',
    writeLines('"$apt/apt.conf"', APT_CONF),
    ...SHADOW_SCRIPT,
    ...key(url, options.keyringFile),
    `printf '%s\\n' ${shellWord(`deb [signed-by=${APT}/key.asc] ${url} /`)} > "$apt/kubernetes.list"`,
    'patiently apt-get -c "$apt/apt.conf" -q -o Dir::Etc::sourceparts=- update > "$apt/said" 2>&1 || stop index-failed "$(complaint "$apt/said")"',
    ...jobSources(options.sourceFile, options.keyringFile, url),
    ...versions(version),
    ...newerPackages(KUBERNETES_PACKAGES, direction),
    ...downloads(direction),
    ...(options.imageRepository === undefined ? [] : images(options.target, options.imageRepository)),
    ...installDryRun(direction === 'back' ? [KUBERNETES_PACKAGES] : INSTALLED_TOGETHER, direction),
    'say end',
  ].join('\n');
}

/** Judges the key by what it verifies. A key that differs from the installed one is reported. */
const key = (url: string, keyringFile: string): string[] => [
  `apt-helper -c "$apt/apt.conf" download-file ${shellWord(`${url}Release.key`)} "$apt/key.asc" > "$apt/said" 2>&1 || stop key-failed "$(complaint "$apt/said")"`,
  `grep -q 'BEGIN PGP PUBLIC KEY BLOCK' "$apt/key.asc" || stop key-nonsense`,
  `digest() { sha256sum < "$1" | cut -c 1-64; }`,
  `if [ -e ${shellWord(keyringFile)} ]; then say key "$(digest "$apt/key.asc")" "$(digest ${shellWord(keyringFile)})"`,
  'else say key "$(digest "$apt/key.asc")"; fi',
];

/** Prints the exact version of each package to install. */
const versions = (version: string): string[] => [
  'wanted=',
  `for package in ${KUBERNETES_PACKAGES.join(' ')}; do`,
  '  offered=$(apt-cache -c "$apt/apt.conf" madison "$package" | cut -d "|" -f 2 | tr -d " ")',
  `  found=$(printf '%s\\n' "$offered" | grep -m 1 ${shellWord(`^${version.replaceAll('.', '[.]')}-`)}) || stop version-missing "$package" "$(printf '%s\\n' "$offered" | head -n 1)"`,
  '  say version "$package" "$found"',
  '  wanted="$wanted $package=$found"',
  'done',
  'version_of() { rest="${wanted#* "$1"=}"; echo "${rest%% *}"; }',
];

/** The packages that a job installs, one list for each command. */
const INSTALLED_TOGETHER = [['kubeadm'], ['kubelet', 'kubectl']];

const downloads = (direction: Direction): string[] => [
  'ls "$archives" > "$apt/before"',
  // The words are versions, which contain no blanks.
  `patiently apt-get -c "$apt/apt.conf" -q -y install --download-only ${INSTALL_FLAGS}${directionFlags(direction)} $wanted > "$apt/said" 2>&1 || stop fetch-failed "$(complaint "$apt/said")"`,
  'for file in "$archives"/*.deb; do',
  '  [ ! -f "$file" ] || grep -qxF "${file##*/}" "$apt/before" || say fetched "${file##*/}" "$(stat -c %s "$file")"',
  'done',
];

/** Unpacks the target's kubeadm without installing it, unless it is installed already. */
const images = (target: KubeVersion, repository: string): string[] => [
  'found=$(version_of kubeadm)',
  `if [ "$(dpkg-query -W -f '\${db:Status-Status} \${Version}' kubeadm 2>&1)" = "installed $found" ]; then kubeadm=kubeadm`,
  'else',
  '  kubeadm=$dir/kubeadm/usr/bin/kubeadm',
  '  mkdir -p "$dir/kubeadm"',
  '  dpkg-deb -x "$archives/kubeadm_${found}_$(dpkg --print-architecture).deb" "$dir/kubeadm" 2> "$apt/said" || stop kubeadm-failed "$(complaint "$apt/said")"',
  'fi',
  `"$kubeadm" config images list --kubernetes-version ${kubeTag(target)} --image-repository ${shellWord(repository)} > "$apt/images" 2> "$apt/said" || stop kubeadm-failed "$(complaint "$apt/said")"`,
  'while read -r image; do say image "$image"; done < "$apt/images"',
];

export function parsePackages(stdout: string, node: string): Reading<NodePackages> {
  const lines = parseScriptLines(stdout);
  if (lines === undefined) return notKnown(`fetching packages on ${node} did not reach its end`);
  const [served, installed] = textAfter(lines, 'key')?.split(' ') ?? [];
  return known({
    key: served === undefined ? undefined : { served, installed },
    versions: Object.fromEntries(textsAfter(lines, 'version').map(twoWords)),
    fetched: textsAfter(lines, 'fetched').map((rest) => {
      const [file, bytes] = twoWords(rest);
      return { file, bytes: /^\d{1,15}$/.test(bytes) ? Number(bytes) : 0 };
    }),
    images: textsAfter(lines, 'image'),
    shadows: parseShadows(lines),
    newer: textsAfter(lines, 'newer').map((rest) => {
      const [name = '', installed = '', offered = ''] = rest.split(' ');
      return { name, installed, offered };
    }),
    failure: failureIn(lines),
  });
}

function twoWords(rest: string): [string, string] {
  const [first = '', second = ''] = rest.split(' ');
  return [first, second];
}

function failureIn(lines: readonly ScriptLine[]): Failure | undefined {
  const at = FAILURES.find((each) => textAfter(lines, each) !== undefined);
  return at === undefined ? undefined : { at, complaint: textAfter(lines, at) || 'no message' };
}

/** Returns what prevents a later installation of the target's packages on the node; empty when nothing does. */
export function packageProblems(node: string, seen: NodePackages, options: PackageOptions): Problem[] {
  const { failure, versions, shadows, newer } = seen;
  const others = [...shadowProblems(node, shadows), ...newer.map((each) => newerProblem(node, each))];
  if (failure !== undefined) return [...others, failureProblem(node, failure, options)];
  if (others.length > 0) return others;
  const missing = KUBERNETES_PACKAGES.filter(
    (name) => !versions[name]?.startsWith(`${formatKubeVersion(options.target)}-`),
  );
  return missing.length === 0
    ? []
    : [permanent(`The check of ${node} did not report ${missing.join(', ')} ${formatKubeVersion(options.target)}.`)];
}

const newerProblem = (node: string, { name, installed, offered }: NodePackages['newer'][number]): Problem =>
  permanent(
    `${name} ${installed} on ${node} is newer than ${offered}, which the upgrade installs, and an upgrade downgrades no package. Downgrade it there: apt-get install --allow-downgrades --allow-change-held-packages ${name}=${offered} && ${HOLD_COMMAND}`,
  );

function failureProblem(node: string, { at, complaint }: Failure, options: PackageOptions): Problem {
  const folder = `${options.repository}/v${formatMinor(options.target)}/deb/`;
  const packages = `kubeadm, kubelet and kubectl ${formatKubeVersion(options.target)}`;
  const mayPass = isTransport(complaint);
  switch (at) {
    case 'busy':
      return { text: `An earlier attempt to fetch packages is still running on ${node}.`, mayPass: true };
    case 'key-failed':
      return { text: `${node} cannot fetch the signing key ${folder}Release.key: ${complaint}`, mayPass };
    case 'key-nonsense':
      return permanent(
        `${folder}Release.key, as ${node} receives it, is no PGP public key. Check which server answers there.`,
      );
    case 'index-failed':
      return doesNotVerify(complaint)
        ? permanent(
            `${folder} does not verify on ${node}, by the key that it serves: ${complaint} Nothing from it is used.`,
          )
        : { text: `${node} cannot read the package repository ${folder}: ${complaint}`, mayPass };
    case 'source-unread':
      return permanent(
        `packages.sourceFile is ${options.sourceFile}, and apt on ${node} reads source files in ${complaint} only. Name a file in that folder.`,
      );
    case 'source-clash':
      return permanent(sourceClash(node, complaint, options.sourceFile));
    case 'sources-failed':
      return permanent(`apt on ${node} cannot read its sources: ${complaint} Repair them there: apt-get indextargets`);
    case 'version-missing':
      return permanent(missingVersion(node, complaint, folder, options.target));
    case 'fetch-failed':
      return { text: `${node} cannot fetch ${packages}: ${complaint}${dependencyRemedy(complaint)}`, mayPass };
    case 'kubeadm-failed':
      return permanent(
        `The kubeadm of ${kubeTag(options.target)} does not list its images on ${node}: ${complaint} To skip this check, set prepare.images: off`,
      );
    case 'rehearsal-failed':
      return {
        text: `A rehearsal of the installation of ${packages} failed on ${node}, so the upgrade would fail there as well: ${complaint}${dependencyRemedy(complaint)}`,
        mayPass,
      };
  }
}

const dependencyRemedy = (complaint: string): string =>
  /Depends: |held broken packages|unmet dependencies/.test(complaint)
    ? ' See which packages are held there: apt-mark showhold'
    : '';

/** `complaint`: a file, then apt's error when apt reads this file together with the source file of the settings. */
function sourceClash(node: string, complaint: string, sourceFile: string): string {
  const [file = '', ...words] = complaint.split(' ');
  const says = words.join(' ') || 'no message';
  if (!says.includes('Conflicting values'))
    return `apt on ${node} cannot read ${file}: ${says} Repair that file there.`;
  const how = says.includes('Signed-By') ? 'with another key' : 'with other options';
  const instead =
    /\.(list|sources)$/.test(file) && !file.endsWith('/sources.list') ? `set packages.sourceFile: ${file}, or ` : '';
  return `${node}: ${file} names the same repository ${how}: ${says} Once the upgrade has written ${sourceFile}, every apt command would fail there. To mend it, ${instead}take that repository out of ${file}.`;
}

function missingVersion(node: string, complaint: string, folder: string, target: KubeVersion): string {
  const [name, newest] = twoWords(complaint);
  const offered = newest === '' ? 'none' : newest;
  return `${folder} has no ${name} ${formatKubeVersion(target)}-* for ${node}; the newest offered there is ${offered}.`;
}

/**
 * Returns a sentence when the repository's signing key differs from the key on the node; undefined when it does not.
 */
export function rotatedKey(node: string, { key: keys }: NodePackages, keyringFile: string): string | undefined {
  if (keys?.installed === undefined || keys.installed === keys.served) return undefined;
  const [served, installed] = [keys.served, keys.installed].map((digest) => digest.slice(0, 12));
  return `${node}: the repository serves another signing key (SHA-256 ${served}…) than ${keyringFile} (${installed}…). Its index verifies by the new one; the upgrade will replace the file.`;
}
