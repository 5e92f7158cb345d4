import { INSTALL_FLAGS } from './apt.ts';
import { APT, JOBS_FOLDER, patiently, shell, UNATTENDED } from './node-shell.ts';
import { shellWord } from '../../text/shell.ts';

/** The packages that are held except while an attempt installs them. */
export const KUBERNETES_PACKAGES = ['kubeadm', 'kubelet', 'kubectl'] as const;

/** The command with which a person holds the packages on a node. */
export const HOLD_COMMAND = `apt-mark hold ${KUBERNETES_PACKAGES.join(' ')}`;

/** Packages of the Kubernetes repository on which kubeadm and kubelet depend. apt installs them too. */
const DEPENDENCIES = ['cri-tools', 'kubernetes-cni'];

/** Returns the packages that an attempt installs. dpkg may be told to finish these and no others. */
export const installedPackages = (containerdPackage?: string): readonly string[] => [
  ...KUBERNETES_PACKAGES,
  ...DEPENDENCIES,
  ...(containerdPackage === undefined ? [] : [containerdPackage]),
];

/** Names of other packages, one per line, that were held before an attempt began to install them. */
const HELD_FILE = `${JOBS_FOLDER}/held`;

/**
 * Shell functions for a script that installs packages. `hold` holds {@link KUBERNETES_PACKAGES} and those of HELD_FILE
 * that are installed and not held. An empty `--set-selections` makes dpkg process the journal of a killed dpkg, and
 * changes no package.
 */
const tools = (lockSeconds?: number): readonly string[] => [
  UNATTENDED,
  ...patiently(lockSeconds),
  `held=${HELD_FILE}`,
  'hold() {',
  '  for update in "${DPKG_ADMINDIR:-/var/lib/dpkg}"/updates/[0-9]*; do',
  '    [ ! -e "$update" ] || { patiently dpkg --set-selections </dev/null || return; break; }',
  '  done',
  `  seen=$(dpkg-query -W -f '\${db:Status-Abbrev}|\${Package}\\n' ${KUBERNETES_PACKAGES.join(' ')} $(cat "$held" 2>/dev/null) 2>/dev/null) || [ "$?" -eq 1 ] ||`,
  `    { echo 'dpkg-query does not say which packages are held.' >&2; return 1; }`,
  `  open=$(printf '%s\\n' "$seen" | sed -n -e '/^h/d' -e '/^.[nc]/d' -e 's/^...|//p')`,
  '  [ -z "$open" ] || patiently apt-mark hold $open',
  '}',
];

/** Arguments for `install`: the dependencies that dpkg left half-installed. Only a new installation repairs them. */
export const HALF_INSTALLED_DEPENDENCIES = `$(dpkg-query -W -f '\${db:Status-Abbrev}|\${Package}\\n' ${DEPENDENCIES.join(' ')} 2>/dev/null | sed -n -e 's/^.H.|//p' -e 's/^.[^H]R|//p')`;

/** The beginning of a script that installs packages. */
export const PACKAGE_TOOLS = tools();

/** Returns a line after which `hold` also holds this package, even in a later script. */
export const recordHold = (name: string): string => `printf '%s\\n' ${shellWord(name)} >>"$held"`;

/**
 * Wraps lines that install packages, so that the packages are held before them and after any end. dash runs no EXIT
 * trap when a signal ends it, so there is a second trap. The EXIT trap ignores further signals while it holds the
 * packages: systemd and timeout(1) each send one. dpkg drops a hold when it unpacks the package.
 */
export const withHeldPackages = (...lines: readonly string[]): readonly string[] => [
  "trap 'exit 143' HUP INT TERM",
  `trap 'trap "" HUP INT TERM; hold' EXIT`,
  'hold',
  ...lines,
  'hold',
  'trap - EXIT',
  FORGET_HELD,
];

const FORGET_HELD = 'rm -f "$held"';

export const install = (...words: readonly string[]): string =>
  ['patiently', APT, 'install', INSTALL_FLAGS, ...words].join(' ');

/** Holds the packages that an attempt left unheld. */
export const holdScript = (lockSeconds?: number): string =>
  shell('# Hold the packages that an attempt left unheld', ...tools(lockSeconds), 'hold', FORGET_HELD);

/**
 * Holds the packages that an earlier attempt left unheld. It also makes dpkg configure those of `packages` that are
 * only unpacked.
 */
export const finishScript = (packages: readonly string[]): string =>
  shell(
    '# Finish and hold the packages that an attempt left behind',
    ...PACKAGE_TOOLS,
    'hold',
    `half=$(dpkg-query -W -f '\${db:Status-Abbrev}|\${Package}\\n' ${packages.map(shellWord).join(' ')} 2>/dev/null | sed -n 's/^.[UFWt] |//p')`,
    '[ -z "$half" ] || {',
    '  echo "An earlier installation was interrupted. dpkg configures what it left unpacked:" $half',
    '  patiently dpkg --force-confold --configure $half',
    '}',
    'hold',
    FORGET_HELD,
  );
