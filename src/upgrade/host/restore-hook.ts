import { parseObjectName } from '../../text/object-name.ts';
import type { Reading } from '../reading.ts';
import { shellWord } from '../../text/shell.ts';

/** Key of the ConfigMap that holds the script. Other keys are ignored. */
export const RESTORE_KEY = 'restore.sh';
export const WATCHED_FLAG = 'authentication-config';

/** The setting `controlPlane.restoreHook`. */
export interface HookSetting {
  /** `namespace/name` */
  readonly configMap: string;
  /** SHA-256 of the script, in 64 hexadecimal digits. */
  readonly sha256: string;
}

export interface HookScript {
  readonly text: string;
  /** SHA-256 of the UTF-8 bytes of `text`, in 64 hexadecimal digits. */
  readonly sha256: string;
}

/** The ConfigMap that release 0.1.0 executed without a setting. A run executes it only when the setting names it. */
export const FORMER_HOOK = 'kube-system/apiserver-oidc-restore';

const readCommand = (configMap: string): string => {
  const { namespace, name } = parseObjectName(configMap);
  return `kubectl -n ${shellWord(namespace)} get configmap ${shellWord(name)} -o jsonpath='{.data.restore\\.sh}'`;
};

/** kubectl prints the value unchanged, without a line end of its own. */
export const digestCommand = ({ configMap }: Pick<HookSetting, 'configMap'>): string =>
  `${readCommand(configMap)} | sha256sum`;

/**
 * Returns why the ConfigMap's script is not executed, in whole sentences. Undefined when it is the script of the
 * setting.
 */
export function hookObjection({ configMap, sha256 }: HookSetting, seen: Reading<HookScript>): string | undefined {
  if (!seen.known) return `The restore hook is on and cannot be read: ${seen.reason}.`;
  if (seen.value.sha256 === sha256) return undefined;
  return `ConfigMap ${configMap} holds another script than controlPlane.restoreHook says: the SHA-256 of its key ${RESTORE_KEY} is ${seen.value.sha256}, expected ${sha256}.`;
}

export const hookRemedy = (setting: HookSetting): string =>
  `Read the script. If it is yours, set controlPlane.restoreHook.sha256 to what this prints, or leave controlPlane.restoreHook out: ${digestCommand(setting)}`;

/** `former`: the content of FORMER_HOOK, which is read only when the setting is absent. */
export function hookState(setting: HookSetting | undefined, former: Reading<HookScript> | undefined): string {
  if (setting !== undefined)
    return `on: ${setting.configMap}, SHA-256 ${setting.sha256}, runs as root on each control-plane node`;
  const off = 'off: controlPlane.restoreHook is not set';
  if (former?.known !== true) return off;
  return `${off}, so the script in ConfigMap ${FORMER_HOOK} does not run. To run it, read it, then set controlPlane.restoreHook to this ConfigMap and to the SHA-256 that this prints: ${digestCommand({ configMap: FORMER_HOOK })}`;
}

const LIVEZ_TRIES = 60;
const RUN_SECONDS = 300;
export const RESTORE_TIMEOUT_SECONDS = LIVEZ_TRIES * 7 + RUN_SECONDS + 60;

/**
 * Runs the operator's script from stdin, once this node's own API server is healthy. The controller manager's
 * kubeconfig names that API server, and other kubeconfigs name the load balancer.
 * The node computes the digest of the file that it runs, because a lost connection leaves a shorter file.
 */
export const restoreScript = (sha256: string): string =>
  [
    '# Run the restore hook',
    'set -eu',
    'export LC_ALL=C',
    'umask 077',
    'file=$(mktemp -p /var/lib)',
    `trap 'rm -f "$file"' EXIT`,
    'cat >"$file"',
    'seen=$(sha256sum <"$file" | cut -c 1-64)',
    `[ "$seen" = ${shellWord(sha256)} ] || { echo "The script was not run: its SHA-256 on the node is $seen, expected ${sha256}" >&2; exit 1; }`,
    'chmod 0700 "$file"',
    'tries=0',
    'until kubectl --kubeconfig /etc/kubernetes/controller-manager.conf --request-timeout 5s get --raw /livez >/dev/null 2>&1; do',
    '  tries=$((tries + 1))',
    `  [ "$tries" -lt ${LIVEZ_TRIES} ] || { echo 'The API server of this node does not answer /livez.' >&2; exit 1; }`,
    '  sleep 2',
    'done',
    // sh runs a script without a #! line.
    `case "$(head -c 2 "$file")" in '#!') timeout -k 10 ${RUN_SECONDS} "$file" ;; *) timeout -k 10 ${RUN_SECONDS} sh "$file" ;; esac`,
  ].join('\n');

export interface Restored {
  readonly node: string;
  readonly address: string;
  readonly setting: HookSetting | undefined;
  /** The flag before the upgrade; undefined when it was not set or is not known. */
  readonly before: string | undefined;
  /** Whether the node's API server has the flag now; undefined when this is not known. */
  readonly back: boolean | undefined;
  /** `objection`: the script is not the one of the setting and was not executed. */
  readonly hook: 'none' | 'ran' | { readonly trouble: string } | { readonly objection: string };
}

/** Returns warnings for the operator, one sentence each with the command; empty when the flag is restored. */
export function restoreWarnings(restored: Restored): string[] {
  const { node, before, back } = restored;
  const trouble = troubleOf(restored);
  if (before === undefined || back === true) return trouble;
  const seen =
    back === false
      ? `The API server of ${node} has lost --${WATCHED_FLAG}=${before} in the upgrade`
      : `Not known whether the API server of ${node} still has --${WATCHED_FLAG}=${before}`;
  return [...trouble, `${seen}. By hand: ${byHand(restored)}`];
}

function troubleOf({ node, hook, ...restored }: Restored): string[] {
  if (typeof hook === 'string') return [];
  if ('trouble' in hook)
    return [`The restore hook failed on ${node}: ${hook.trouble}. By hand: ${byHand({ node, hook, ...restored })}`];
  const remedy = restored.setting === undefined ? '' : ` ${hookRemedy(restored.setting)}`;
  return [`The restore hook was not run on ${node}. ${hook.objection}${remedy}`];
}

/** The command compares the digest too, because the ConfigMap may change before a person runs the command. */
function byHand({ address, setting, before = '', hook }: Restored): string {
  const mayRun = setting !== undefined && !(typeof hook === 'object' && 'objection' in hook);
  if (mayRun)
    return `${readCommand(setting.configMap)} >${RESTORE_KEY} && echo '${setting.sha256}  ${RESTORE_KEY}' | sha256sum -c && ssh ${shellWord(address)} sudo sh -s <${RESTORE_KEY}`;
  const formerly =
    setting === undefined
      ? ` If ConfigMap ${FORMER_HOOK} put it back before, name it in controlPlane.restoreHook.`
      : '';
  return `add ${shellWord(`--${WATCHED_FLAG}=${before}`)} to /etc/kubernetes/manifests/kube-apiserver.yaml there, and to apiServer.extraArgs of ClusterConfiguration in kube-system/kubeadm-config, or kubeadm drops it again.${formerly}`;
}
