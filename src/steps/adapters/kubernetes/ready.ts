import type { KubeConfig, V1SelfSubjectAccessReview } from '@kubernetes/client-node';
import { describe, describeAnswer } from '../../runtime/retry.ts';
import type { ReadinessReads } from '../../ports/cluster.ts';
import type { Api } from './api.ts';
import { requestObject, send } from './rest.ts';

/** Short, because the caller asks again soon. */
const LIMITS = { timeoutSeconds: 5 };

/**
 * The access review is a question that a server can only answer once it reads etcd and its RBAC caches are full; what
 * is asked for is what Argo's executor needs right after a step has ended.
 */
export const readiness = ({ config, namespace }: Api): ReadinessReads => ({
  async apiReady() {
    try {
      const because = (await readyz(config)) ?? (await mayReport(config, namespace));
      return because === undefined ? { ready: true } : { ready: false, because };
    } catch (error) {
      return { ready: false, because: describe(error) };
    }
  },
});

async function readyz(config: KubeConfig): Promise<string | undefined> {
  const { status, text } = await send(config, { method: 'GET', path: '/readyz' }, LIMITS);
  return status === 200 ? undefined : `/readyz answered ${describeAnswer(status, text)}`;
}

async function mayReport(config: KubeConfig, namespace: string): Promise<string | undefined> {
  const asked = { namespace, verb: 'create', group: 'argoproj.io', resource: 'workflowtaskresults' };
  const body = { spec: { resourceAttributes: asked } };
  const { status } = await requestObject<V1SelfSubjectAccessReview>(
    config,
    { method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body },
    LIMITS,
  );
  return status?.allowed === true
    ? undefined
    : `it does not let us create workflowtaskresults.argoproj.io in ${namespace}: ${status?.reason || 'no reason given'}`;
}
