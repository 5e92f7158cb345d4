import { NOTHING_EXCLUDED } from '../../upgrade/node/exclusion.ts';
import { FIRST_INTERNAL_IP } from '../../upgrade/node/ssh-address.ts';
import { systemClock } from '../adapters/clock.ts';
import { connectApi, type Api } from '../adapters/kubernetes/api.ts';
import { findConfig } from '../adapters/kubernetes/kubeconfig.ts';
import type { NodeRules } from '../adapters/kubernetes/node-reading.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunId } from '../ports/lease.ts';
import type { RunContext } from '../../contract/run-context.ts';
import type { Tools } from '../runtime/run-step.ts';

/** The API server, asked on behalf of one run. Each client of this folder is made from it. */
export interface Connection {
  readonly api: Api;
  readonly me: RunId;
  readonly clock: Clock;
  readonly tools: Pick<Tools, 'log' | 'signal'>;
  readonly annotationPrefix: string;
  readonly nodeRules: NodeRules;
}

/** `patienceSeconds`: how long an API server that is away is asked again. Left out: the default of `retryTransient`. */
export function connect(
  context: RunContext,
  tools: Pick<Tools, 'log' | 'signal'>,
  patienceSeconds?: number,
): Connection {
  const { namespace, annotationPrefix } = context;
  const { log, signal } = tools;
  const clock = systemClock(signal);
  const patience = patienceSeconds === undefined ? {} : { patienceSeconds };
  return {
    api: connectApi(findConfig(), { namespace, clock, log, signal, ...patience }),
    me: { uid: context.runUid, name: context.runName },
    clock,
    tools,
    annotationPrefix,
    nodeRules: {
      prefix: annotationPrefix,
      exclude: context.excludeNodes ?? NOTHING_EXCLUDED,
      address: context.sshAddress ?? FIRST_INTERNAL_IP,
    },
  };
}
