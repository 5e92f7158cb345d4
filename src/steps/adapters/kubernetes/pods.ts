import type { V1Pod } from '@kubernetes/client-node';
import type { ClusterReads, NodePod } from '../../ports/cluster.ts';
import { listAll, type Api } from './api.ts';

/** The label by which Argo marks the pods of a Workflow. */
export const WORKFLOW_LABEL = 'workflows.argoproj.io/workflow';
const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed'] as const;

export const podReads = (api: Api): Pick<ClusterReads, 'podsOn'> => ({
  async podsOn(node) {
    const fieldSelector = `spec.nodeName=${node}`;
    const pods = await listAll(api, 'list pods', (page) =>
      api.core.listPodForAllNamespaces({ fieldSelector, ...page }),
    );
    return pods.map(toNodePod).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  },
});

const sortKey = ({ namespace, name }: NodePod): string => `${namespace}/${name}`;

export function toNodePod(pod: V1Pod): NodePod {
  const { metadata, spec } = pod;
  const controller = metadata?.ownerReferences?.find((owner) => owner.controller);
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    labels: metadata?.labels ?? {},
    phase: phaseOf(pod),
    ready: isReady(pod),
    terminating: metadata?.deletionTimestamp !== undefined,
    dueAtMs: metadata?.deletionTimestamp?.getTime(),
    finalizers: metadata?.finalizers ?? [],
    mirror: isMirror(pod),
    daemonSet: controller?.kind === 'DaemonSet' && controller.apiVersion.startsWith('apps/'),
    controlled: controller !== undefined,
    emptyDir: spec?.volumes?.some(({ emptyDir }) => emptyDir !== undefined) ?? false,
    claims: claimsOf(pod),
    workflow: metadata?.labels?.[WORKFLOW_LABEL],
  };
}

/** An ephemeral volume has a claim named after the pod and itself. */
const claimsOf = ({ metadata, spec }: V1Pod): string[] =>
  (spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) =>
    persistentVolumeClaim !== undefined
      ? [persistentVolumeClaim.claimName]
      : ephemeral !== undefined
        ? [`${metadata?.name ?? ''}-${name}`]
        : [],
  );

export const phaseOf = (pod: V1Pod): NodePod['phase'] =>
  PHASES.find((phase) => phase === pod.status?.phase) ?? 'Unknown';

export const isMirror = (pod: V1Pod): boolean =>
  pod.metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined;

export const isReady = (pod: V1Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
