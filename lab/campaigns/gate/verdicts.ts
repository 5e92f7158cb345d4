import { kubectl, must, onNode, REPO, until } from '../../kit/commands.ts';
import type { CampaignRecord } from '../../kit/record.ts';
import { kubeconfigOf, stepByHand, type StepEnd } from '../../kit/step-by-hand.ts';
import { CLUSTER, NEXT } from './cluster.ts';
import { pretending } from './pretend.ts';
import { install, uninstall } from '../../kit/addons.ts';

const gate = (target: string, values: Readonly<Record<string, string>> = {}): Promise<StepEnd> =>
  stepByHand(CLUSTER, 'gate', { TARGET: target, ...values });

/** `blocked: actionable addon-untested calico; …`: the verdict, and the findings that are about `subject`. */
function told({ exitCode, outputs, log }: StepEnd, subject: string): string {
  if (exitCode !== 0) return `exit ${exitCode}: ${log.slice(-500)}`;
  const lines = (outputs['gateMessage'] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('[') && line.includes(subject));
  const findings = lines.map((line) => /^\[([a-z]+): /.exec(line)?.[1] ?? '');
  return [outputs['gateVerdict'] ?? '', ...new Set(findings)].join(', ');
}

const lineAbout = ({ outputs }: StepEnd, subject: string): string =>
  (outputs['gateMessage'] ?? '').split('\n').find((line) => line.startsWith('[') && line.includes(subject)) ?? '';

/** The gate, as it stands in the manifests, against the real API server, real machines, and real workload objects. */
export async function verdicts(record: CampaignRecord): Promise<void> {
  const clean = await gate(NEXT);
  record.check(`nothing in the way of v${NEXT}`, 'clear', told(clean, 'no such subject'));

  await pretending('1.35.8', () => addonsOf136(record));
  await pinned(record);
  await removedApis(record);
  await flagFile(record);
  await permissions(record);
}

/** The cluster says 1.35.8 meanwhile, so that 1.36 is the next minor. */
async function addonsOf136(record: CampaignRecord): Promise<void> {
  await install('DaemonSet', 'network', 'registry.example.com/mirror/calico/node:v3.30.1');
  const calico = await gate('1.36.0');
  record.check(
    'calico 3.30 from a mirror, whatever the workload is called, target 1.36',
    'blocked, actionable',
    told(calico, 'calico'),
  );
  const remedy = /upgrade calico to \S+/i.exec(lineAbout(calico, 'calico'))?.[0] ?? lineAbout(calico, 'calico');
  record.check('it names the version that would do', 'Upgrade calico to 3.32', remedy);
  record.note(`  ${lineAbout(calico, 'calico')}`);
  await uninstall('DaemonSet', 'network');

  await install('Deployment', 'kyverno', 'ghcr.io/kyverno/kyverno:v1.18.0');
  const kyverno = await gate('1.36.0');
  record.check('kyverno 1.18, target 1.36', 'held, waiting', told(kyverno, 'kyverno'));
  record.note(`  ${lineAbout(kyverno, 'kyverno')}`);
  await uninstall('Deployment', 'kyverno');
}

async function pinned(record: CampaignRecord): Promise<void> {
  await install('Deployment', 'gpu-operator', 'nvcr.io/nvidia/gpu-operator:v24.6.2');
  const pins = { ADDONS: JSON.stringify([{ name: 'gpu-operator', pin: { reason: 'driver 570 until May' } }]) };
  const minor = await gate(NEXT, pins);
  record.check(`a pinned gpu-operator, target ${NEXT}`, 'held, pinned', told(minor, 'gpu-operator'));
  record.note(`  ${lineAbout(minor, 'gpu-operator')}`);
  record.check('the same with a patch target', 'clear', told(await gate('1.33.14', pins), 'gpu-operator'));
  await uninstall('Deployment', 'gpu-operator');
}

async function removedApis(record: CampaignRecord): Promise<void> {
  await kubectl('get', '--raw', '/apis/admissionregistration.k8s.io/v1beta1/validatingadmissionpolicies');
  const used = await gate(NEXT);
  record.check(
    `a real client asks for an API that ${NEXT} removes`,
    'blocked, actionable',
    told(used, 'validatingadmissionpolicies'),
  );
  record.note(`  ${lineAbout(used, 'validatingadmissionpolicies')}`);
  const off = await gate(NEXT, { DEPRECATED_APIS_SOURCE: 'prometheus', PROMETHEUS_URL: 'http://10.210.0.1:9099' });
  record.check('Prometheus is off', 'blocked, unknown', told(off, '10.210.0.1:9099'));
  record.note(`  ${lineAbout(off, '10.210.0.1:9099')}`);
  await restartApiServer();
  record.check(
    'the API server restarted, nobody asks any more',
    'clear',
    told(await gate(NEXT), 'validatingadmissionpolicies'),
  );
}

/** A gauge of the API server lives as long as its process. */
async function restartApiServer(): Promise<void> {
  const started = await onNode('cp1', 'pgrep -x kube-apiserver');
  await onNode('cp1', 'pkill -x kube-apiserver');
  await until(
    'another API server is ready',
    180,
    () => onNode('cp1', 'pgrep -x kube-apiserver'),
    (now) => now !== started,
  );
  await until(
    'the API server is ready',
    180,
    () => kubectl('get', '--raw', '/readyz'),
    (answer) => answer === 'ok',
  );
  await until(
    'it knows who may do what',
    60,
    () => kubectl('auth', 'can-i', 'list', 'nodes'),
    (answer) => answer === 'yes',
  );
}

async function flagFile(record: CampaignRecord): Promise<void> {
  const file = '/etc/default/kubelet';
  await onNode(
    'w1',
    `echo 'KUBELET_EXTRA_ARGS="--pod-infra-container-image=registry.k8s.io/pause:3.9 --cloud-config=/etc/cloud"' > ${file}`,
  );
  const cloud = await gate(NEXT);
  record.check(
    `--cloud-config in ${file} of a real machine, target ${NEXT}`,
    'blocked, actionable',
    told(cloud, 'cloud-config'),
  );
  record.note(`  ${lineAbout(cloud, 'cloud-config')}`);
  await pretending(NEXT, async () => {
    const pause = await gate('1.35.1');
    record.check(
      `--pod-infra-container-image there, target 1.35`,
      'blocked, actionable',
      told(pause, 'pod-infra-container-image'),
    );
    record.note(`  ${lineAbout(pause, 'pod-infra-container-image')}`);
    await onNode('w1', `rm ${file}`);
  });
  record.check('the file is gone', 'clear', told(await gate(NEXT), 'cloud-config'));
}

async function permissions(record: CampaignRecord): Promise<void> {
  const config = await kubeconfigOf('k8s-upgrade-gate', `${REPO}/build/gate-kubeconfig`);
  record.check('as its own ServiceAccount', 'clear', told(await gate(NEXT, { KUBECONFIG: config }), 'no such subject'));
  const rules = JSON.stringify([
    {
      op: 'replace',
      path: '/rules',
      value: [{ apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['get', 'list'] }],
    },
  ]);
  await kubectl('patch', 'clusterrole', 'k8s-upgrade-gate', '--type=json', '-p', rules);
  const blind = await gate(NEXT, { KUBECONFIG: config });
  record.check('the right to list workloads is taken away', 'blocked, unknown', told(blind, 'the workloads'));
  const reason = /may not list \w+\.apps: HTTP 403/.exec(lineAbout(blind, 'the workloads'))?.[0] ?? 'no verb is named';
  record.check(
    'it names the verb that is missing',
    'may not list …apps: HTTP 403',
    reason.replace(/\w+\.apps/, '…apps'),
  );
  record.note(`  ${lineAbout(blind, 'the workloads')}`);
  await must('lab/in-lab.sh', ['kubectl', 'apply', '-f', `${CLUSTER}/30-rbac.yaml`]);
}
