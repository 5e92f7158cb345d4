import { CP1 } from '../../../kit/cluster.ts';
import { kubectl, onNode, until } from '../../../kit/commands.ts';
import { check, note } from '../../../kit/record.ts';
import type { Scenario } from '../../../kit/runner.ts';
import { checkStep, step } from './steps.ts';

export const AT_NODE = `http://${CP1}:2381,http://${CP1}:2382`;
/** What the lab gave to `kubeadm init`, and the same with other URLs of etcd. */
const [GIVEN, CONFIG] = ['/var/lib/aku-lab/kubeadm.yaml', '/root/kubeadm-metrics.yaml'];

/** Etcd on cp1 serves its metrics at `urls`, as kubeadm itself writes the manifest for these URLs. */
async function serveMetricsAt(urls: string): Promise<void> {
  const item = `{name: listen-metrics-urls, value: "${urls}"}, `;
  await onNode(
    'cp1',
    `set -e; sed 's|extraArgs: \\[{name: unsafe-no-fsync|extraArgs: [${item}{name: unsafe-no-fsync|' ${GIVEN} > ${CONFIG}
grep -qF '${urls}' ${CONFIG}; kubeadm init phase upload-config kubeadm --config ${CONFIG} >/dev/null
kubeadm init phase etcd local --config ${CONFIG} >/dev/null`,
  );
  const last = urls.split(',').at(-1) ?? '';
  const ask = `curl -sf -g --max-time 5 '${last}/health'`;
  await until(`etcd answers at ${last}`, 180, () => onNode('cp1', ask), healthy);
  await whenControlPlaneIsReady();
}

/** For how long the control plane must have been ready: an API server that lost etcd is restarted a little later. */
const QUIET_MS = 20_000;

export async function whenControlPlaneIsReady(): Promise<void> {
  let readySince: number | undefined;
  const look = async (): Promise<string> => {
    const waiting = await notReady().catch(() => 'no answer');
    readySince = waiting === '' ? (readySince ?? Date.now()) : undefined;
    return waiting;
  };
  const isQuiet = (): boolean => readySince !== undefined && Date.now() - readySince >= QUIET_MS;
  await until('the control plane is ready', 300, look, isQuiet);
}

const healthy = (answer: string): boolean => answer.includes('"health":"true"');

/** Pods of the control plane that are not ready; `unknown` while the API server tells nothing of any. */
async function notReady(): Promise<string> {
  const path = 'jsonpath={range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}';
  const lines = await kubectl('-n', 'kube-system', 'get', 'pods', '-l', 'tier=control-plane', '-o', path);
  if (lines === '') return 'unknown';
  const waiting = lines.split('\n').filter((line) => !line.endsWith(' True'));
  return waiting.join(', ');
}

async function checkPreflight(urls: string): Promise<void> {
  await serveMetricsAt(urls);
  const seen = await onNode('cp1', "grep -o 'listen-metrics-urls=.*' /etc/kubernetes/manifests/etcd.yaml");
  check('the manifest of etcd has', `listen-metrics-urls=${urls}`, seen);
  const end = await step('preflight');
  checkStep('… preflight', end, {});
  check('… the verdict', 'clear', end.outputs['preflightVerdict'] ?? '');
  const about = end.log.split('\n').filter((line) => line.includes('etcd on cp1') || line.includes('etcd-unhealthy'));
  check('… findings about the health of etcd', 'none', about.join('\n') || 'none');
}

/** Etcd serves its metrics at IPv6, and at several URLs with the address of the node, where it stays. */
export const metricsUrls: Scenario = async () => {
  const hasIpv6 = await onNode('cp1', 'grep -c " lo$" /proc/net/if_inet6 2>/dev/null || true');
  if (Number(hasIpv6) > 0) await checkPreflight('http://[::1]:2381');
  else note('The machines have no IPv6 here: etcd at [::1] was not tried.');
  await checkPreflight(AT_NODE);
};
