import { formatKubeVersion, formatMinor, kubeTag, type KubeVersion } from '../kube-version.ts';
import { patiently, UNATTENDED } from '../node-shell.ts';
import { notKnown, known, type Reading } from '../reading.ts';
import { shellWord } from '../shell.ts';
import {
  allOf,
  doesNotVerify,
  isTransport,
  parseSaid,
  PREPARE_DIR,
  restOf,
  SAY,
  type Problem,
  type Said,
} from './said.ts';

export interface PackageWish {
  readonly target: KubeVersion;
  readonly repository: string;
  readonly sourceFile: string;
  readonly keyringFile: string;
  /** Whose images the target's kubeadm is asked for; undefined: it is not asked. */
  readonly imageRepository: string | undefined;
}

/** What `packageScript` found and fetched; everything that is not there yet was not come to. */
export interface NodePackages {
  /** Digests of the key that the repository serves and of the one on the node. */
  readonly key: { readonly served: string; readonly installed: string | undefined } | undefined;
  /** Debian versions of the target, by package. */
  readonly versions: Readonly<Record<string, string>>;
  readonly fetched: readonly { readonly file: string; readonly bytes: number }[];
  /** As the target's kubeadm lists them. */
  readonly images: readonly string[];
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
  'version-missing',
  'fetch-failed',
  'kubeadm-failed',
] as const;

const PACKAGES = ['kubeadm', 'kubelet', 'kubectl'];
const LOCK_SECONDS = 600;
const APT = `${PREPARE_DIR}/apt`;

/**
 * apt with lists, sources and key of its own, so that nothing on the node is rewritten. The hooks are left out since they
 * are there to rewrite things. Only root can look into the folder, so apt's own user cannot read for it.
 * `#clear` counts in a file that is named on the command line, which is read last: man 5 apt.conf.
 */
const APT_CONF = [
  '#clear APT::Update::Pre-Invoke;',
  '#clear APT::Update::Post-Invoke;',
  '#clear APT::Update::Post-Invoke-Success;',
  `Dir::State::lists "${APT}/lists/";`,
  `Dir::Etc::sourcelist "${APT}/kubernetes.list";`,
  `Dir::Etc::sourceparts "${APT}/sources/";`,
  'Dir::Cache::pkgcache "";',
  'Dir::Cache::srcpkgcache "";',
  `Dir::Log "${APT}/log/";`,
  'APT::Sandbox::User "root";',
  // Else a bad signature is a warning: an old index would do in its place.
  'APT::Update::Error-Mode "any";',
  'APT::Get::AllowUnauthenticated "false";',
  'Acquire::AllowInsecureRepositories "false";',
  'Acquire::AllowWeakRepositories "false";',
  `DPkg::Lock::Timeout "${LOCK_SECONDS}";`,
];

/** Verifies the repository of the target's minor, fetches the target's packages into apt's archive cache, asks its kubeadm. */
export function packageScript(wish: PackageWish): string {
  const url = `${wish.repository}/v${formatMinor(wish.target)}/deb/`;
  const version = formatKubeVersion(wish.target);
  return [
    `# Packages of ${kubeTag(wish.target)}: verified and fetched, not installed`,
    'set -eu',
    'export LC_ALL=C',
    UNATTENDED,
    ...patiently(),
    'PATH="$PATH:/usr/lib/apt"',
    SAY,
    'stop() { say "$@"; say end; exit 0; }',
    // apt's own errors and warnings where there are any; what it fetched well is no complaint.
    `complaint() { grep '^[EW]: ' "$apt/said" | tail -n 3 | grep . || tail -n 3 "$apt/said"; }`,
    `dir=${PREPARE_DIR}`,
    `apt=${APT}`,
    '(umask 077; mkdir -p "$dir"); chmod 0700 "$dir"',
    // A command whose session was lost goes on over there.
    'exec 9> "$dir/lock"',
    `flock -w ${LOCK_SECONDS} 9 || stop busy`,
    'clean() { rm -rf "$apt" "$dir/kubeadm"; }',
    'clean',
    'trap clean EXIT',
    'mkdir -p "$apt/lists/partial" "$apt/sources" "$apt/log"',
    `cat > "$apt/apt.conf" <<'CONF'`,
    ...APT_CONF,
    'CONF',
    ...key(url, wish.keyringFile),
    `printf '%s\\n' ${shellWord(`deb [signed-by=${APT}/key.asc] ${url} /`)} > "$apt/kubernetes.list"`,
    'patiently apt-get -c "$apt/apt.conf" -q -o Dir::Etc::sourceparts=- update > "$apt/said" 2>&1 || stop index-failed "$(complaint)"',
    ...systemSources(wish),
    ...downloads(version),
    ...(wish.imageRepository === undefined ? [] : images(wish.target, wish.imageRepository)),
    'say end',
  ].join('\n');
}

