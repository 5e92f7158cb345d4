import { quotedDenial, parseForbidden } from '../../../upgrade/drain/admission-denial.ts';
import { httpMessage, httpStatus, retryAfterSeconds } from '../../runtime/retry.ts';
import type { Eviction, NodePod, PodReads, PodWrites } from '../../ports/cluster.ts';
import type { Api } from './api.ts';
import { pathOf, PODS } from './resources.ts';
import type { RestRequest } from './rest.ts';

export const evictions = (api: Api): PodWrites & Pick<PodReads, 'wouldEvict'> => ({
  evict: (pod, gracePeriodSeconds) => createEviction(api, pod, gracePeriodSeconds),
  deletePod({ name, namespace, uid }, gracePeriodSeconds) {
    const body = { gracePeriodSeconds, preconditions: { uid } };
    return api.ask(`delete pods in ${namespace}`, () =>
      answerTo(api, { method: 'DELETE', path: pathOf(PODS, { namespace, name }), body }),
    );
  },
  wouldEvict: (pod, gracePeriodSeconds) => createEviction(api, pod, gracePeriodSeconds, 'All'),
});

function createEviction(
  api: Api,
  { name, namespace, uid }: NodePod,
  gracePeriodSeconds: number,
  dryRun?: 'All',
): Promise<Eviction> {
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
    deleteOptions: { gracePeriodSeconds, preconditions: { uid } },
  };
  return api.ask(`create pods/eviction in ${namespace}`, () =>
    answerTo(api, {
      method: 'POST',
      path: pathOf(PODS, { namespace, name, subresource: 'eviction' }),
      query: { dryRun },
      body,
    }),
  );
}

async function answerTo(api: Api, request: RestRequest): Promise<Eviction> {
  try {
    await api.request(request);
    return { kind: 'evicted' };
  } catch (error) {
    const answer = read(error);
    if (answer === undefined) throw error;
    return answer;
  }
}

/** The answers that are about this pod; undefined for trouble of the server and for a missing permission. */
function read(error: unknown): Eviction | undefined {
  const message = httpMessage(error);
  // The text goes first: a webhook chooses its status, so its 404 does not say that the pod is gone.
  const kind =
    byText(message) ?? ANSWERS.find(({ status, says }) => status === httpStatus(error) && says.test(message))?.kind;
  if (kind === undefined || kind === 'gone') return kind && { kind };
  const because = quotedDenial(message);
  if (kind === 'denied') return { kind, because };
  const askAgainSeconds = retryAfterSeconds(error);
  return { kind, because, ...(askAgainSeconds !== undefined && { askAgainSeconds }) };
}

/**
 * What an admission plugin says, whatever the HTTP status. A webhook that denies an eviction may be moving the pod by itself,
 * and one that is down may come back. A policy does nothing but deny.
 */
function byText(message: string): 'held' | 'denied' | undefined {
  const forbidden = parseForbidden(message);
  if (forbidden.kind === 'denied') return forbidden.denial.by === 'webhook' ? 'held' : 'denied';
  return forbidden.kind === 'plugin' || WEBHOOK_TROUBLE.test(message) ? 'held' : undefined;
}

const WEBHOOK_TROUBLE = /failed calling webhook|^admission webhook "[^"]+" does not support dry run/;

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
