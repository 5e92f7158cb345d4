import { CoreV1Api, type CoreV1Event } from '@kubernetes/client-node';
import type { RunsPort, UnscheduledPod } from '../../ports/lease.ts';
import { listAll, type Api } from './api.ts';

/** The scheduler tells what it does in Events; they outlive their pod, by an hour as API servers are set up. */
export const schedulingReads = (api: Api): Pick<RunsPort, 'unscheduled'> => ({
  async unscheduled({ name }) {
    const { namespace } = api;
    const fieldSelector = 'involvedObject.kind=Pod';
    const events = await listAll(api, `list events in ${namespace}`, (page) =>
      api.group(CoreV1Api).listNamespacedEvent({ namespace, fieldSelector, ...page }),
    );
    // Argo names the pods of a Workflow after it.
    const told = events.filter((event) => VERDICTS.includes(event.reason) && podOf(event).startsWith(`${name}-`));
    const byPod = [...Map.groupBy(told, podOf)].map(([pod, all]) => lastWord(pod, all));
    return byPod.flatMap((each) => each ?? []).sort((a, b) => (a.pod < b.pod ? -1 : 1));
  },
});

const VERDICTS: readonly (string | undefined)[] = ['FailedScheduling', 'Scheduled'];

function lastWord(pod: string, events: readonly CoreV1Event[]): UnscheduledPod | undefined {
  const last = [...events].sort((a, b) => timeOf(a) - timeOf(b)).at(-1);
  return last?.reason === 'FailedScheduling'
    ? { pod, because: last.message ?? 'the scheduler gave no reason' }
    : undefined;
}

const podOf = ({ involvedObject }: CoreV1Event): string => involvedObject.name ?? '';

/** client-node hands some of these out as text. */
const timeOf = ({ series, lastTimestamp, eventTime, metadata }: CoreV1Event): number =>
  Math.max(
    ...[series?.lastObservedTime, lastTimestamp, eventTime, metadata.creationTimestamp].map((time) =>
      new Date(time ?? 0).getTime(),
    ),
  );
