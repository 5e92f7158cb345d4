import { known, notKnown, type Reading } from './reading.ts';

const MANIFEST = '/etc/kubernetes/manifests/etcd.yaml';
/** Where kubeadm has etcd tell how it does: https://github.com/kubernetes/kubeadm/blob/main/docs/design/design_v1.10.md */
const METRICS_URL = 'http://127.0.0.1:2381';
const HEALTH_SECONDS = 10;
export const ETCD_HEALTH_TIMEOUT_SECONDS = 60;

/** Asks the etcd of this node how it does; it answers well only when a majority of the members agrees. */
export const ETCD_HEALTH_SCRIPT = [
  '# Ask etcd how it does',
  'export LC_ALL=C',
  `if [ ! -e ${MANIFEST} ]; then echo 'etcd none'; exit 0; fi`,
  `url=$(sed -n 's/^ *- *--listen-metrics-urls=\\([^,]*\\).*/\\1/p' ${MANIFEST} | head -n 1)`,
  `url=\${url:-${METRICS_URL}}/health`,
  'if command -v curl >/dev/null 2>&1; then',
  `  answer=$(curl -sS --noproxy '*' --max-time ${HEALTH_SECONDS} "$url" 2>&1)`,
  'else',
  '  file=$(mktemp) || exit 75',
  `  answer=$(/usr/lib/apt/apt-helper -o Acquire::http::Proxy=false -o Acquire::Retries=0 -o Acquire::http::Timeout=${HEALTH_SECONDS} download-file "$url" "$file" 2>&1) && answer=$(cat "$file")`,
  '  rm -f "$file"',
  'fi',
  `printf 'etcd says %s\\n' "$(printf %s "$answer" | tr -c '[:print:]' ' ' | head -c 300)"`,
].join('\n');

/** `none`: there is no etcd on this node. */
export type Member = 'none' | 'healthy';

export function parseEtcdHealth(stdout: string, node: string): Reading<Member> {
  const lines = stdout.split('\n');
  if (lines.includes('etcd none')) return known('none');
  const said = lines.find((line) => line.startsWith('etcd says '))?.slice('etcd says '.length);
  if (said === undefined) return notKnown(`nobody could ask the etcd of ${node}`);
  return /^\{"health": ?"true"[,}]/.test(said)
    ? known('healthy')
    : notKnown(`the etcd of ${node} says ${said.trim() || 'nothing'}`);
}

export type Quorum =
  { readonly kind: 'healthy' | 'elsewhere' } | { readonly kind: 'unhealthy'; readonly because: string };

/**
 * Every member must be well, not just a majority: one is about to go away. `elsewhere`: no control-plane node has one,
 * so it is not ours to ask.
 */
export function judgeQuorum(members: readonly Reading<Member>[]): Quorum {
  const trouble = members.flatMap((member) => (member.known ? [] : [member.reason]));
  if (trouble.length > 0) return { kind: 'unhealthy', because: trouble.join('; ') };
  return { kind: members.some((member) => member.known && member.value === 'healthy') ? 'healthy' : 'elsewhere' };
}
