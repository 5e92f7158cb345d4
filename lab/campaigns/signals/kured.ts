import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argo, kubectl, must, onNode, REPO, sleep, until } from '../../kit/commands.ts';
import { said, type CampaignRecord } from '../../kit/record.ts';
import { outputOf, podsOf, type Workflow } from '../../kit/workflow.ts';
import { fingerprint, nodeLines, touchedSince } from '../../kit/nodes.ts';
import { workersInOrder } from '../nodes/night.ts';
import { getWorkflow, messageOf, night, startNight, submit, whenEnded, whenStepRuns } from '../../kit/runs.ts';
import { NEXT, RUNNING } from './cluster.ts';
import { checkEnd } from './ends.ts';

const LIMIT_SECONDS = 1800;
const LOCK = 'weave.works/kured-node-lock';
const IMAGE = 'lab.invalid/kubereboot/kured:1.21.0';
/** On every machine: what asks for a reboot, and what kured did about it. */
const FOLDER = '/var/lib/lab-kured';
const AWAY_SECONDS = 120;

/** A kured that wants to roll a node before, while and after an upgrade wants to: the two never do at once. */
export async function besideKured(record: CampaignRecord): Promise<void> {
  for (const node of ['cp1', ...(await workersInOrder())])
    await onNode(node, `ctr -n k8s.io images tag lab.invalid/argo-kubeadm-upgrade/finish:0.1.0 ${IMAGE}`);
  const [first = '', second = ''] = await workersInOrder();
  await elsewhere(record);
  await rolling(record, second);
  await wantsMeanwhile(record, first, second);
}

/** By a name that the settings do not have, as the release of a chart may give it. */
async function elsewhere(record: CampaignRecord): Promise<void> {
  await install('weekly');
  const doctor = await whenEnded(await submit('workflowtemplate/k8s-upgrade-doctor'), 400);
  record.check('kured under another name: the doctor', 'Failed', doctor.status.phase ?? '');
  const line = '✗ DaemonSet kube-system/weekly: kured, and the settings name kube-system/kured';
  record.check('… names it', ...said(outputOf(doctor, 'doctor', 'doctorMessage'), line));
  const before = await fingerprint();
  const halted = await night(600);
  await checkEnd(record, '… the night', halted, {
    ...{ end: 'Failed, failed', gauges: 'none → failed', inFlight: 'nobody', told: ['failed'] },
  });
  record.check('… its message says what to set', ...said(messageOf(halted), 'Set kured.daemonSet: kube-system/weekly'));
  record.check('… touched', 'nothing', await touchedSince(before));
  await uninstall('weekly');
}

/** It rolls a node when the night begins. */
async function rolling(record: CampaignRecord, node: string): Promise<void> {
  await install('kured');
  await wantReboot(node);
  await until(`kured rolls ${node}`, 60, historyOf(node), (lines) => lines.some(({ what }) => what === 'rolls'));
  const before = await fingerprint();
  const paused = await night(600);
  const stillRolls = (await historyOf(node)()).every(({ what }) => what !== 'is back');
  record.check('kured rolls a node, and still does when the night is over', 'yes', stillRolls ? 'yes' : 'no');
  await checkEnd(record, '… the night', paused, {
    ...{ end: 'Succeeded, paused', gauges: 'failed → none', inFlight: 'nobody', told: ['paused'] },
  });
  record.check('… its message names the node', ...said(messageOf(paused), `kured rolls ${node}`));
  record.check('… touched', 'nothing', await touchedSince(before));
  await until(`kured is done with ${node}`, 180, historyOf(node), isBack(1));
}

/** kured wants a node from the begin of a run that dies, until the end of the next run. */
async function wantsMeanwhile(record: CampaignRecord, first: string, node: string): Promise<void> {
  const killed = await startNight();
  await whenStepRuns(killed, 'drain', 'cp1', 600);
  await wantReboot(node);
  await whenStepRuns(killed, 'drain', first, LIMIT_SECONDS);
  record.check('a run at work: who holds the lock of kured', killed, await holder());
  const cut = await getWorkflow(killed);
  await argo('terminate', '-n', 'k8s-upgrade', killed);
  await kubectl('delete', 'workflow', killed, '-n', 'k8s-upgrade');
  await sleep(30);
  record.check('… terminated and deleted, 30 s later', killed, await holder());
  const next = await night(LIMIT_SECONDS);
  await until(`kured is done with ${node}`, 300, historyOf(node), isBack(2));
  await checkEnd(record, 'the next night', next, {
    ...{ end: 'Succeeded, upgraded', gauges: 'in_flight → none', inFlight: 'nobody', told: ['started', 'upgraded'] },
  });
  const all = ['cp1', 'w1', 'w2'].map((each) => `${each} v${NEXT} Ready`).join(', ');
  record.check(`… the nodes, from v${RUNNING}, once kured is done too`, all, await nodeLines());
  const history = await historyOf(node)();
  const since = Date.parse(cut.status.startedAt);
  const rolls = history.filter(({ at, what }) => what === 'rolls' && at > since).map(({ at }) => at);
  const end = endOfWork(next);
  record.check(
    `kured wants ${node} all along: rolls it during the two runs`,
    '0',
    String(rolls.filter((at) => at < end).length),
  );
  record.check('… after them', '1', String(rolls.filter((at) => at >= end).length));
  record.check('… who holds the lock in the end', 'nobody', await holder());
  for (const { at, what } of history) record.note(`  kured on ${node}: ${new Date(at).toISOString()} ${what}`);
  record.note(`  the last step of a node ended at ${new Date(end).toISOString()}`);
}

