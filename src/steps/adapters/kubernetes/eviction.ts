/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- client-node's models are plain data */
import type { V1Eviction } from '@kubernetes/client-node';
import { httpMessage, httpStatus } from '../../harness/retry.ts';
import type { ClusterWrites, Eviction, NodePod } from '../../ports/cluster.ts';
import type { Api } from './api.ts';

export const evictions = (api: Api): Pick<ClusterWrites, 'evict'> => ({
  evict(pod, gracePeriodSeconds) {
    const { name, namespace } = pod;
    const body = evictionOf(pod, gracePeriodSeconds);
    return api.ask(`create pods/eviction in ${namespace}`, async () => {
      try {
        await api.core.createNamespacedPodEviction({ name, namespace, body });
        return { kind: 'evicted' } as const;
      } catch (error) {
        const answer = read(error);
        if (answer === undefined) throw error;
        return answer;
      }
    });
  },
});

const evictionOf = ({ name, namespace, uid }: NodePod, gracePeriodSeconds: number): V1Eviction => ({
  apiVersion: 'policy/v1',
  kind: 'Eviction',
  metadata: { name, namespace },
  deleteOptions: { gracePeriodSeconds, preconditions: { uid } },
});

/** The answers that are about this pod; undefined for trouble of the server, which is asked again. */
function read(error: unknown): Eviction | undefined {
  const because = httpMessage(error);
  const { kind } = ANSWERS.find(({ status, says }) => status === httpStatus(error) && says.test(because)) ?? {};
  return kind === 'held' ? { kind, because } : kind && { kind };
}

/** The first line that fits counts. */
const ANSWERS: readonly { status: number; says: RegExp; kind: 'gone' | 'held' }[] = [
  { status: 404, says: /(?:)/, kind: 'gone' },
  // Another pod has its name by now; the words differ by whether the API or the store notices.
  { status: 409, says: /UID in (the )?precondition/, kind: 'gone' },
  // A race that the next try may win.
  { status: 409, says: /(?:)/, kind: 'held' },
  { status: 429, says: /(?:)/, kind: 'held' },
  { status: 500, says: /more than one PodDisruptionBudget/, kind: 'held' },
  // Its namespace is being deleted: the pod goes with it, only later.
  { status: 403, says: /because it is being terminated/, kind: 'held' },
];
