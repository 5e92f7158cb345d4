import { shellWord } from './shell.ts';

export const RESTORE_CONFIG_MAP = 'apiserver-oidc-restore';
export const RESTORE_KEY = 'restore.sh';
export const WATCHED_FLAG = 'authentication-config';

const LIVEZ_TRIES = 60;
const RUN_SECONDS = 300;
export const RESTORE_TIMEOUT_SECONDS = LIVEZ_TRIES * 7 + RUN_SECONDS + 60;

/**
 * Runs the operator's script, which is its input, once this node's own API server lives: the file of the controller
 * manager names that one, where others name the balancer.
 */
export const RESTORE_SCRIPT = [
  '# Run the restore hook',
  'set -eu',
  'export LC_ALL=C',
  'umask 077',
  'file=$(mktemp -p /var/lib)',
  `trap 'rm -f "$file"' EXIT`,
  'cat >"$file"',
  'chmod 0700 "$file"',
  'tries=0',
  'until kubectl --kubeconfig /etc/kubernetes/controller-manager.conf --request-timeout 5s get --raw /livez >/dev/null 2>&1; do',
  '  tries=$((tries + 1))',
  `  [ "$tries" -lt ${LIVEZ_TRIES} ] || { echo 'The API server of this node does not answer /livez.' >&2; exit 1; }`,
  '  sleep 2',
  'done',
  // A script without a #! is one of sh.
  `case "$(head -c 2 "$file")" in '#!') timeout -k 10 ${RUN_SECONDS} "$file" ;; *) timeout -k 10 ${RUN_SECONDS} sh "$file" ;; esac`,
].join('\n');

export interface Restored {
  readonly node: string;
  readonly address: string;
  /** The flag before the upgrade; undefined where it had none, or where nobody knows. */
  readonly before: string | undefined;
  /** Whether the API server of the node has it now; undefined when that cannot be told. */
  readonly back: boolean | undefined;
  readonly hook: 'none' | 'ran' | { readonly trouble: string };
}

/** What the operator should know of it, a sentence each with the command; empty when all is well. */
export function restoreWarnings({ node, address, before, back, hook }: Restored): string[] {
  const byHand = hook === 'none' ? withoutHook(before ?? '') : withHook(address);
  const trouble =
    typeof hook === 'object'
      ? [`The restore hook failed on ${node}: ${hook.trouble}. By hand: ${withHook(address)}`]
      : [];
  if (before === undefined || back === true) return trouble;
  const seen =
    back === false
      ? `The API server of ${node} has lost --${WATCHED_FLAG}=${before} in the upgrade`
      : `Not known whether the API server of ${node} still has --${WATCHED_FLAG}=${before}`;
  return [...trouble, `${seen}. By hand: ${byHand}`];
}

const withHook = (address: string): string =>
  `kubectl get configmap -n kube-system ${RESTORE_CONFIG_MAP} -o go-template='{{index .data "${RESTORE_KEY}"}}' | ssh ${address} sudo sh -s`;

const withoutHook = (value: string): string =>
  `add ${shellWord(`--${WATCHED_FLAG}=${value}`)} to /etc/kubernetes/manifests/kube-apiserver.yaml there, and to apiServer.extraArgs of ClusterConfiguration in kube-system/kubeadm-config, or kubeadm drops it again.`;
