/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- client-node's models are plain data */
import { AuthorizationV1Api, HttpMethod, type Configuration, type KubeConfig } from '@kubernetes/client-node';
import { describe, describeAnswer } from '../../runtime/retry.ts';
import type { ReadinessReads } from '../../ports/cluster.ts';
import { requestsTo, type Api } from './api.ts';

/** Short, because the caller asks again soon. */
const READY_TIMEOUT_SECONDS = 5;

/**
 * The access review is a question that a server can only answer once it reads etcd and its RBAC caches are full; what
 * is asked for is what Argo's executor needs right after a step has ended.
 */
export const readiness = ({ config, namespace }: Api): ReadinessReads => ({
  async apiReady() {
    try {
      const requests = requestsTo(config, READY_TIMEOUT_SECONDS);
      const because = (await readyz(config, requests)) ?? (await mayReport(requests, namespace));
      return because === undefined ? { ready: true } : { ready: false, because };
    } catch (error) {
      return { ready: false, because: describe(error) };
    }
  },
});

async function readyz(config: KubeConfig, { baseServer, httpApi }: Configuration): Promise<string | undefined> {
  const request = baseServer.makeRequestContext('/readyz', HttpMethod.GET);
  request.setSignal(AbortSignal.timeout(READY_TIMEOUT_SECONDS * 1000));
  await config.applySecurityAuthentication(request);
  const { httpStatusCode, body } = await httpApi.send(request).toPromise();
  const text = await body.text();
  return httpStatusCode === 200 ? undefined : `/readyz answered ${describeAnswer(httpStatusCode, text)}`;
}

async function mayReport(requests: Configuration, namespace: string): Promise<string | undefined> {
  const asked = { namespace, verb: 'create', group: 'argoproj.io', resource: 'workflowtaskresults' };
  const body = { spec: { resourceAttributes: asked } };
  const { status } = await new AuthorizationV1Api(requests).createSelfSubjectAccessReview({ body });
  return status?.allowed === true
    ? undefined
    : `it does not let us create workflowtaskresults.argoproj.io in ${namespace}: ${status?.reason || 'no reason given'}`;
}
