import { formatKubeVersion, formatMinor, kubeTag, type KubeVersion } from './kube-version.ts';
import type { NodeRole } from './node-order.ts';
import { shellWord } from './shell.ts';

/** One thing to do on a node. Running it again when it is done changes nothing. */
export interface NodeCommand {
  readonly name: string;
  readonly why: string;
  /** A POSIX shell script, run as root. */
  readonly script: string;
  readonly timeoutSeconds: number;
  /** Whether a failure may pass by itself: a lock, a mirror. kubeadm's own refusals do not. */
  readonly mayPass: boolean;
}

export interface NodeUpgrade {
  readonly role: NodeRole;
  readonly target: KubeVersion;
  readonly repository: string;
  readonly sourceFile: string;
  readonly keyringFile: string;
  readonly ignorePreflightErrors: readonly string[];
  readonly skipPhases: readonly string[];
  readonly packagesTimeoutSeconds: number;
  readonly kubeadmTimeoutSeconds: number;
}

/** A package manager at work (unattended-upgrades, an operator) is waited for this long. */
const APT_LOCK_SECONDS = 600;
const APT = `apt-get -q -y -o DPkg::Lock::Timeout=${APT_LOCK_SECONDS} -o Dpkg::Options::=--force-confold`;

/**
 * A command whose session was lost goes on over there: whoever comes next waits for it, since two kubeadms at work on
 * one node are worse than none. Still busy after that: exit code 75, to be tried again.
 */
const BUSY_SECONDS = 600;
export const BUSY_EXIT_CODE = 75;
const ONE_AT_A_TIME = [
  'exec 9> /run/argo-kubeadm-upgrade.lock',
  `flock -w ${BUSY_SECONDS} 9 || { echo 'An earlier command is still at work on this node.' >&2; exit ${BUSY_EXIT_CODE}; }`,
];

/** `kubeadm upgrade apply --skip-phases` exists since 1.32: https://github.com/kubernetes/kubernetes/pull/126032 */
const SKIP_PHASES_SINCE_MINOR = 32;

/**
 * The commands that take one drained node to the target, in order, as kubeadm's documentation has them:
 * https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-upgrade/
 */
export function nodeCommands(upgrade: NodeUpgrade): NodeCommand[] {
  const { target, packagesTimeoutSeconds, kubeadmTimeoutSeconds } = upgrade;
  const version = `${formatKubeVersion(target)}-*`;
  return [
    {
      name: 'package source',
      why: `The node's apt source and its key name the repository of ${formatMinor(target)}.`,
      script: packageSource(upgrade),
      timeoutSeconds: packagesTimeoutSeconds,
      mayPass: true,
    },
    {
      name: 'kubeadm package',
      why: 'kubeadm goes first: it must be of the minor that it upgrades to.',
      script: install([`kubeadm=${version}`]),
      timeoutSeconds: packagesTimeoutSeconds,
      mayPass: true,
    },
    {
      name: 'kubeadm upgrade',
      why:
        upgrade.role === 'first-control-plane'
          ? "Moves the cluster's configuration and this node's control plane."
          : "Moves this node's share of the cluster's configuration.",
      script: kubeadmUpgrade(upgrade),
      timeoutSeconds: kubeadmTimeoutSeconds,
      mayPass: false,
    },
    {
      name: 'kubelet and kubectl packages',
      why: 'The kubelet follows when its API server is there.',
      script: install([`kubelet=${version}`, `kubectl=${version}`]),
      timeoutSeconds: packagesTimeoutSeconds,
      mayPass: true,
    },
    {
      name: 'kubelet restart',
      why: 'Only a restarted kubelet runs the new version.',
      script: shell('systemctl daemon-reload', 'systemctl restart kubelet'),
      timeoutSeconds: 120,
      mayPass: false,
    },
  ];
}

/** Key and source are written beside their place and moved into it: a lost connection leaves the old or the new one. */
function packageSource({ repository, target, sourceFile, keyringFile }: NodeUpgrade): string {
  const url = `${repository}/v${formatMinor(target)}/deb/`;
  const [source, keyring] = [shellWord(sourceFile), shellWord(keyringFile)];
  return shell(
    `install -d -m 0755 "$(dirname ${keyring})" "$(dirname ${source})"`,
    `rm -f ${keyring}.new`,
    `/usr/lib/apt/apt-helper download-file ${shellWord(`${url}Release.key`)} ${keyring}.new`,
    `grep -q 'BEGIN PGP PUBLIC KEY BLOCK' ${keyring}.new`,
    `chmod 0644 ${keyring}.new`,
    `mv ${keyring}.new ${keyring}`,
    `printf '%s\\n' ${shellWord(`deb [signed-by=${keyringFile}] ${url} /`)} > ${source}.new`,
    `chmod 0644 ${source}.new`,
    `mv ${source}.new ${source}`,
    `${APT} update -o APT::Update::Error-Mode=any -o APT::Get::List-Cleanup=0 -o Dir::Etc::sourcelist=${source} -o Dir::Etc::sourceparts=-`,
  );
}

function install(packages: readonly string[]): string {
  const names = packages.map((wanted) => wanted.replace(/=.*/, '')).join(' ');
  return shell(
    'export DEBIAN_FRONTEND=noninteractive',
    // A failed installation must not leave them open to the next unattended upgrade.
    `trap 'apt-mark hold ${names}' EXIT`,
    `apt-mark unhold ${names}`,
    `${APT} install --no-install-recommends ${packages.map(shellWord).join(' ')}`,
    'trap - EXIT',
    `apt-mark hold ${names}`,
  );
}

function kubeadmUpgrade({ role, target, ignorePreflightErrors, skipPhases }: NodeUpgrade): string {
  const flags = [
    ...flag('--ignore-preflight-errors', ignorePreflightErrors),
    ...(target.minor >= SKIP_PHASES_SINCE_MINOR ? flag('--skip-phases', skipPhases) : []),
  ];
  const verb = role === 'first-control-plane' ? `apply -y ${kubeTag(target)}` : 'node';
  return shell(['kubeadm upgrade', verb, ...flags].join(' '));
}

const flag = (name: string, values: readonly string[]): string[] =>
  values.length === 0 ? [] : [`${name}=${shellWord(values.join(','))}`];

const shell = (...lines: string[]): string => ['set -eu', 'export LC_ALL=C', ...ONE_AT_A_TIME, ...lines].join('\n');
