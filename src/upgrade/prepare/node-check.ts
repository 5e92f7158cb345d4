import {
  DISK_SCRIPT,
  diskProblems,
  parseFreeDisk,
  type FreeDisk,
  type MinimumFreeDisk,
} from '../node/disk-headroom.ts';
import { isUnitName, unexpectedUnit } from '../host/node-job.ts';
import { installedPackages } from '../host/node-packages.ts';
import { notKnown, known, type Reading } from '../reading.ts';
import { permanent, textsAfter, parseScriptLines, textAfter, SAY_FUNCTION, type Problem } from './script-output.ts';

/** The state of a node before anything is fetched. */
export interface NodeCheck {
  readonly root: boolean;
  /** Active units of an earlier run. */
  readonly units: Reading<readonly string[]>;
  /**
   * Packages that dpkg left half-installed. An empty list with `interrupted` means an interrupted update of dpkg's
   * database.
   */
  readonly packages: Reading<{ readonly broken: readonly string[]; readonly interrupted: boolean }>;
  /** Whether a package manager holds dpkg's lock now. */
  readonly packageManagerAtWork: boolean;
  readonly disk: Reading<readonly FreeDisk[]>;
}

const UNITS = 'argo-kubeadm-upgrade-*';

/**
 * Changes nothing. It does not use `dpkg --audit`, which also reports packages that only lack checksums, such as
 * home-made ones.
 * Status-Abbrev prints the wanted action, the status and the error in three letters:
 * https://man7.org/linux/man-pages/man1/dpkg-query.1.html
 */
export const NODE_CHECK_SCRIPT = [
  '# What stands in the way of an upgrade of this node',
  'export LC_ALL=C',
  SAY_FUNCTION,
  'say user "$(id -u)"',
  // systemd keeps an exited unit for its record. The unit does nothing any more.
  `if units=$(systemctl list-units --plain --no-legend --no-pager --state=active,activating,deactivating,reloading '${UNITS}' 2>&1); then`,
  `  printf '%s\\n' "$units" | while read -r unit load active sub rest; do`,
  '    [ -z "$unit" ] || [ "$sub" = exited ] || say unit "$unit"',
  '  done',
  '  say units-read',
  'else say units-unread "$units"; fi',
  `if states=$(dpkg-query -W -f '\${db:Status-Abbrev}|\${Package}\\n' 2>&1); then`,
  `  printf '%s\\n' "$states" | while IFS='|' read -r state package; do`,
  '    case $state in ?[HUFWt]*|??R*) say broken "$package" ;; esac',
  '  done',
  '  say packages-read',
  'else say packages-unread "$states"; fi',
  'database=${DPKG_ADMINDIR:-/var/lib/dpkg}',
  'for update in "$database"/updates/[0-9]*; do [ ! -e "$update" ] || say interrupted; done',
  'lock=$(stat -c %i "$database/lock-frontend" 2>/dev/null) && grep -q ":$lock " /proc/locks && say package-manager-at-work',
  DISK_SCRIPT,
  'say end',
].join('\n');

export function parseNodeCheck(stdout: string, node: string): Reading<NodeCheck> {
  const lines = parseScriptLines(stdout);
  if (lines === undefined) return notKnown(`the check of ${node} did not reach its end`);
  const has = (word: string): boolean => textAfter(lines, word) !== undefined;
  const unread = (word: string): Reading<never> => notKnown(textAfter(lines, `${word}-unread`) || 'no answer');
  return known({
    root: textAfter(lines, 'user') === '0',
    units: has('units-read') ? unitsOf(textsAfter(lines, 'unit')) : unread('units'),
    packages: has('packages-read')
      ? known({ broken: textsAfter(lines, 'broken'), interrupted: has('interrupted') })
      : unread('packages'),
    packageManagerAtWork: has('package-manager-at-work'),
    disk: parseFreeDisk(stdout, node),
  });
}

function unitsOf(names: readonly string[]): NodeCheck['units'] {
  const odd = names.find((name) => !isUnitName(name));
  return odd === undefined ? known(names) : notKnown(unexpectedUnit(odd));
}

