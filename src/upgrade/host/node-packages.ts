import { INSTALL_FLAGS } from './apt.ts';
import { APT, JOBS_FOLDER, patiently, shell, UNATTENDED } from './node-shell.ts';
import { shellWord } from '../../text/shell.ts';

/** The packages that are held whenever no attempt installs them. */
export const KUBERNETES_PACKAGES = ['kubeadm', 'kubelet', 'kubectl'] as const;

/** What a person types on a node to hold them. */
export const HOLD_COMMAND = `apt-mark hold ${KUBERNETES_PACKAGES.join(' ')}`;

/** Packages of the Kubernetes repository on which kubeadm and kubelet depend: apt installs them beside these. */
const DEPENDENCIES = ['cri-tools', 'kubernetes-cni'];

/** The packages that an attempt installs. dpkg may be asked to finish these, and no others. */
export const installedByUs = (containerdPackage?: string): readonly string[] => [
  ...KUBERNETES_PACKAGES,
  ...DEPENDENCIES,
  ...(containerdPackage === undefined ? [] : [containerdPackage]),
];

/** Names of further packages, one a line, that were held before an attempt began to install them. */
const HELD_FILE = `${JOBS_FOLDER}/held`;

/**
 * Shell functions for a script that installs packages. `hold` holds {@link KUBERNETES_PACKAGES} and those of HELD_FILE, as
 * far as they are installed and not held. An empty `--set-selections` makes dpkg take in the journal that a killed dpkg
 * left behind, and changes no package.
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

/** Words for `install`: the dependencies that dpkg has left half-installed. Only a new installation mends these. */
export const HALF_INSTALLED_DEPENDENCIES = `$(dpkg-query -W -f '\${db:Status-Abbrev}|\${Package}\\n' ${DEPENDENCIES.join(' ')} 2>/dev/null | sed -n -e 's/^.H.|//p' -e 's/^.[^H]R|//p')`;

/** What a script that installs packages begins with. */
export const PACKAGE_TOOLS = tools();

/** A line after which `hold` also holds this package, even in a later script. */
export const rememberHeld = (name: string): string => `printf '%s\\n' ${shellWord(name)} >>"$held"`;

/**
 * Lines that install packages: these are held before, after, and however the lines end. dash runs no EXIT trap when a
 * signal ends it, hence the second trap. Further signals are ignored while the EXIT trap holds the packages: systemd and
 * timeout(1) each send one. dpkg forgets a hold when it unpacks the package.
 */
export const held = (...lines: readonly string[]): readonly string[] => [
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

/** Holds what an attempt left unheld. */
export const holdScript = (lockSeconds?: number): string =>
  shell('# Hold the packages that an attempt left unheld', ...tools(lockSeconds), 'hold', FORGET_HELD);

/** Holds what an earlier attempt left unheld, and has dpkg configure those of `packages` that it has unpacked only. */
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