/** The key is judged by what it verifies; that it is another one than before is worth a word. */
const key = (url: string, keyringFile: string): string[] => [
  `apt-helper -c "$apt/apt.conf" download-file ${shellWord(`${url}Release.key`)} "$apt/key.asc" > "$apt/said" 2>&1 || stop key-failed "$(complaint)"`,
  `grep -q 'BEGIN PGP PUBLIC KEY BLOCK' "$apt/key.asc" || stop key-nonsense`,
  `digest() { sha256sum < "$1" | cut -c 1-64; }`,
  `if [ -e ${shellWord(keyringFile)} ]; then say key "$(digest "$apt/key.asc")" "$(digest ${shellWord(keyringFile)})"`,
  'else say key "$(digest "$apt/key.asc")"; fi',
];

/**
 * What the packages depend on may come from elsewhere: the node's other sources count too, with the lists that it has.
 * Those that name this repository are about another minor, or are signed by another file, which apt would not bear.
 */
const systemSources = ({ sourceFile, repository, target }: PackageWish): string[] => [
  'eval "$(apt-config shell list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d lists Dir::State::lists/d archives Dir::Cache::archives/d)"',
  'for file in "$list" "$parts"/*.list "$parts"/*.sources; do',
  `  [ -f "$file" ] && [ ! "$file" -ef ${shellWord(sourceFile)} ] && ! grep -qF ${shellWord(`${repository}/v${target.major}.`)} "$file" || continue`,
  '  ln -s "$file" "$apt/sources/$([ "$file" = "$list" ] && echo 000-system-)${file##*/}"',
  'done',
  'for file in "$lists"/*; do',
  '  [ ! -f "$file" ] || [ "${file##*/}" = lock ] || [ -e "$apt/lists/${file##*/}" ] || ln -s "$file" "$apt/lists/"',
  'done',
];

/** `--allow-change-held-packages`, `--allow-downgrades`: they are held, and stay as they are, since nothing is installed. */
const downloads = (version: string): string[] => [
  'wanted=',
  `for package in ${PACKAGES.join(' ')}; do`,
  '  offered=$(apt-cache -c "$apt/apt.conf" madison "$package" | cut -d "|" -f 2 | tr -d " ")',
  `  found=$(printf '%s\\n' "$offered" | grep -m 1 ${shellWord(`^${version.replaceAll('.', '[.]')}-`)}) || stop version-missing "$package" "$(printf '%s\\n' "$offered" | head -n 1)"`,
  '  say version "$package" "$found"',
  '  wanted="$wanted $package=$found"',
  'done',
  'ls "$archives" > "$apt/before"',
  // The words are versions, which hold no blanks.
  'patiently apt-get -c "$apt/apt.conf" -q -y install --download-only --allow-change-held-packages --allow-downgrades --no-install-recommends $wanted > "$apt/said" 2>&1 || stop fetch-failed "$(complaint)"',
  'for file in "$archives"/*.deb; do',
  '  [ ! -f "$file" ] || grep -qxF "${file##*/}" "$apt/before" || say fetched "${file##*/}" "$(stat -c %s "$file")"',
  'done',
];

/** The target's kubeadm is unpacked, not installed, unless it is installed already. */
const images = (target: KubeVersion, repository: string): string[] => [
  'found=${wanted#* kubeadm=}',
  'found=${found%% *}',
  `if [ "$(dpkg-query -W -f '\${db:Status-Status} \${Version}' kubeadm 2>&1)" = "installed $found" ]; then kubeadm=kubeadm`,
  'else',
  '  kubeadm=$dir/kubeadm/usr/bin/kubeadm',
  '  mkdir -p "$dir/kubeadm"',
  '  dpkg-deb -x "$archives/kubeadm_${found}_$(dpkg --print-architecture).deb" "$dir/kubeadm" 2> "$apt/said" || stop kubeadm-failed "$(complaint)"',
  'fi',
  `"$kubeadm" config images list --kubernetes-version ${kubeTag(target)} --image-repository ${shellWord(repository)} > "$apt/images" 2> "$apt/said" || stop kubeadm-failed "$(complaint)"`,
  'while read -r image; do say image "$image"; done < "$apt/images"',
];

