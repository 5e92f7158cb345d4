import { sourceLines, UPDATE_CONF, writeLines } from './apt.ts';
import { containerdPackage, type ContainerdUpgrade } from './containerd-package.ts';
import { formatKubeVersion, formatMinor, kubeTag, type KubeVersion } from '../kubernetes/kube-version.ts';
import type { NodeCommand } from './node-command.ts';
import { unitPrefixOf } from './node-job.ts';
import type { Direction, NodeRole } from '../node/order.ts';
import {
  finishScript,
  HALF_INSTALLED_DEPENDENCIES,
  withHeldPackages,
  install,
  installedPackages,
  KUBERNETES_PACKAGES,
  PACKAGE_TOOLS,
} from './node-packages.ts';
import { APT, JOBS_FOLDER, patiently, shell } from './node-shell.ts';
import { CONTROL_PLANE_COMPONENTS } from '../node/node.ts';
import { shellWord } from '../../text/shell.ts';

export interface NodeUpgrade {
  readonly role: NodeRole;
  /** Default: forward. Only workers are rolled back. */
  readonly direction?: Direction;
  readonly target: KubeVersion;
  readonly repository: string;
  readonly sourceFile: string;
  readonly keyringFile: string;
  readonly ignorePreflightErrors: readonly string[];
  readonly skipPhases: readonly string[];
  /** Directory on the node with patches for kubeadm; undefined: kubeadm gets none. */
  readonly kubeadmPatches?: string | undefined;
  readonly packagesTimeoutSeconds: number;
  readonly kubeadmTimeoutSeconds: number;
  /** Whether kubeadm leaves etcd as it is (see `etcd-image.ts`). By default it upgrades etcd too. */
  readonly leaveEtcd?: boolean;
  readonly containerd?: ContainerdUpgrade | undefined;
  /** containerd's Debian package, which an earlier attempt may have left half-configured on a control-plane node. */
  readonly containerdPackage?: string;
}

/** Name of the command that takes minutes, and whose failures are analysed. */
export const KUBEADM_UPGRADE = 'kubeadm upgrade';

/** Exit code on the node: a download does not match its signature or its name. */
export const UNVERIFIED_EXIT_CODE = 76;

/** `kubeadm upgrade apply --skip-phases` exists since 1.32: https://github.com/kubernetes/kubernetes/pull/126032 */
const SKIP_PHASES_SINCE_MINOR = 32;

/**
 * Returns the commands that upgrade one drained node to the target, in order, as in kubeadm's documentation:
 * https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-upgrade/
 */
export function nodeCommands(upgrade: NodeUpgrade): NodeCommand[] {
  const { target, packagesTimeoutSeconds, kubeadmTimeoutSeconds, containerd } = upgrade;
  const version = `${formatKubeVersion(target)}-*`;
  if (upgrade.direction === 'back')
    return [packageState(upgrade), sourceOf(upgrade), packagesBack(upgrade), KUBELET_RESTART];
  return [
    packageState(upgrade),
    sourceOf(upgrade),
    ...(containerd === undefined ? [] : [containerdPackage(containerd, packagesTimeoutSeconds)]),
    {
      name: 'kubeadm package',
      why: 'kubeadm goes first: it must be of the minor that it upgrades to.',
      script: installation([`kubeadm=${version}`]),
      alreadyDone: installed(['kubeadm'], target),
      timeoutSeconds: packagesTimeoutSeconds,
      mayPass: true,
    },
    {
      name: KUBEADM_UPGRADE,
      why:
        upgrade.role === 'first-control-plane'
          ? "Moves the cluster's configuration and this node's control plane."
          : "Moves this node's share of the cluster's configuration.",
      script: kubeadmUpgrade(upgrade),
      ...(upgrade.role === 'worker' ? {} : { alreadyDone: controlPlaneDone(target) }),
      timeoutSeconds: kubeadmTimeoutSeconds,
      mayPass: false,
    },
    {
      name: 'kubelet and kubectl packages',
      why: 'The kubelet follows when its API server is there.',
      script: installation([`kubelet=${version}`, `kubectl=${version}`]),
      alreadyDone: installed(['kubelet', 'kubectl'], target),
      timeoutSeconds: packagesTimeoutSeconds,
      mayPass: true,
    },
    KUBELET_RESTART,
  ];
}

const packageState = ({ role, containerdPackage, packagesTimeoutSeconds }: NodeUpgrade): NodeCommand => ({
  name: 'package state',
  why: 'An attempt that was cut off may have left packages unheld or half-configured.',
  script: finishScript(installedPackages(role === 'worker' ? undefined : containerdPackage)),
  timeoutSeconds: packagesTimeoutSeconds,
  mayPass: true,
});

const sourceOf = (upgrade: NodeUpgrade): NodeCommand => ({
  name: 'package source',
  why: `The node's apt source and its key name the repository of ${formatMinor(upgrade.target)}.`,
  script: packageSource(upgrade),
  timeoutSeconds: upgrade.packagesTimeoutSeconds,
  mayPass: true,
});

const KUBELET_RESTART: NodeCommand = {
  name: 'kubelet restart',
  why: 'Only a restarted kubelet runs the new version.',
  script: shell('systemctl daemon-reload', 'systemctl restart kubelet'),
  timeoutSeconds: 120,
  mayPass: false,
};

