import { SWITCH } from '../../kit/cluster.ts';
import { kubectl, onNode, REPO, until } from '../../kit/commands.ts';
import { COMPONENTS, nodeLines, nodeNames, readyAt } from '../../kit/nodes.ts';
import { check, noteLines } from '../../kit/record.ts';
import { kubeconfigOf, stepByHand, type StepEnd } from '../../kit/step-by-hand.ts';
import { installAddon, uninstallAddon } from '../../kit/workloads.ts';
import { NEXT, RUNNING, SETTINGS } from './cluster.ts';

const gate = (target: string, values: Readonly<Record<string, string>> = {}): Promise<StepEnd> =>
  stepByHand(SETTINGS.folder, 'gate', { TARGET: target, ...values });

const linesAbout = ({ outputs }: StepEnd, subject: string): string[] =>
  (outputs['gateMessage'] ?? '').split('\n').filter((line) => line.startsWith('[') && line.includes(subject));
const lineAbout = (end: StepEnd, subject: string): string => linesAbout(end, subject)[0] ?? '';

/** Checks the verdict, with the classes of the findings about `subject`, and notes the first of these findings. */
function checkGate(what: string, expected: string, end: StepEnd, subject: string): void {
  const { exitCode, outputs, log } = end;
  const classes = linesAbout(end, subject).map((line) => /^\[([a-z]+): /.exec(line)?.[1] ?? '');
  const told = [outputs['gateVerdict'] ?? '', ...new Set(classes)].join(', ');
  check(what, expected, exitCode === 0 ? told : `exit ${exitCode}: ${log.slice(-500)}`);
  if (classes.length > 0) noteLines(lineAbout(end, subject));
}

const NO_SUBJECT = 'no such subject';

/** The gate, as it stands in the manifests, against the real API server, real machines, and real workload objects. */
export async function verdicts(): Promise<void> {
  checkGate(`nothing in the way of v${NEXT}`, 'clear', await gate(NEXT), NO_SUBJECT);
  await pretending('1.35.8', addonsOf136);
  await pinned();
  await removedApis();
  await flagFile();
  await permissions();
}

/** The cluster says 1.35.8 meanwhile, so that 1.36 is the next minor. */
async function addonsOf136(): Promise<void> {
  await installAddon('DaemonSet', 'network', 'registry.example.com/mirror/calico/node:v3.30.1');
  const calico = await gate('1.36.0');
  const what = 'calico 3.30 from a mirror, whatever the workload is called, target 1.36';
  checkGate(what, 'blocked, actionable', calico, 'calico');
  const line = lineAbout(calico, 'calico');
  const remedy = /upgrade calico to \S+/i.exec(line)?.[0] ?? line;
  check('it names the version that would do', 'Upgrade calico to 3.32', remedy);
  await uninstallAddon('DaemonSet', 'network');

  await installAddon('Deployment', 'kyverno', 'ghcr.io/kyverno/kyverno:v1.18.0');
  checkGate('kyverno 1.18, target 1.36', 'held, waiting', await gate('1.36.0'), 'kyverno');
  await uninstallAddon('Deployment', 'kyverno');
}

async function pinned(): Promise<void> {
  await installAddon('Deployment', 'gpu-operator', 'nvcr.io/nvidia/gpu-operator:v24.6.2');
  const pins = { ADDONS: JSON.stringify([{ name: 'gpu-operator', pin: { reason: 'driver 570 until May' } }]) };
  checkGate(`a pinned gpu-operator, target ${NEXT}`, 'held, pinned', await gate(NEXT, pins), 'gpu-operator');
  checkGate('the same with a patch target', 'clear', await gate('1.33.14', pins), 'gpu-operator');
  await uninstallAddon('Deployment', 'gpu-operator');
}

async function removedApis(): Promise<void> {
  const resource = 'validatingadmissionpolicies';
  await kubectl('get', '--raw', `/apis/admissionregistration.k8s.io/v1beta1/${resource}`);
  const used = `a real client asks for an API that ${NEXT} removes`;
  checkGate(used, 'blocked, actionable', await gate(NEXT), resource);
  const address = `${SWITCH}:9099`;
  const off = await gate(NEXT, { DEPRECATED_APIS_SOURCE: 'prometheus', PROMETHEUS_URL: `http://${address}` });
  checkGate('Prometheus is off', 'blocked, unknown', off, address);
  await restartApiServer();
  checkGate('the API server restarted, nobody asks any more', 'clear', await gate(NEXT), resource);
}

/** A gauge of the API server lives as long as its process. */
async function restartApiServer(): Promise<void> {
  const pid = (): Promise<string> => onNode('cp1', 'pgrep -x kube-apiserver');
  const started = await pid();
  await onNode('cp1', 'pkill -x kube-apiserver');
  await until('another API server runs', 180, pid, (now) => now !== started);
  await until('the API server is ready', 180, () => kubectl('get', '--raw', '/readyz'), 'ok');
  await until('it knows who may do what', 60, () => kubectl('auth', 'can-i', 'list', 'nodes'), 'yes');
}

async function flagFile(): Promise<void> {
  const file = '/etc/default/kubelet';
  const flags = '--pod-infra-container-image=registry.k8s.io/pause:3.9 --cloud-config=/etc/cloud';
  await onNode('w1', `echo 'KUBELET_EXTRA_ARGS="${flags}"' > ${file}`);
  const cloud = `--cloud-config in ${file} of a real machine, target ${NEXT}`;
  checkGate(cloud, 'blocked, actionable', await gate(NEXT), 'cloud-config');
  await pretending(NEXT, async () => {
    const pause = '--pod-infra-container-image there, target 1.35';
    checkGate(pause, 'blocked, actionable', await gate('1.35.1'), 'pod-infra-container-image');
    await onNode('w1', `rm ${file}`);
  });
  checkGate('the file is gone', 'clear', await gate(NEXT), 'cloud-config');
}

async function permissions(): Promise<void> {
  const config = { KUBECONFIG: await kubeconfigOf('k8s-upgrade-gate', `${REPO}/build/gate-kubeconfig`) };
  checkGate('as its own ServiceAccount', 'clear', await gate(NEXT, config), NO_SUBJECT);
  const rule = { apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['get', 'list'] };
  const rules = JSON.stringify([{ op: 'replace', path: '/rules', value: [rule] }]);
  await kubectl('patch', 'clusterrole', 'k8s-upgrade-gate', '--type=json', '-p', rules);
  const blind = await gate(NEXT, config);
  checkGate('the right to list workloads is taken away', 'blocked, unknown', blind, 'the workloads');
  const reason = /may not list \w+\.apps: HTTP 403/.exec(lineAbout(blind, 'the workloads'))?.[0] ?? 'no verb is named';
  const seen = reason.replace(/\w+\.apps/, '…apps');
  check('it names the verb that is missing', 'may not list …apps: HTTP 403', seen);
  await kubectl('apply', '-f', `${SETTINGS.folder}/30-rbac.yaml`);
}

/**
 * Has the API server's objects say that the cluster runs another version, for hops that this lab cannot make: the
 * kubelets stand still, and the status of their Nodes and the images of the mirror pods are written by hand. Everything
 * else is as it is.
 */
async function pretending(version: string, work: () => Promise<void>): Promise<void> {
  const nodes = await nodeNames();
  await Promise.all(nodes.map((node) => onNode(node, 'systemctl stop kubelet')));
  try {
    await say(nodes, version);
    await work();
  } finally {
    await say(nodes, RUNNING);
    await Promise.all(nodes.map((node) => onNode(node, 'systemctl start kubelet')));
    await until('the kubelets report again', 120, nodeLines, readyAt(nodes, RUNNING));
  }
}

async function say(nodes: readonly string[], version: string): Promise<void> {
  const status = JSON.stringify({ status: { nodeInfo: { kubeletVersion: `v${version}` } } });
  for (const node of nodes) await kubectl('patch', 'node', node, '--subresource=status', '--type=merge', '-p', status);
  for (const component of COMPONENTS) {
    const image = `lab.invalid/k8s/${component}:v${version}`;
    await kubectl('set', 'image', '-n', 'kube-system', `pod/${component}-cp1`, `${component}=${image}`);
  }
}