export function parsePackages(stdout: string, node: string): Reading<NodePackages> {
  const said = parseSaid(stdout);
  if (said === undefined) return notKnown(`fetching packages on ${node} did not come to its end`);
  const [served, installed] = restOf(said, 'key')?.split(' ') ?? [];
  return known({
    key: served === undefined ? undefined : { served, installed },
    versions: Object.fromEntries(allOf(said, 'version').map(twoWords)),
    fetched: allOf(said, 'fetched').map((rest) => {
      const [file, bytes] = twoWords(rest);
      return { file, bytes: /^\d{1,15}$/.test(bytes) ? Number(bytes) : 0 };
    }),
    images: allOf(said, 'image'),
    failure: failureIn(said),
  });
}

function twoWords(rest: string): [string, string] {
  const [first = '', second = ''] = rest.split(' ');
  return [first, second];
}

function failureIn(said: readonly Said[]): Failure | undefined {
  const at = FAILURES.find((each) => restOf(said, each) !== undefined);
  return at === undefined ? undefined : { at, complaint: restOf(said, at) || 'no message' };
}

/** What keeps the packages of the target from being installed on the node later on; empty when nothing does. */
export function packageProblems(node: string, { failure, versions }: NodePackages, wish: PackageWish): Problem[] {
  const folder = `${wish.repository}/v${formatMinor(wish.target)}/deb/`;
  if (failure === undefined) {
    const missing = PACKAGES.filter((name) => !versions[name]?.startsWith(`${formatKubeVersion(wish.target)}-`));
    return missing.length === 0
      ? []
      : [final(`Nothing was said of ${missing.join(', ')} of ${formatKubeVersion(wish.target)} on ${node}.`)];
  }
  const { at, complaint } = failure;
  const mayPass = isTransport(complaint);
  switch (at) {
    case 'busy':
      return [{ text: `An earlier attempt to fetch packages is still at work on ${node}.`, mayPass: true }];
    case 'key-failed':
      return [{ text: `${node} cannot fetch the signing key ${folder}Release.key: ${complaint}`, mayPass }];
    case 'key-nonsense':
      return [final(`${folder}Release.key, as ${node} gets it, is no PGP public key. What answers there?`)];
    case 'index-failed':
      return doesNotVerify(complaint)
        ? [
            final(
              `${folder} does not verify on ${node}, by the key that it serves: ${complaint} Nothing of it is used.`,
            ),
          ]
        : [{ text: `${node} cannot read the package repository ${folder}: ${complaint}`, mayPass }];
    case 'version-missing':
      return [final(missingVersion(node, complaint, folder, wish.target))];
    case 'fetch-failed':
      return [
        {
          text: `${node} cannot fetch kubeadm, kubelet and kubectl ${formatKubeVersion(wish.target)}: ${complaint}`,
          mayPass,
        },
      ];
    case 'kubeadm-failed':
      return [
        final(
          `The kubeadm of ${kubeTag(wish.target)} does not list its images on ${node}: ${complaint} Not to ask it: prepare.images: off`,
        ),
      ];
  }
}

const final = (text: string): Problem => ({ text, mayPass: false });

function missingVersion(node: string, complaint: string, folder: string, target: KubeVersion): string {
  const [name, newest] = twoWords(complaint);
  const offered = newest === '' ? 'none' : newest;
  return `${folder} has no ${name} ${formatKubeVersion(target)}-* for ${node}; the newest offered there is ${offered}.`;
}

/** A sentence when the repository is signed by another key than the one on the node; undefined when it is not. */
export function rotatedKey(node: string, { key: keys }: NodePackages, keyringFile: string): string | undefined {
  if (keys?.installed === undefined || keys.installed === keys.served) return undefined;
  const [served, installed] = [keys.served, keys.installed].map((digest) => digest.slice(0, 12));
  return `${node}: the repository serves another signing key (SHA-256 ${served}…) than ${keyringFile} (${installed}…). Its index verifies by the new one; the upgrade will replace the file.`;
}
