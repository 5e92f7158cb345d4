import { argo, kubectl, onNode, until } from '../../kit/commands.ts';
import { said, type CampaignRecord } from '../../kit/record.ts';
import { getWorkflow } from '../../kit/workflow.ts';
import { nodeLines } from '../../kit/nodes.ts';
import { attemptsFor, attemptsOn, overlapsOn } from '../../kit/attempts.ts';
import { holdKubeadm } from './faults.ts';
import { whenKubeadmRuns } from './jobs.ts';
import { forceDelete } from './kills.ts';
import { leaseHolder } from '../../kit/namespace.ts';
import { readyNodes, workersInOrder } from './night.ts';
import { endOf, logOf, logsOf, startNight, whenEnded, whenStepRuns } from '../../kit/runs.ts';
import { applySettings } from './settings.ts';
import { B } from './versions.ts';

type Scenario = (record: CampaignRecord) => Promise<void>;

/** A run that is at work on the first worker, held up in `kubeadm upgrade`. */
async function atWork(): Promise<{
  run: string;
  pod: string;
  node: string;
  release: () => Promise<void>;
  before: number;
}> {
  const [node = ''] = await workersInOrder();
  const before = (await attemptsFor(node, B)).length;
  const run = await startNight();
  const release = await holdKubeadm(node);
  const pod = await whenStepRuns(run, 'upgrade-node', node, 600);
  await whenKubeadmRuns(node);
  return { run, pod, node, release, before };
}

/** What must hold whatever became of the first run: the second took over what was under way, and did nothing twice. */
async function takenOver(
  record: CampaignRecord,
  what: string,
  node: string,
  before: number,
  second: string,
): Promise<void> {
  const ended = await whenEnded(second, 900);
  record.check(`${what}: the new run ends`, 'Succeeded, upgraded', endOf(ended));
  record.check('… the nodes', await readyNodes(B), await nodeLines());
  record.check(`… attempts that it took on ${node}`, '1', String((await attemptsFor(node, B)).length - before));
  record.check('… attempts on one node at the same time', 'none', await overlapsOn(['w1', 'w2']));
}

/** Stopped while the node is at work: the new run attaches to that. */
const stopped: Scenario = async (record) => {
  const { run, node, release, before } = await atWork();
  await argo('stop', '-n', 'k8s-upgrade', run);
  const second = await startNight();
  await whenStepRuns(second, 'upgrade-node', node, 600);
  const ofFirst = (await attemptsOn(node)).at(-1)?.unit ?? '';
  await release();
  await takenOver(record, `argo stop while ${node} is at work, then at once a new run`, node, before, second);
  const log = await logsOf(second, 'upgrade-node');
  record.check('… it attached to the work of the stopped one', ofFirst, log.includes(ofFirst) ? ofFirst : log);
};

/** Argo recreates the pod of a step after a forced deletion, and does not count it as a retry. */
const forceDeleted: Scenario = async (record) => {
  const { run, pod, node, release, before } = await atWork();
  await forceDelete(pod);
  await whenStepRuns(run, 'upgrade-node', node, 300);
  await release();
  await takenOver(record, `the step pod of ${node} force-deleted`, node, before, run);
};

async function livePods(run: string): Promise<string[]> {
  const names = await kubectl(
    ...['get', 'pods', '-n', 'k8s-upgrade', '-l', `workflows.argoproj.io/workflow=${run}`],
    ...['--field-selector=status.phase=Running', '-o', 'jsonpath={.items[*].metadata.name}'],
  );
  return names.split(' ').filter((name) => name !== '');
}

/** `step`: the program of the step. `emissary`: Argo's, which starts it and hands every signal on to it, also the last. */
const PROCESSES = { step: '^/nodejs/bin/node /app/step.cjs', emissary: '^/var/run/argo/argoexec emissary .*step.cjs' };
type Which = keyof typeof PROCESSES;

/** Sends a signal to processes of one pod, and returns when it has found them. */
async function signal(pod: string, name: 'STOP' | 'CONT', which: Which): Promise<void> {
  const [uid, node] = (
    await kubectl('get', 'pod', pod, '-n', 'k8s-upgrade', '-o', 'jsonpath={.metadata.uid} {.spec.nodeName}')
  ).split(' ');
  const ofPod = String(uid).replaceAll('-', '[-_]');
  const script = `for p in $(pgrep -f '${PROCESSES[which]}'); do grep -q ${ofPod} /proc/$p/cgroup && kill -${name} $p && echo sent; done; true`;
  await until(
    `SIG${name} for ${which} of ${pod}`,
    30,
    () => onNode(node ?? '', script),
    (text) => text.includes('sent'),
  );
}

/** The new run holds the Lease; what is still at work of the old one. */
async function whenItHoldsTheLease(second: string, run: string): Promise<string> {
  const mine = (await getWorkflow(second)).metadata.uid;
  await until('the new run holds the Lease', 400, leaseHolder, (holder) => holder.includes(mine));
  return (await livePods(run)).join(', ') || 'none';
}

/**
 * Such a step does not end, because its emissary is stopped as well. It wakes up in its soak when the new run holds the Lease.
 * After the soak it would close the ledger of the node.
 */
const outlives =
  (what: string, end: (run: string) => Promise<unknown>): Scenario =>
  async (record) => {
    const [node = ''] = await workersInOrder();
    const before = (await attemptsFor(node, B)).length;
    await applySettings({ nodes: { soakSeconds: 60 } });
    const run = await startNight();
    const pod = await whenStepRuns(run, 'verify-node', node, 600);
    await applySettings();
    await signal(pod, 'STOP', 'emissary');
    await signal(pod, 'STOP', 'step');
    await end(run);
    const second = await startNight();
    record.check(
      `${what}, with a step that ignores TERM: pods of the old run at work when the new one has waited and holds the Lease`,
      pod,
      await whenItHoldsTheLease(second, run),
    );
    await signal(pod, 'CONT', 'step');
    const refusal = `This run (${run}, ${(await getWorkflow(run)).metadata.uid}) does not hold the Lease k8s-upgrade`;
    const refuses = (log: string): boolean => log.includes(refusal);
    const log = await until('the old step refuses', 120, () => logOf(pod), refuses).catch(() => logOf(pod));
    record.check('… the old step, awake again', ...said(log, refusal));
    await signal(pod, 'CONT', 'emissary');
    await takenOver(record, `${what}, then at once a new run`, node, before, second);
  };

/** A deleted Workflow takes its pods with it: the kubelet kills what ignores TERM, and the new run waits for that. */
const killed: Scenario = async (record) => {
  const { run, pod, node, release, before } = await atWork();
  await signal(pod, 'STOP', 'step');
  await kubectl('delete', 'workflow', run, '-n', 'k8s-upgrade', '--wait=false');
  const second = await startNight();
  record.check(
    'the Workflow deleted, with a step that ignores TERM: pods of the old run at work when the new one holds the Lease',
    'none',
    await whenItHoldsTheLease(second, run),
  );
  await release();
  await takenOver(record, 'the Workflow deleted, then at once a new run', node, before, second);
};

/** The old step hears that it is to end. */
export const attached: readonly Scenario[] = [stopped, forceDeleted];

/** It does not. */
export const fenced: readonly Scenario[] = [
  outlives('argo stop', (run) => argo('stop', '-n', 'k8s-upgrade', run)),
  outlives('argo terminate', (run) => argo('terminate', '-n', 'k8s-upgrade', run)),
  killed,
];
