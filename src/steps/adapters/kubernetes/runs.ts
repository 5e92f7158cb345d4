import type { Failure } from '../../../run/failures.ts';
import type { RunTask } from '../../../signals/run-durations.ts';
import type { RunsPort, UnscheduledPod } from '../../ports/lease.ts';
import type { Api } from './api.ts';
import { isMirror, phaseOf, WORKFLOW_LABEL } from './pods.ts';
import { EVENTS, PODS, timeMs, type CoreV1Event } from './resources.ts';
import { hasEnded, inputOf, nodesOf, readWorkflow, type ArgoNode } from './workflows.ts';

export const runsAdapter = (api: Api): RunsPort => ({
  async state(run) {
    const workflow = await readWorkflow(api, run);
    if (workflow?.metadata?.uid !== run.uid) return 'gone';
    return hasEnded(workflow) ? 'ended' : 'running';
  },
  async hasFailed(run) {
    const workflow = await readWorkflow(api, run);
    return workflow?.metadata?.uid === run.uid && nodesOf(workflow, run.name).some(failedForGood);
  },
  async failures(run) {
    const workflow = await readWorkflow(api, run);
    return workflow?.metadata?.uid === run.uid ? nodesOf(workflow, run.name).filter(isFailure).map(toFailure) : [];
  },
  async tasks(run) {
    const workflow = await readWorkflow(api, run);
    return workflow?.metadata?.uid === run.uid ? nodesOf(workflow, run.name).flatMap(tryTask) : [];
  },
  async isMemoized(run) {
    const workflow = await readWorkflow(api, run);
    const { uid, labels } = workflow?.metadata ?? {};
    if (workflow === undefined || uid !== run.uid || labels?.[RESUBMITTED_LABEL] === undefined) return false;
    return nodesOf(workflow, run.name).some(({ message }) => message?.startsWith(ORIGINAL_POD) === true);
  },
  async livePods({ name }) {
    const pods = await api.list(PODS, { namespace: api.namespace, labelSelector: `${WORKFLOW_LABEL}=${name}` });
    // A terminating pod runs until it has ended, so the deletion timestamp does not count here.
    // A kubelet may create mirror pods of any label on its own node: they are no pods of a run.
    return pods
      .filter((pod) => !isMirror(pod))
      .filter((pod) => {
        const phase = phaseOf(pod);
        return phase === 'Running' || phase === 'Unknown' || (phase === 'Pending' && Boolean(pod.spec?.nodeName));
      })
      .map((pod) => pod.metadata?.name ?? '')
      .sort();
  },
  unscheduled: ({ name }) => listUnscheduled(api, name),
});

/** On a Workflow that `argo resubmit` made, memoized or not. */
const RESUBMITTED_LABEL = 'workflows.argoproj.io/resubmitted-from-workflow';
/** What only a memoized one says of a step: FormulateResubmitWorkflow of Argo's workflow/util/util.go. */
const ORIGINAL_POD = 'original pod: ';

const hasFailedPhase = ({ phase }: ArgoNode): boolean => phase === 'Failed' || phase === 'Error';

/** A pod that failed may be one attempt of several; what holds the attempts together fails when none is left. */
const failedForGood = (node: ArgoNode): boolean => node.type !== 'Pod' && hasFailedPhase(node);

/** An attempt of the exit handler that failed is no reason why the run did. */
const OF_EXIT_HANDLER = /\.onExit(\(\d+\))?$/;
const isFailure = (node: ArgoNode): boolean => hasFailedPhase(node) && !OF_EXIT_HANDLER.test(node.displayName ?? '');

function toFailure(node: ArgoNode): Failure {
  const { displayName = 'unknown', message = '', finishedAt, outputs } = node;
  const exitCode = /^\d{1,3}$/.test(outputs?.exitCode ?? '') ? Number(outputs?.exitCode) : undefined;
  return { displayName, message, finishedAtMs: timeMs(finishedAt), exitCode, node: inputOf(node, 'node') };
}

/** `drain(0)` is an attempt, which what holds the attempts together counts; the exit handler is no part of the run. */
const NO_TASK = /\(\d+\)$|\.onExit$/;

function tryTask(node: ArgoNode): RunTask[] {
  const { type, displayName = '', startedAt, finishedAt } = node;
  const [from, to] = [timeMs(startedAt), timeMs(finishedAt)];
  if ((type !== 'Pod' && type !== 'Retry') || NO_TASK.test(displayName)) return [];
  if (from === undefined || to === undefined) return [];
  return [{ phase: displayName, node: inputOf(node, 'node'), seconds: Math.max(0, to - from) / 1000 }];
}

/** The scheduler tells what it does in Events; they outlive their pod, by an hour as API servers are set up. */
async function listUnscheduled(api: Api, run: string): Promise<readonly UnscheduledPod[]> {
  const events = await api.list(EVENTS, { namespace: api.namespace, fieldSelector: 'involvedObject.kind=Pod' });
  // Argo names the pods of a Workflow after it.
  const ofRun = events.filter((event) => VERDICTS.includes(event.reason) && podOf(event).startsWith(`${run}-`));
  const byPod = [...Map.groupBy(ofRun, podOf)].map(([pod, all]) => lastVerdict(pod, all));
  return byPod.flatMap((each) => each ?? []).sort((a, b) => (a.pod < b.pod ? -1 : 1));
}

const VERDICTS: readonly (string | undefined)[] = ['FailedScheduling', 'Scheduled'];

function lastVerdict(pod: string, events: readonly CoreV1Event[]): UnscheduledPod | undefined {
  const last = [...events].sort((a, b) => timeOf(a) - timeOf(b)).at(-1);
  return last?.reason === 'FailedScheduling'
    ? { pod, because: last.message ?? 'the scheduler gave no reason' }
    : undefined;
}

const podOf = ({ involvedObject }: CoreV1Event): string => involvedObject.name ?? '';

const timeOf = ({ series, lastTimestamp, eventTime, metadata }: CoreV1Event): number =>
  Math.max(
    ...[series?.lastObservedTime, lastTimestamp, eventTime, metadata.creationTimestamp].map((time) =>
      new Date(time ?? 0).getTime(),
    ),
  );