/** When the last step that works on a node ended. */
function endOfWork(workflow: Workflow): number {
  const steps = podsOf(workflow).filter(({ templateName = '' }) =>
    /^(drain|upgrade-node|verify-node)/.test(templateName),
  );
  const end = Math.max(...steps.map(({ finishedAt }) => Date.parse(finishedAt ?? '')));
  if (!Number.isFinite(end)) throw new Error(`${workflow.metadata.name} has no step of a node that ended`);
  return end;
}

/** The run by its name, a node by its own. */
async function holder(): Promise<string> {
  const path = `jsonpath={.metadata.annotations.${LOCK.replaceAll('.', '\\.')}}`;
  const text = await kubectl('get', 'daemonset', 'kured', '-n', 'kube-system', '-o', path);
  if (text === '') return 'nobody';
  const { nodeID } = JSON.parse(text) as { nodeID: string };
  return /^k8s-upgrade\/(.*)\//.exec(nodeID)?.[1] ?? nodeID;
}

const wantReboot = (node: string): Promise<string> => onNode(node, `touch ${FOLDER}/reboot-required`);

interface Deed {
  readonly at: number;
  readonly what: string;
}

const historyOf = (node: string) => async (): Promise<Deed[]> =>
  (await onNode(node, `cat ${FOLDER}/history 2>/dev/null || true`))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ at: Date.parse(line.split(' ')[0] ?? ''), what: line.slice(line.indexOf(' ') + 1) }));

const isBack =
  (times: number) =>
  (lines: readonly Deed[]): boolean =>
    lines.filter(({ what }) => what === 'is back').length === times;

/** Its program is lab/servers/kured.mjs. */
async function install(name: string): Promise<void> {
  const metadata = { name, namespace: 'kube-system' };
  const labels = { app: name };
  const fixed = { NAMESPACE: 'kube-system', DAEMON_SET: name, LOCK, AWAY_SECONDS: String(AWAY_SECONDS) };
  const files = { SENTINEL: '/host/reboot-required', HISTORY: '/host/history' };
  const ca = { NODE_EXTRA_CA_CERTS: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt' };
  const container = {
    ...{ name: 'kured', image: IMAGE, imagePullPolicy: 'Never' },
    command: ['/nodejs/bin/node', '/program/kured.mjs'],
    env: [
      { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      ...Object.entries({ ...fixed, ...files, ...ca }).map(([key, value]) => ({ name: key, value })),
    ],
    securityContext: { runAsUser: 0 },
    volumeMounts: [
      { name: 'program', mountPath: '/program' },
      { name: 'host', mountPath: '/host' },
    ],
  };
  const spec = {
    ...{ serviceAccountName: name, terminationGracePeriodSeconds: 1 },
    ...{ containers: [container], tolerations: [{ operator: 'Exists' }] },
    volumes: [
      { name: 'program', configMap: { name } },
      { name: 'host', hostPath: { path: FOLDER, type: 'DirectoryOrCreate' } },
    ],
  };
  const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `lab-${name}` };
  const items = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: role.name } },
      rules: [
        { apiGroups: ['apps'], resources: ['daemonsets'], resourceNames: [name], verbs: ['get', 'update'] },
        { apiGroups: [''], resources: ['nodes'], verbs: ['patch'] },
      ],
    },
    {
      ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: role.name } },
      ...{ roleRef: role, subjects: [{ kind: 'ServiceAccount', ...metadata }] },
    },
    {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata },
      data: { 'kured.mjs': readFileSync(join(REPO, 'lab/servers/kured.mjs'), 'utf8') },
    },
    {
      ...{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
  ];
  await must(
    'lab/in-lab.sh',
    ['kubectl', 'apply', '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  );
  await kubectl('rollout', 'status', 'daemonset', name, '-n', 'kube-system', '--timeout=120s');
}

/** Its pods too: one that stays would still look for what asks for a reboot. */
const uninstall = (name: string): Promise<unknown> =>
  must('lab/in-lab.sh', ['kubectl', 'delete', 'daemonset', name, '-n', 'kube-system', '--cascade=foreground']);