/**
 * Seconds to wait for an earlier run's work. Its kubeadm ends within its own time limit (kubeadm.timeoutSeconds, 1800
 * by default), packages included.
 */
const WORK_PATIENCE_SECONDS = 3600;
/** Seconds to wait for a package manager. It equals the time that apt waits for its lock. */
const PACKAGE_MANAGER_PATIENCE_SECONDS = 600;

export type NodeCheckVerdict =
  | { readonly kind: 'wait'; readonly because: string }
  /**
   * The work in progress is this node's own upgrade to the target, and the node is next. `upgrade-node` attaches to
   * that work.
   */
  | { readonly kind: 'under-way'; readonly because: string }
  | { readonly kind: 'seen'; readonly problems: readonly Problem[] };

/**
 * `nothingToInstall`: the software is at the target and only the upgrade record is open, so packages and free space do
 * not matter.
 * `touched`: an earlier attempt began on the node and may be interrupted. The next attempt finishes its packages.
 * `attachesTo`: prefix of the units that this run resumes; undefined when another node comes first.
 */
export function judgeNodeCheck(
  node: string,
  check: NodeCheck,
  options: {
    readonly minimum: MinimumFreeDisk;
    readonly nothingToInstall: boolean;
    readonly touched: boolean;
    readonly attachesTo: string | undefined;
  },
  elapsedSeconds: number,
): NodeCheckVerdict {
  const units = check.units.known ? check.units.value : [];
  const { attachesTo } = options;
  if (units.length > 0 && attachesTo !== undefined && units.every((unit) => unit.startsWith(attachesTo)))
    return {
      kind: 'under-way',
      because: `${node}: ${units.join(', ')} of an earlier run is still running there. This run resumes it.`,
    };
  if (units.length > 0 && elapsedSeconds < WORK_PATIENCE_SECONDS)
    return { kind: 'wait', because: `${node}: an earlier run is still running there: ${units.join(', ')}. Waiting.` };
  const packages = options.nothingToInstall ? [] : packageProblems(node, check, options.touched);
  if (packages.length > 0 && check.packageManagerAtWork && elapsedSeconds < PACKAGE_MANAGER_PATIENCE_SECONDS)
    return { kind: 'wait', because: `${node}: a package manager is running there. Waiting.` };
  return {
    kind: 'seen',
    problems: [
      ...rootProblems(node, check),
      ...unitProblems(node, check, elapsedSeconds),
      ...packages.map((text) => ({ text, mayPass: check.packageManagerAtWork })),
      ...(options.nothingToInstall ? [] : diskProblems(node, check.disk, options.minimum).map(permanent)),
    ],
  };
}

const rootProblems = (node: string, { root }: NodeCheck): Problem[] =>
  root
    ? []
    : [permanent(`Commands on ${node} do not run as root. Log in as root, or give ssh.user sudo (NOPASSWD) there.`)];

function unitProblems(node: string, { units }: NodeCheck, elapsedSeconds: number): Problem[] {
  if (!units.known)
    return [
      permanent(`It is unknown whether an earlier run is still running on ${node}: systemctl says: ${units.reason}`),
    ];
  return units.value.map((unit) =>
    permanent(
      `${unit} of an earlier run is still running on ${node} after ${elapsedSeconds} s. See what it does: systemctl status ${unit}`,
    ),
  );
}

/** Half-installed packages that an attempt installs are not a problem: the attempt finishes them. */
function packageProblems(node: string, { packages }: NodeCheck, touched: boolean): string[] {
  if (!packages.known) return [`The state of the packages on ${node} is unknown: dpkg says: ${packages.reason}`];
  const { interrupted } = packages.value;
  const broken = packages.value.broken.filter((name) => !installedPackages().includes(name));
  if (broken.length > 0)
    return [`Packages on ${node} are half-installed: ${broken.join(', ')}. Repair them there: ${MEND}`];
  return interrupted && !touched ? [`dpkg was interrupted on ${node}. Repair it there: dpkg --configure -a`] : [];
}

const MEND = 'dpkg --configure -a && apt-get install --fix-broken';
