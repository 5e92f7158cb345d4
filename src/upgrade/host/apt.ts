import { shellWord } from '../../text/shell.ts';

/**
 * What apt is told when it installs a package of the target. A job installs by these flags on a drained node. `prepare`
 * rehearses by the same flags before any node is cordoned. The held packages that apt may change are those that are named.
 */
export const INSTALL_FLAGS = '--no-install-recommends --allow-change-held-packages';

/**
 * Lines of an apt.conf for `apt-get update` of the Kubernetes repository, in `detect`, `prepare` and every job. The hooks
 * of an update belong to other lists and programs, so a hook that fails stops no upgrade. `#clear` counts only in a file
 * that is named with -c, which apt reads last: apt.conf(5).
 */
export const UPDATE_CONF: readonly string[] = [
  '#clear APT::Update::Pre-Invoke;',
  '#clear APT::Update::Post-Invoke;',
  '#clear APT::Update::Post-Invoke-Success;',
  // Without it, a bad signature is a warning, and apt keeps an old index.
  'APT::Update::Error-Mode "any";',
  'APT::Get::List-Cleanup "false";',
  'APT::Get::AllowUnauthenticated "false";',
  'Acquire::AllowInsecureRepositories "false";',
  'Acquire::AllowWeakRepositories "false";',
];

/** A shell command that writes lines to a file. `file` is a shell word. */
export const writeLines = (file: string, lines: readonly string[]): string =>
  `printf '%s\\n' ${lines.map(shellWord).join(' ')} > ${file}`;

/** The lines of the source file for one repository folder, in the format of the file name: sources.list(5). */
export const sourceLines = (sourceFile: string, keyringFile: string, url: string): readonly string[] =>
  sourceFile.endsWith('.sources')
    ? ['Types: deb', `URIs: ${url}`, 'Suites: /', `Signed-By: ${keyringFile}`]
    : [`deb [signed-by=${keyringFile}] ${url} /`];

/**
 * A shell function that prints what apt complained of in a file: its errors, its warnings, and the lines that give the
 * reason, such as ` kubeadm : Depends: cri-tools (>= 1.30.0) but 1.29.0-1.1 is to be installed`. Without any, the last lines.
 */
export const COMPLAINT = `complaint() { grep -E '^[EW]: |^ +[^ ]+ : |^ +(Pre)?(Depends|Breaks|Conflicts|Recommends): |^ +[0-9]+[.] ' "$1" | awk '!seen[$0]++' | tail -n 12 | grep . || tail -n 3 "$1"; }`;
