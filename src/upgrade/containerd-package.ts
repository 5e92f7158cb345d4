import { compareDotted, tryParseDotted } from './addons/dotted-version.ts';
import type { NodeCommand } from './node-commands.ts';
import { held, install, PACKAGE_TOOLS, rememberHeld } from './node-packages.ts';
import { APT, shell } from './node-shell.ts';
import type { ClusterNode } from './node.ts';
import { shellWord } from './shell.ts';

export interface ContainerdUpgrade {
  /** Its Debian package, such as containerd.io. */
  readonly package: string;
  /** Of the newest worker: `2.2.1`. */
  readonly version: string;
}

/**
 * The containerd of the newest worker, when this control-plane node has an older one of the same major. A version that
 * cannot be read is no reason to touch a container runtime.
 */
export function containerdWanted(node: ClusterNode, nodes: readonly ClusterNode[]): string | undefined {
  const own = versionOf(node);
  if (!node.controlPlane || own === undefined) return undefined;
  const workers = nodes
    .filter(({ controlPlane }) => !controlPlane)
    .flatMap((worker) => {
      const version = versionOf(worker);
      return version === undefined ? [] : [version];
    });
  const newest = workers.filter(([major]) => major === own[0]).reduce((a, b) => (compareDotted(a, b) < 0 ? b : a), own);
  return compareDotted(newest, own) > 0 ? newest.join('.') : undefined;
}

/** `containerd://1.7.28`, `containerd://1.7.24~ds1`; another runtime, or a pre-release, has none. */
function versionOf({ runtime }: ClusterNode): readonly number[] | undefined {
  const [, version = ''] = /^containerd:\/\/v?(\d+\.\d+\.\d+)(?:[~+].*)?$/.exec(runtime) ?? [];
  return tryParseDotted(version);
}

/** Lines of a job's log that begin so are for the operator. */
export const WARNING = 'WARNING: ';

/** Whatever keeps it from being done is a warning, as long as the old one still works. */
export function containerdPackage(wanted: ContainerdUpgrade, timeoutSeconds: number): NodeCommand {
  const name = shellWord(wanted.package);
  // A prefix alone would take 2.2.10 for 2.2.1.
  const offered = `^([0-9]+:)?${wanted.version.replaceAll('.', '\\.')}([-~+].*)?$`;
  return {
    name: 'containerd package',
    why: `The newest worker runs containerd ${wanted.version}; this node, drained now, follows it.`,
    script: shell(
      ...PACKAGE_TOOLS,
      `stays() { echo ${shellWord(`${WARNING}containerd stays as it is, older than the newest worker's ${wanted.version}:`)} "$1"; exit 0; }`,
      `status=$(dpkg-query -W -f '\${db:Status-Abbrev}' ${name} 2>/dev/null) || status=`,
      `case $status in ?i*) ;; *) stays ${shellWord(`dpkg has no package ${wanted.package} installed; nodes.containerdPackage names it.`)} ;; esac`,
      // A source of somebody else that is away is no reason to stop.
      `patiently ${APT} update || true`,
      `version=$(apt-cache madison ${name} | awk -F ' *[|] *' '{ print $2 }' | grep -E -m 1 ${shellWord(offered)}) || stays ${shellWord(`apt offers no such ${wanted.package}.`)}`,
      `case $status in h*) ${rememberHeld(wanted.package)} ;; esac`,
      ...held(
        `if ! ${install('--only-upgrade', `${name}="$version"`)}; then`,
        `  case "$(dpkg-query -W -f '\${db:Status-Abbrev}' ${name})" in ?i*) ;; *) exit 1 ;; esac`,
        '  systemctl is-active --quiet containerd || exit 1',
        '  stays "its installation failed, see above."',
        'fi',
      ),
      // Containers go on: their shims do not hang on it.
      'systemctl restart containerd',
    ),
    timeoutSeconds,
    mayPass: true,
  };
}
