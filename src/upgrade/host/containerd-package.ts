import { compareDotted, tryParseDotted } from '../kubernetes/dotted-version.ts';
import type { NodeCommand } from './node-command.ts';
import { withHeldPackages, install, PACKAGE_TOOLS, recordHold } from './node-packages.ts';
import { APT, shell } from './node-shell.ts';
import type { ClusterNode } from '../node/node.ts';
import { shellWord } from '../../text/shell.ts';

export interface ContainerdUpgrade {
  /** Name of the Debian package, such as containerd.io. */
  readonly package: string;
  /** Version without a package revision, such as `2.2.1`. */
  readonly version: string;
}

/**
 * Returns the version to install on this control-plane node; undefined when containerd stays as it is. `wanted`: the
 * version in the settings. Only a newer version of the same major is installed.
 */
export function containerdWanted(node: ClusterNode, wanted: string | undefined): string | undefined {
  const own = versionOf(node);
  const target = wanted === undefined ? undefined : tryParseDotted(wanted);
  if (!node.controlPlane || own === undefined || target === undefined) return undefined;
  return target[0] === own[0] && compareDotted(target, own) > 0 ? target.join('.') : undefined;
}

/** Parses `containerd://1.7.28` or `containerd://1.7.24~ds1`. Undefined for another runtime or a pre-release. */
function versionOf({ runtime }: ClusterNode): readonly number[] | undefined {
  const [, version = ''] = /^containerd:\/\/v?(\d+\.\d+\.\d+)(?:[~+].*)?$/.exec(runtime) ?? [];
  return tryParseDotted(version);
}

/** Prefix of the lines in a job's log that are for the operator. */
export const WARNING = 'WARNING: ';

/** A failure of this command is only a warning while the old containerd still works. */
export function containerdPackage(wanted: ContainerdUpgrade, timeoutSeconds: number): NodeCommand {
  const name = shellWord(wanted.package);
  // A prefix alone would match 2.2.10 for 2.2.1.
  const offered = `^([0-9]+:)?${wanted.version.replaceAll('.', '\\.')}([-~+].*)?$`;
  return {
    name: 'containerd package',
    why: `nodes.containerdVersion is ${wanted.version}, and this node, which is drained now, runs an older one.`,
    script: shell(
      ...PACKAGE_TOOLS,
      `stays() { echo ${shellWord(`${WARNING}containerd stays as it is, older than nodes.containerdVersion ${wanted.version}:`)} "$1"; exit 0; }`,
      `status=$(dpkg-query -W -f '\${db:Status-Abbrev}' ${name} 2>/dev/null) || status=`,
      `case $status in ?i*) ;; *) stays ${shellWord(`dpkg has no package ${wanted.package} installed; nodes.containerdPackage names it.`)} ;; esac`,
      // An unreachable repository of another vendor does not stop the upgrade.
      `patiently ${APT} update || true`,
      `version=$(apt-cache madison ${name} | awk -F ' *[|] *' '{ print $2 }' | grep -E -m 1 ${shellWord(offered)}) || stays ${shellWord(`apt offers no such ${wanted.package}.`)}`,
      `case $status in h*) ${recordHold(wanted.package)} ;; esac`,
      ...withHeldPackages(
        `if ! ${install('--only-upgrade', `${name}="$version"`)}; then`,
        `  case "$(dpkg-query -W -f '\${db:Status-Abbrev}' ${name})" in ?i*) ;; *) exit 1 ;; esac`,
        '  systemctl is-active --quiet containerd || exit 1',
        '  stays "its installation failed, see above."',
        'fi',
      ),
      // Containers keep running: their shims do not depend on containerd.
      'systemctl restart containerd',
    ),
    timeoutSeconds,
    mayPass: true,
  };
}