/**
 * Installs the older packages without `kubeadm upgrade node`. On a worker, that command only writes the kubelet's
 * configuration from the ConfigMap kubelet-config, which is not rolled back. An older kubeadm may also not support the
 * cluster's minor. A kubelet ignores configuration fields that it does not know.
 */
const packagesBack = ({ target, packagesTimeoutSeconds }: NodeUpgrade): NodeCommand => ({
  name: 'packages back',
  why: 'The three go back together, since they depend on each other.',
  script: installation(
    KUBERNETES_PACKAGES.map((name) => `${name}=${formatKubeVersion(target)}-*`),
    ['--allow-downgrades'],
  ),
  alreadyDone: installed(KUBERNETES_PACKAGES, target),
  timeoutSeconds: packagesTimeoutSeconds,
  mayPass: true,
});

const UPDATE_CONF_FILE = `${JOBS_FOLDER}/apt-update.conf`;

/**
 * Writes key and source to temporary files and renames them, so that a lost connection leaves the old or the new file.
 */
function packageSource({ repository, target, sourceFile, keyringFile }: NodeUpgrade): string {
  const url = `${repository}/v${formatMinor(target)}/deb/`;
  const [source, keyring] = [shellWord(sourceFile), shellWord(keyringFile)];
  return shell(
    ...patiently(),
    `install -d -m 0755 "$(dirname ${keyring})" "$(dirname ${source})"`,
    `rm -f ${keyring}.new`,
    `/usr/lib/apt/apt-helper download-file ${shellWord(`${url}Release.key`)} ${keyring}.new`,
    `grep -q 'BEGIN PGP PUBLIC KEY BLOCK' ${keyring}.new || { echo ${shellWord(`${url}Release.key holds no PGP public key.`)}; exit ${UNVERIFIED_EXIT_CODE}; }`,
    `chmod 0644 ${keyring}.new`,
    `mv ${keyring}.new ${keyring}`,
    writeLines(`${source}.new`, sourceLines(sourceFile, keyringFile, url)),
    `chmod 0644 ${source}.new`,
    `mv ${source}.new ${source}`,
    `mkdir -p ${JOBS_FOLDER}`,
    writeLines(UPDATE_CONF_FILE, UPDATE_CONF),
    `patiently ${APT} -c ${UPDATE_CONF_FILE} update -o Dir::Etc::sourcelist=${source} -o Dir::Etc::sourceparts=-`,
  );
}

const installation = (packages: readonly string[], flags: readonly string[] = []): string =>
  shell(
    ...PACKAGE_TOOLS,
    ...withHeldPackages(install(...flags, ...packages.map(shellWord), HALF_INSTALLED_DEPENDENCIES)),
  );

/** Succeeds when the packages are held and fully installed (dpkg's `hi `), at the target. */
const installed = (packages: readonly string[], target: KubeVersion): string =>
  shell(
    `for package in ${packages.join(' ')}; do`,
    `  case "$(dpkg-query -W -f '\${db:Status-Abbrev}\${Version}' "$package")" in 'hi '${formatKubeVersion(target)}-*) ;; *) exit 1 ;; esac`,
    'done',
  );

/**
 * kubeadm's last writes are not visible from outside. So the command counts as done only in one case: an earlier
 * attempt on this node recorded its success, and kubeadm's first writes are still there. Those are the images of the
 * static pods and kubeadm's configuration.
 */
const controlPlaneDone = (target: KubeVersion): string =>
  shell(
    `grep -qxF '${KUBEADM_UPGRADE}' ${JOBS_FOLDER}/${unitPrefixOf(target)}*/finished`,
    `for component in ${CONTROL_PLANE_COMPONENTS.join(' ')}; do`,
    `  grep -qE "^ *image: *[^ ]*/$component:${kubeTag(target).replaceAll('.', '\\.')}(@[^ ]*)?$" "/etc/kubernetes/manifests/$component.yaml"`,
    'done',
    'kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 20s -n kube-system get configmap kubeadm-config -o yaml |',
    `  grep -qE '^ *kubernetesVersion: *${kubeTag(target).replaceAll('.', '\\.')}$'`,
  );

function kubeadmUpgrade(upgrade: NodeUpgrade): string {
  const { role, target, ignorePreflightErrors, skipPhases, kubeadmPatches, leaveEtcd = false } = upgrade;
  const flags = [
    ...flag('--ignore-preflight-errors', ignorePreflightErrors),
    ...(target.minor >= SKIP_PHASES_SINCE_MINOR ? flag('--skip-phases', skipPhases) : []),
    ...(kubeadmPatches === undefined ? [] : [`--patches=${shellWord(kubeadmPatches)}`]),
    ...(leaveEtcd ? ['--etcd-upgrade=false'] : []),
  ];
  const verb = role === 'first-control-plane' ? `apply -y ${kubeTag(target)}` : 'node';
  return shell(['kubeadm upgrade', verb, ...flags].join(' '));
}

const flag = (name: string, values: readonly string[]): string[] =>
  values.length === 0 ? [] : [`${name}=${shellWord(values.join(','))}`];
