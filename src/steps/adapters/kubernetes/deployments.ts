import { REPLICAS_RESTORED, parseRecordedReplicas } from '../../../run/scaled-down.ts';
import type { DeploymentName, Deployments, HeldRecord } from '../../ports/deployments.ts';
import { resultOfWrite, type Api } from './api.ts';
import { runState } from './marks.ts';
import { DEPLOYMENTS } from './resources.ts';

/** By which a release up to 0.1.0 recorded the replicas, on the Deployment itself. */
export const oldHeldAnnotation = (prefix: string): string => `${prefix}quiesced-replicas`;

/** Held by an older release, at least when it was last seen. */
export async function leftAtZero(api: Api, prefix: string): Promise<readonly HeldRecord[]> {
  const all = await api.list(DEPLOYMENTS);
  const annotation = oldHeldAnnotation(prefix);
  return all
    .filter(({ spec }) => spec?.replicas === 0)
    .flatMap(({ metadata }) => {
      const replicas = parseRecordedReplicas(metadata?.annotations?.[annotation]);
      if (replicas === undefined) return [];
      return [{ namespace: metadata?.namespace ?? '', name: metadata?.name ?? '', replicas }];
    })
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

export function deploymentAdapter(api: Api, prefix: string): Deployments {
  const state = runState(api);
  const annotation = oldHeldAnnotation(prefix);
  return {
    async deployment(namespace, name) {
      const found = await api.find(DEPLOYMENTS, { namespace, name });
      if (found === undefined) return undefined;
      const record = (await state.read())?.[keyOf({ namespace, name })];
      const old = found.metadata?.annotations?.[annotation];
      return {
        namespace,
        name,
        revision: found.metadata?.resourceVersion ?? '',
        replicas: found.spec?.replicas ?? 1,
        held: parseRecordedReplicas(record ?? old),
        oldAnnotation: old !== undefined,
      };
    },
    async records() {
      return Object.entries((await state.read()) ?? {})
        .flatMap(([key, value]) => {
          const deployment = deploymentOf(key);
          const replicas = parseRecordedReplicas(value);
          return deployment === undefined || replicas === undefined ? [] : [{ ...deployment, replicas }];
        })
        .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    },
    async record(deployment, replicas) {
      const none = deployment.oldAnnotation ? REPLICAS_RESTORED : null;
      await state.write({ [keyOf(deployment)]: replicas === null ? none : String(replicas) });
    },
    scale({ namespace, name, revision }, replicas) {
      const body = { metadata: { resourceVersion: revision }, spec: { replicas } };
      return resultOfWrite(api.patch(DEPLOYMENTS, { namespace, name, subresource: 'scale' }, body));
    },
  };
}

const HELD = 'held.';
/** No namespace has a dot in its name. */
const keyOf = ({ namespace, name }: DeploymentName): string => `${HELD}${namespace}.${name}`;

/** Only names that Kubernetes accepts: a message puts them into a command. */
function deploymentOf(key: string): DeploymentName | undefined {
  const [, namespace, name] =
    /^held\.([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\.([a-z0-9](?:[a-z0-9.-]{0,181}[a-z0-9])?)$/.exec(key) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}
