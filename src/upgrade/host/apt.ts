import { shellWord } from '../../text/shell.ts';

/**
 * apt's flags for the installation of a target's package. A job uses them on a drained node. `prepare` rehearses with
 * the same flags before any node is cordoned. apt may change only the held packages that the command names.
 */
export const INSTALL_FLAGS = '--no-install-recommends --allow-change-held-packages';

/**
 * Lines of an apt.conf for `apt-get update` of the Kubernetes repository, in `detect`, `prepare` and every job. Update
 * hooks belong to other lists and programs, so a failing hook must not stop an upgrade. `#clear` works only in a file
 * that -c names, which apt reads last: apt.conf(5).
 */
export const UPDATE_CONF: readonly string[] = [
  '#clear APT::Update::Pre-Invoke;',
  '#clear APT::Update::Post-Invoke;',
  '#clear APT::Update::Post-Invoke-Success;',
  // Without this option, a bad signature is only a warning, and apt keeps an old index.
  'APT::Update::Error-Mode "any";',
  'APT::Get::List-Cleanup "false";',
  'APT::Get::AllowUnauthenticated "false";',
  'Acquire::AllowInsecureRepositories "false";',
  'Acquire::AllowWeakRepositories "false";',
];

/** Returns a shell command that writes lines to a file. `file` is a shell word. */
export const writeLines = (file: string, lines: readonly string[]): string =>
  `printf '%s\\n' ${lines.map(shellWord).join(' ')} > ${file}`;

/**
 * Returns the lines of the source file for one repository directory. The file name decides the format: sources.list(5).
 */
export const sourceLines = (sourceFile: string, keyringFile: string, url: string): readonly string[] =>
  sourceFile.endsWith('.sources')
    ? ['Types: deb', `URIs: ${url}`, 'Suites: /', `Signed-By: ${keyringFile}`]
    : [`deb [signed-by=${keyringFile}] ${url} /`];

/**
 * A shell function that prints apt's complaints in a file. It prints errors, warnings and the lines with the reason,
 * such as ` kubeadm : Depends: cri-tools (>= 1.30.0) but 1.29.0-1.1 is to be installed`. Without any, it prints the
 * last lines.
 */
export const COMPLAINT = `complaint() { grep -E '^[EW]: |^ +[^ ]+ : |^ +(Pre)?(Depends|Breaks|Conflicts|Recommends): |^ +[0-9]+[.] ' "$1" | awk '!seen[$0]++' | tail -n 12 | grep . || tail -n 3 "$1"; }`;
