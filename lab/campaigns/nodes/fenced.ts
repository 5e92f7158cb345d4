import { argo, kubectl, onNode, until } from '../../kit/commands.ts';
import { leaseHolder } from '../../kit/namespace.ts';
import { attemptsFor, attemptsOn, overlapsOn, workersInOrder } from '../../kit/nodes.ts';
import { logOf, logsOf, ofRun, stepPods, whenStepRuns } from '../../kit/pods.ts';
import { check, checkSays } from '../../kit/record.ts';
import type { Scenario } from '../../kit/runner.ts';
import { checkUpgraded, getWorkflow, startNight, whenEnded } from '../../kit/runs.ts';
import { podField } from '../../kit/workloads.ts';
import { applySettings, NEXT } from './cluster.ts';
import { forceDelete, holdKubeadm, whenKubeadmRuns } from './faults.ts';

interface AtWork {
  readonly run: string;
  readonly pod: string;
  readonly node: string;
  readonly release: () => Promise<void>;
  /** Attempts that the node had before. */
  readonly before: number;
}

/** A run that is at work on the first worker, held up in `kubeadm upgrade`. */
async function atWork(): Promise<AtWork> {
  const [node = ''] = await workersInOrder();
  const before = (await attemptsFor(node, NEXT)).length;
  const run = await startNight();
  const release = await holdKubeadm(node);
  const pod = await whenStepRuns(run, 'upgrade-node', node, 600);
  await whenKubeadmRuns(node);
  return { run, pod, node, release, before };
}

/** What must hold whatever became of the first run: the second took over what was under way, and did nothing twice. */
async function takenOver(
  what: string,
  { node, before }: Pick<AtWork, 'node' | 'before'>,
  second: string,
): Promise<void> {
  await checkUpgraded(`${what}: the new run ends`, await whenEnded(second, 900), NEXT);
  check(`… attempts that it took on ${node}`, '1', String((await attemptsFor(node, NEXT)).length - before));
  check('… attempts on one node at the same time', 'none', await overlapsOn(['w1', 'w2']));
}

/** Stopped while the node is at work: the new run attaches to that. */
const stopped: Scenario = async () => {
  const first = await atWork();
  const { run, node } = first;
  await argo('stop', '-n', 'k8s-upgrade', run);
  const second = await startNight();
  await whenStepRuns(second, 'upgrade-node', node, 600);
  const ofFirst = (await attemptsOn(node)).at(-1)?.unit ?? '';
  await first.release();
  await takenOver(`argo stop while ${node} is at work, then at once a new run`, first, second);
  checkSays('… it attached to the work of the stopped one', await logsOf(second, 'upgrade-node'), ofFirst);
};

/** Argo recreates the pod of a step after a forced deletion, and does not count it as a retry. */
const forceDeleted: Scenario = async () => {
  const first = await atWork();
  const { run, pod, node } = first;
  await forceDelete(pod);
  await whenStepRuns(run, 'upgrade-node', node, 300);
  await first.release();
  await takenOver(`the step pod of ${node} force-deleted`, first, run);
};

async function livePods(run: string): Promise<string> {
  const pods = await stepPods(ofRun(run));
  const names = pods.filter(({ status }) => status.phase === 'Running').map(({ metadata }) => metadata.name);
  return names.join(', ') || 'none';
}

/** `step`: the program of the step. `emissary`: Argo's, which starts it and hands every signal on to it, also the last. */
const PROCESSES = { step: '^/nodejs/bin/node /app/step.cjs', emissary: '^/var/run/argo/argoexec emissary .*step.cjs' };
type Which = keyof typeof PROCESSES;

/** Sends a signal to processes of one pod, and returns when it has found them. */
async function signal(pod: string, name: 'STOP' | 'CONT', which: Which): Promise<void> {
  const node = await podField('k8s-upgrade', pod, 'spec.nodeName');
  const ofPod = (await podField('k8s-upgrade', pod, 'metadata.uid')).replaceAll('-', '[-_]');
  const script = `for p in $(pgrep -f '${PROCESSES[which]}'); do grep -q ${ofPod} /proc/$p/cgroup && kill -${name} $p && echo sent; done; true`;
  const send = (): Promise<string> => onNode(node, script);
  await until(`SIG${name} for ${which} of ${pod}`, 30, send, (text) => text.includes('sent'));
}

/** The new run holds the Lease; what is still at work of the old one. */
async function whenItHoldsTheLease(second: string, run: string): Promise<string> {
  const mine = (await getWorkflow(second)).metadata.uid;
  await until('the new run holds the Lease', 400, leaseHolder, (holder) => holder.includes(mine));
  return livePods(run);
}

/**
 * Such a step does not end, because its emissary is stopped as well. It wakes up in its soak when the new run holds the Lease.
 * After the soak it would close the ledger of the node.
 */
const outlives =
  (command: 'stop' | 'terminate'): Scenario =>
  async () => {
    const [node = ''] = await workersInOrder();
    const before = (await attemptsFor(node, NEXT)).length;
    await applySettings({ nodes: { soakSeconds: 60 } });
    const run = await startNight();
    const pod = await whenStepRuns(run, 'verify-node', node, 600);
    await applySettings();
    await signal(pod, 'STOP', 'emissary');
    await signal(pod, 'STOP', 'step');
    await argo(command, '-n', 'k8s-upgrade', run);
    const second = await startNight();
    const what = `argo ${command}`;
    const atWorkStill = `${what}, with a step that ignores TERM: pods of the old run at work when the new one has waited and holds the Lease`;
    check(atWorkStill, pod, await whenItHoldsTheLease(second, run));
    await signal(pod, 'CONT', 'step');
    const refusal = `This run (${run}, ${(await getWorkflow(run)).metadata.uid}) does not hold the Lease k8s-upgrade`;
    const refuses = (log: string): boolean => log.includes(refusal);
    const log = await until('the old step refuses', 120, () => logOf(pod), refuses).catch(() => logOf(pod));
    checkSays('… the old step, awake again', log, refusal);
    await signal(pod, 'CONT', 'emissary');
    await takenOver(`${what}, then at once a new run`, { node, before }, second);
  };

/** A deleted Workflow takes its pods with it: the kubelet kills what ignores TERM, and the new run waits for that. */
const killed: Scenario = async () => {
  const first = await atWork();
  const { run, pod } = first;
  await signal(pod, 'STOP', 'step');
  await kubectl('delete', 'workflow', run, '-n', 'k8s-upgrade', '--wait=false');
  const second = await startNight();
  const what =
    'the Workflow deleted, with a step that ignores TERM: pods of the old run at work when the new one holds the Lease';
  check(what, 'none', await whenItHoldsTheLease(second, run));
  await first.release();
  await takenOver('the Workflow deleted, then at once a new run', first, second);
};

/** The old step hears that it is to end. */
export const attached: readonly Scenario[] = [stopped, forceDeleted];

/** It does not. */
export const fenced: readonly Scenario[] = [outlives('stop'), outlives('terminate'), killed];
