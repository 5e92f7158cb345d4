/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- client-node's models are plain data */
import type { V1Eviction } from '@kubernetes/client-node';
import { httpMessage, httpStatus, retryAfterSeconds } from '../../harness/retry.ts';
import type { ClusterWrites, Eviction, NodePod } from '../../ports/cluster.ts';
import type { Api } from './api.ts';

export const evictions = (api: Api): Pick<ClusterWrites, 'evict' | 'deletePod'> => ({
  evict(pod, gracePeriodSeconds) {
    const { name, namespace } = pod;
    const body = evictionOf(pod, gracePeriodSeconds);
    return api.ask(`create pods/eviction in ${namespace}`, () =>
      answerTo(api.core.createNamespacedPodEviction({ name, namespace, body })),
    );
  },
  deletePod({ name, namespace, uid }, gracePeriodSeconds) {
    const body = { gracePeriodSeconds, preconditions: { uid } };
    return api.ask(`delete pods in ${namespace}`, () =>
      answerTo(api.core.deleteNamespacedPod({ name, namespace, body })),
    );
  },
});

async function answerTo(request: Promise<unknown>): Promise<Eviction> {
  try {
    await request;
    return { kind: 'evicted' };
  } catch (error) {
    const answer = read(error);
    if (answer === undefined) throw error;
    return answer;
  }
}

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
  if (kind !== 'held' && !(kind === undefined && WEBHOOK.test(because))) return kind && { kind };
  const askAgainSeconds = retryAfterSeconds(error);
  return { kind: 'held', because, ...(askAgainSeconds !== undefined && { askAgainSeconds }) };
}

/** Whatever its code: a webhook that denies an eviction may be moving the pod by itself, one that is down may come back. */
const WEBHOOK = /^admission webhook ".+" denied the request|failed calling webhook/;

/** The first line that fits counts. https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/ */
const ANSWERS: readonly { status: number; says: RegExp; kind: 'gone' | 'held' }[] = [
  { status: 404, says: /(?:)/, kind: 'gone' },
  // Another pod has its name by now; the words differ by whether the API or the store notices.
  { status: 409, says: /UID in (the )?precondition/, kind: 'gone' },
  // A race that the next try may win.
  { status: 409, says: /(?:)/, kind: 'held' },
  // Any other 429 is of an API server that has too much to do.
  { status: 429, says: /disruption budget/, kind: 'held' },
  { status: 500, says: /more than one PodDisruptionBudget/, kind: 'held' },
  // Its namespace is being deleted: the pod goes with it, only later.
  { status: 403, says: /because it is being terminated/, kind: 'held' },
  // Evictions that the controller has not confirmed yet.
  { status: 403, says: /DisruptedPods map too big|disruptions allowed is negative/, kind: 'held' },
];
