import type { EtcdHealth } from '../node/health.ts';
import { known, notKnown, type Reading } from '../reading.ts';

export const ETCD_MANIFEST = '/etc/kubernetes/manifests/etcd.yaml';
/**
 * Path of etcd's CA in a kubeadm cluster. Its directory also holds healthcheck-client.crt and healthcheck-client.key.
 */
const CA_FILE = '/etc/kubernetes/pki/etcd/ca.crt';
/** etcd's default of --listen-client-urls: https://etcd.io/docs/v3.6/op-guide/configuration/ */
const DEFAULT_URL = 'http://127.0.0.1:2379';
/** Time limit for one URL in seconds. etcd itself gives up after 7 s, then reports the reason. */
const URL_SECONDS = 10;
/** Maximum number of URLs to query, so that all queries fit into the time limit. */
const MAXIMUM_URLS = 4;
export const ETCD_HEALTH_TIMEOUT_SECONDS = 60;

/**
 * The characters of a URL that etcd can listen on. No other text is queried, so neither the shell nor curl interprets
 * it.
 */
const URL_PATTERN = 'https?://(\\[[0-9A-Fa-f:.]+(%25[A-Za-z0-9_.-]+)?\\]|[A-Za-z0-9][A-Za-z0-9.-]*):[0-9]{1,5}';

/**
 * Shell functions.
 * `etcd_flag NAME` prints the value of an etcd flag in every form of a manifest: `--a=b`, two list items, quotes, a
 * list in one line.
 * `ask_etcd` queries the health of this node's etcd and prints one line for each URL.
 * etcd serves /health at its metrics URLs and at its client URLs:
 * https://etcd.io/docs/v3.6/op-guide/monitoring/#health-check
 */
export const ASK_ETCD: readonly string[] = [
  `etcd_manifest=${ETCD_MANIFEST}`,
  'etcd_flag() {',
  `  grep -v '^ *#' "$etcd_manifest" | tr -d "\\"'" | tr -s '[:space:]' ' ' |`,
  `    grep -oE -e "(^|[ ,[])--?$1(=|, ?| - | )[^ ]*" | tail -n 1 | sed -E "s/^.?--?$1(=|, ?| - | )//"`,
  '}',
  // A wildcard address is only an address to listen on. No certificate covers it.
  `etcd_urls() { etcd_flag "$1" | grep -oE '${URL_PATTERN}' | sed -e 's|//0\\.0\\.0\\.0:|//127.0.0.1:|' -e 's|//\\[::\\]:|//[::1]:|'; }`,
  'etcd_fetch() {',
  `  ca=$(etcd_flag trusted-ca-file | sed 's/[],].*//')`,
  `  [ -n "$ca" ] || ca=${CA_FILE}`,
  '  client=${ca%/*}/healthcheck-client',
  '  if command -v curl >/dev/null 2>&1; then',
  `    set -- "$1" -q -sSg --noproxy '*' --max-time ${URL_SECONDS}`,
  '    case $1 in https:*) set -- "$@" --cacert "$ca" --cert "$client.crt" --key "$client.key" ;; esac',
  '    url=$1; shift',
  '    curl "$@" "$url" 2>&1 </dev/null',
  '    return',
  '  fi',
  '  file=$(mktemp) || return',
  '  set -- "$1" -o Acquire::http::Proxy=DIRECT -o Acquire::https::Proxy=DIRECT -o Acquire::http::AllowRedirect=false -o APT::Sandbox::User=root',
  `  set -- "$@" -o Acquire::Retries=0 -o Acquire::http::Timeout=${URL_SECONDS} -o Acquire::https::Timeout=${URL_SECONDS}`,
  '  case $1 in https:*) set -- "$@" -o Acquire::https::CaInfo="$ca" -o Acquire::https::SslCert="$client.crt" -o Acquire::https::SslKey="$client.key" ;; esac',
  '  url=$1; shift',
  `  timeout ${URL_SECONDS + 2} /usr/lib/apt/apt-helper -qq "$@" download-file "$url" "$file" 2>&1 </dev/null && cat "$file"`,
  '  rm -f "$file"',
  '}',
  'ask_etcd() {',
  `  [ -e "$etcd_manifest" ] || { echo 'etcd none'; return; }`,
  '  urls=$(etcd_urls listen-metrics-urls; etcd_urls listen-client-http-urls; etcd_urls listen-client-urls)',
  `  printf '%s\\n' "\${urls:-${DEFAULT_URL}}" | head -n ${MAXIMUM_URLS} | while read -r at; do`,
  `    answer=$(etcd_fetch "$at/health" | tr -c '[:print:]' ' ' | head -c 1000)`,
  `    printf 'etcd at %s says %s\\n' "$at" "$answer"`,
  `    case $answer in '{"health"'*) break ;; esac`,
  '  done',
  '}',
];

