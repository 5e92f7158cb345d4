import type { V1NodeSelectorRequirement, V1OwnerReference } from '@kubernetes/client-node';
import type { Requirement } from '../../../upgrade/kubernetes/label-selector.ts';
import { isPinned, toleratesCordon } from '../../../upgrade/drain/node-bound.ts';
import type { Placement } from '../../../upgrade/drain/room.ts';
import type { ClusterReads, NodePod } from '../../ports/cluster.ts';
import type { Api } from './api.ts';
import { toToleration } from './needs.ts';
import { PODS, timeMs, type V1Pod, type V1PodSpec } from './resources.ts';
import { toRequirement } from './selector.ts';

/** The label by which Argo marks the pods of a Workflow. */
export const WORKFLOW_LABEL = 'workflows.argoproj.io/workflow';
const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed'] as const;

export const podReads = (api: Api): Pick<ClusterReads, 'podsOn'> => ({
  async podsOn(node) {
    const pods = await api.list(PODS, { fieldSelector: `spec.nodeName=${node}` });
    return pods.map(toNodePod).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  },
});

const sortKey = ({ namespace, name }: NodePod): string => `${namespace}/${name}`;

export function toNodePod(pod: V1Pod): NodePod {
  const { metadata, spec } = pod;
  const controller = metadata?.ownerReferences?.find((owner) => owner.controller);
  const placement = placementOf(spec);
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    labels: metadata?.labels ?? {},
    phase: phaseOf(pod),
    ready: isReady(pod),
    terminating: metadata?.deletionTimestamp !== undefined,
    dueAtMs: timeMs(metadata?.deletionTimestamp),
    finalizers: metadata?.finalizers ?? [],
    mirror: isMirror(pod),
    daemonSet: controller?.kind === 'DaemonSet',
    boundToNode: isNode(controller) || (controller !== undefined && toleratesCordon(placement) && isPinned(placement)),
    toleratesCordon: toleratesCordon(placement),
    controlled: controller !== undefined,
    madeBy: makerOf(pod, controller),
    emptyDir: spec?.volumes?.some(({ emptyDir }) => emptyDir !== undefined) ?? false,
    claims: claimsOf(pod),
    workflow: metadata?.labels?.[WORKFLOW_LABEL],
  };
}

/** Which nodes may take the pod. Terms with an operator other than `In` name no single node, so they are left out. */
function placementOf(spec: V1PodSpec | undefined): Placement {
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const namedNodes = (all: readonly V1NodeSelectorRequirement[] = []): readonly Requirement[] =>
    all.filter(({ operator }) => operator === 'In').map(toRequirement);
  return {
    nodeSelector: spec?.nodeSelector ?? {},
    tolerations: (spec?.tolerations ?? []).map(toToleration),
    nodeTerms: (required?.nodeSelectorTerms ?? []).map(({ matchExpressions, matchFields }) => ({
      expressions: namedNodes(matchExpressions),
      fields: namedNodes(matchFields),
    })),
  };
}

/** The owner of a mirror pod. https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/ */
const isNode = (owner: V1OwnerReference | undefined): boolean => owner?.kind === 'Node' && owner.apiVersion === 'v1';

function makerOf({ metadata }: V1Pod, controller: V1OwnerReference | undefined): string {
  const namespace = metadata?.namespace ?? '';
  if (controller !== undefined) return `${controller.kind} ${namespace}/${controller.name}`;
  const generateName = metadata?.generateName;
  return generateName === undefined ? `pod ${namespace}/${metadata?.name ?? ''}` : `pods ${namespace}/${generateName}*`;
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
