import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGE } from '../../kit/cluster.ts';
import { apply, argo, kubectl, onNode, REPO, sleep, until } from '../../kit/commands.ts';
import { fingerprint, nodeLines, NODES, readyAt, touchedSince, workersInOrder } from '../../kit/nodes.ts';
import { whenStepRuns } from '../../kit/pods.ts';
import { check, checkSays, noteLines } from '../../kit/record.ts';
import {
  getWorkflow,
  messageOf,
  night,
  outputOf,
  phaseOf,
  podsOf,
  runOf,
  startNight,
  type Workflow,
} from '../../kit/runs.ts';
import { workload } from '../../kit/workloads.ts';
import { NEXT, RUNNING } from './cluster.ts';
import { checkEnd } from './ends.ts';

const LIMIT_SECONDS = 1800;
const LOCK = 'weave.works/kured-node-lock';
const KURED_IMAGE = 'lab.invalid/kubereboot/kured:1.21.0';
/** On every machine: what asks for a reboot, and what kured did about it. */
const FOLDER = '/var/lib/lab-kured';
const AWAY_SECONDS = 120;

/** A kured that wants to roll a node before, while and after an upgrade wants to: the two never do at once. */
export async function besideKured(): Promise<void> {
  const [first = '', second = ''] = await workersInOrder();
  for (const node of ['cp1', first, second]) await onNode(node, `ctr -n k8s.io images tag ${IMAGE} ${KURED_IMAGE}`);
  await elsewhere();
  await rolling(second);
  await wantsMeanwhile(first, second);
}

/** By a name that the settings do not have, as the release of a chart may give it. */
async function elsewhere(): Promise<void> {
  await install('weekly');
  const doctor = await runOf('k8s-upgrade-doctor', 400);
  check('kured under another name: the doctor', 'Failed', phaseOf(doctor));
  const line = '✗ DaemonSet kube-system/weekly: kured, and the settings name kube-system/kured';
  checkSays('… names it', outputOf(doctor, 'doctor', 'doctorMessage'), line);
  const before = await fingerprint();
  const halted = await night(600);
  await checkEnd('… the night', halted, { end: 'Failed, failed', gauges: 'none → failed', told: ['failed'] });
  checkSays('… its message says what to set', messageOf(halted), 'Set kured.daemonSet: kube-system/weekly');
  check('… touched', 'nothing', await touchedSince(before));
  await uninstall('weekly');
}

/** It rolls a node when the night begins. */
async function rolling(node: string): Promise<void> {
  await install('kured');
  await wantReboot(node);
  await until(`kured rolls ${node}`, 60, historyOf(node), (lines) => lines.some(({ what }) => what === 'rolls'));
  const before = await fingerprint();
  const paused = await night(600);
  const stillRolls = (await historyOf(node)()).every(({ what }) => what !== 'is back');
  check('kured rolls a node, and still does when the night is over', 'yes', stillRolls ? 'yes' : 'no');
  await checkEnd('… the night', paused, { end: 'Succeeded, paused', gauges: 'failed → none', told: ['paused'] });
  checkSays('… its message names the node', messageOf(paused), `kured rolls ${node}`);
  check('… touched', 'nothing', await touchedSince(before));
  await until(`kured is done with ${node}`, 180, historyOf(node), isBack(1));
}

/** kured wants a node from the begin of a run that dies, until the end of the next run. */
async function wantsMeanwhile(first: string, node: string): Promise<void> {
  const killed = await startNight();
  await whenStepRuns(killed, 'drain', 'cp1', 600);
  await wantReboot(node);
  await whenStepRuns(killed, 'drain', first, LIMIT_SECONDS);
  check('a run at work: who holds the lock of kured', killed, await holder());
  const cut = await getWorkflow(killed);
  await argo('terminate', '-n', 'k8s-upgrade', killed);
  await kubectl('delete', 'workflow', killed, '-n', 'k8s-upgrade');
  await sleep(30);
  check('… terminated and deleted, 30 s later', killed, await holder());
  const next = await night(LIMIT_SECONDS);
  await until(`kured is done with ${node}`, 300, historyOf(node), isBack(2));
  const expected = { end: 'Succeeded, upgraded', gauges: 'in_flight → none', told: ['started', 'upgraded'] };
  await checkEnd('the next night', next, expected);
  const nodes = `… the nodes, from v${RUNNING}, once kured is done too`;
  check(nodes, readyAt(NODES, NEXT), await nodeLines());
  const history = await historyOf(node)();
  const since = Date.parse(cut.status.startedAt);
  const rolls = history.filter(({ at, what }) => what === 'rolls' && at > since).map(({ at }) => at);
  const end = endOfWork(next);
  const during = `kured wants ${node} all along: rolls it during the two runs`;
  check(during, '0', String(rolls.filter((at) => at < end).length));
  check('… after them', '1', String(rolls.filter((at) => at >= end).length));
  check('… who holds the lock in the end', 'nobody', await holder());
  noteLines(history.map(({ at, what }) => `kured on ${node}: ${new Date(at).toISOString()} ${what}`));
  noteLines(`the last step of a node ended at ${new Date(end).toISOString()}`);
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
  const fixed = { NAMESPACE: 'kube-system', DAEMON_SET: name, LOCK, AWAY_SECONDS: String(AWAY_SECONDS) };
  const files = { SENTINEL: '/host/reboot-required', HISTORY: '/host/history' };
  const ca = { NODE_EXTRA_CA_CERTS: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt' };
  const container = {
    name: 'kured',
    image: KURED_IMAGE,
    imagePullPolicy: 'Never',
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
    serviceAccountName: name,
    terminationGracePeriodSeconds: 1,
    containers: [container],
    tolerations: [{ operator: 'Exists' }],
    volumes: [
      { name: 'program', configMap: { name } },
      { name: 'host', hostPath: { path: FOLDER, type: 'DirectoryOrCreate' } },
    ],
  };
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: `lab-${name}` } };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `lab-${name}` };
  const rules = [
    { apiGroups: ['apps'], resources: ['daemonsets'], resourceNames: [name], verbs: ['get', 'update'] },
    { apiGroups: [''], resources: ['nodes'], verbs: ['patch'] },
  ];
  const program = { 'kured.mjs': readFileSync(join(REPO, 'lab/servers/kured.mjs'), 'utf8') };
  await apply(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { kind: 'ClusterRole', ...rbac, rules },
    { kind: 'ClusterRoleBinding', ...rbac, roleRef, subjects: [{ kind: 'ServiceAccount', ...metadata }] },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: program },
    workload('DaemonSet', metadata, spec),
  );
  await kubectl('rollout', 'status', 'daemonset', name, '-n', 'kube-system', '--timeout=120s');
}

/** Its pods too: one that stays would still look for what asks for a reboot. */
const uninstall = (name: string): Promise<string> =>
  kubectl('delete', 'daemonset', name, '-n', 'kube-system', '--cascade=foreground');