/** Queries the health of this node's etcd. It is healthy only when a majority of the members agrees. */
export const ETCD_HEALTH_SCRIPT = ['# Ask etcd how it does', 'export LC_ALL=C', ...ASK_ETCD, 'ask_etcd'].join('\n');

/** Parses the output of `ask_etcd`: the first valid answer; without one, a reason that quotes all answers. */
export function parseEtcdHealth(printed: string, node: string): Reading<EtcdHealth> {
  const lines = printed.split('\n');
  if (lines.includes('etcd none')) return known({ kind: 'external' });
  const answers = lines.flatMap((line) => {
    const [, url, answer = ''] = /^etcd at (\S+) says (.*)$/.exec(line) ?? [];
    return url === undefined ? [] : [{ url, answer: answer.trim() }];
  });
  if (answers.length === 0) return notKnown(`etcd on ${node} was not asked: the node printed no answer`);
  const health = answers.map(({ answer }) => healthIn(answer)).find((each) => each !== undefined);
  if (health !== undefined) return known(health);
  const seen = answers.map(({ url, answer }) => `${url}/health: ${answer.slice(0, 200) || 'no answer'}`).join('; ');
  return notKnown(`etcd on ${node} does not report its health: ${seen}`);
}

/** Parses `{"health":"true","reason":""}`. Undefined for anything else. */
function healthIn(answer: string): EtcdHealth | undefined {
  const { health, reason } = tryParse(answer);
  if (typeof health !== 'string' && typeof health !== 'boolean') return undefined;
  if (health === 'true') return { kind: 'healthy' };
  const why = typeof reason === 'string' && reason !== '' ? reason : 'no reason given';
  return { kind: 'unhealthy', because: `health ${health}: ${why}`.slice(0, 200) };
}

function tryParse(text: string): { readonly health?: unknown; readonly reason?: unknown } {
  try {
    return Object(JSON.parse(text)) as { health?: unknown; reason?: unknown };
  } catch {
    return {};
  }
}

export interface Member {
  readonly node: string;
  readonly etcd: Reading<EtcdHealth>;
}

export type Quorum =
  { readonly kind: 'healthy' | 'elsewhere' } | { readonly kind: 'unhealthy'; readonly because: string };

/**
 * Requires every member to be healthy, not just a majority, because one member is about to restart.
 * `elsewhere`: no control-plane node runs etcd, so this project does not check it.
 */
export function judgeQuorum(members: readonly Member[]): Quorum {
  const trouble = members.flatMap(({ node, etcd }) => {
    if (!etcd.known) return [etcd.reason];
    return etcd.value.kind === 'unhealthy' ? [`etcd on ${node} reports ${etcd.value.because}`] : [];
  });
  if (trouble.length > 0) return { kind: 'unhealthy', because: trouble.join('; ') };
  const healthy = members.some(({ etcd }) => etcd.known && etcd.value.kind === 'healthy');
  return { kind: healthy ? 'healthy' : 'elsewhere' };
}
