import { AppsV1Api, type V1PodSpec } from '@kubernetes/client-node';
import type { Workload } from '../../../upgrade/gate/addons/addon.ts';
import type { Compatibility } from '../../ports/compatibility.ts';
import { reading } from '../reading.ts';
import { listAll, type Api } from './api.ts';

export const workloadReads = (api: Api): Pick<Compatibility, 'workloads'> => ({
  workloads: () => reading(listWorkloads(api)),
});

async function listWorkloads(api: Api): Promise<readonly Workload[]> {
  const [deployments, daemonSets, statefulSets] = await Promise.all([
    listAll(api, 'list deployments.apps', (page) => api.group(AppsV1Api).listDeploymentForAllNamespaces(page)),
    listAll(api, 'list daemonsets.apps', (page) => api.group(AppsV1Api).listDaemonSetForAllNamespaces(page)),
    listAll(api, 'list statefulsets.apps', (page) => api.group(AppsV1Api).listStatefulSetForAllNamespaces(page)),
  ]);
  return [
    ...deployments.map((each) => toWorkload('Deployment', each)),
    ...daemonSets.map((each) => toWorkload('DaemonSet', each)),
    ...statefulSets.map((each) => toWorkload('StatefulSet', each)),
  ];
}

interface Templated {
  readonly metadata?: { readonly namespace?: string; readonly name?: string };
  readonly spec?: { readonly template: { readonly spec?: V1PodSpec } };
}

function toWorkload(kind: string, { metadata, spec }: Templated): Workload {
  const pod = spec?.template.spec;
  const containers = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
  const images = containers.flatMap(({ image }) => image ?? []);
  return { kind, namespace: metadata?.namespace ?? '', name: metadata?.name ?? '', images };
}
