import type { V1Deployment } from '@kubernetes/client-node';
import { httpStatus } from '../../harness/retry.ts';
import type { Deployment, Deployments } from '../../ports/deployments.ts';
import { listAll, MERGE_PATCH, unlessMissing, type Api } from './api.ts';

export const heldAnnotation = (prefix: string): string => `${prefix}quiesced-replicas`;

export function deploymentAdapter(api: Api, prefix: string): Deployments {
  const key = heldAnnotation(prefix);
  return {
    async deployment(namespace, name) {
      const asked = api.ask(`get deployment ${namespace}/${name}`, () =>
        api.apps.readNamespacedDeployment({ namespace, name }),
      );
      const found = await unlessMissing(asked);
      return found === undefined ? undefined : toDeployment(found, key);
    },
    async heldDeployments() {
      const all = await listAll(api, 'list deployments.apps', (page) => api.apps.listDeploymentForAllNamespaces(page));
      return all
        .map((each) => toDeployment(each, key))
        .filter(({ held }) => held !== undefined)
        .sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
    },
    async scale({ namespace, name, revision }, { replicas, held }) {
      const annotations = { [key]: held === null ? null : String(held) };
      const body = {
        metadata: { resourceVersion: revision, annotations },
        ...(replicas !== undefined && { spec: { replicas } }),
      };
      try {
        await api.ask(`patch deployment ${namespace}/${name}`, () =>
          api.apps.patchNamespacedDeployment({ namespace, name, body }, MERGE_PATCH),
        );
        return 'written';
      } catch (error) {
        if (httpStatus(error) === 409) return 'changed';
        if (httpStatus(error) === 404) return 'gone';
        throw error;
      }
    },
  };
}

const pathOf = ({ namespace, name }: Deployment): string => `${namespace}/${name}`;

function toDeployment({ metadata, spec }: V1Deployment, key: string): Deployment {
  const text = metadata?.annotations?.[key];
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    revision: metadata?.resourceVersion ?? '',
    replicas: spec?.replicas ?? 1,
    held: text === undefined ? undefined : /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 'unreadable',
  };
}
