import type { V1Container } from '@kubernetes/client-node';
import {
  formatKubeVersion,
  kubeTag,
  tryParseKubeVersion,
  type KubeVersion,
} from '../../../upgrade/kubernetes/kube-version.ts';
import { CONTROL_PLANE_COMPONENTS, type StaticPod } from '../../../upgrade/node/node.ts';
import type { Api } from './api.ts';
import { isMirror, isReady } from './pods.ts';
import { PODS, type V1Pod } from './resources.ts';
import { parseFlags } from '../../../upgrade/gate/boundary/flags.ts';
import type { Written } from '../../../upgrade/gate/boundary/configuration.ts';
import { known, notKnown, type Reading } from '../../../upgrade/reading.ts';
import type { Compatibility, StartedPod } from '../../ports/compatibility.ts';
import { reading } from '../../runtime/step-error.ts';

/** The mirror pods that kubeadm's static pods show themselves by. */
export async function listStaticPods(api: Api, node?: string): Promise<readonly V1Pod[]> {
  const where = { namespace: 'kube-system', labelSelector: 'tier=control-plane' };
  const pods = await api.list(PODS, node === undefined ? where : { ...where, fieldSelector: `spec.nodeName=${node}` });
  return pods.filter(isMirror);
}

export const nodeOf = (pod: V1Pod): string => pod.spec?.nodeName ?? '';

/** In the order of the components, whatever order the pods came in. */
export const staticPods = (pods: readonly V1Pod[]): readonly StaticPod[] =>
  CONTROL_PLANE_COMPONENTS.flatMap((component) =>
    pods
      .filter((pod) => pod.metadata?.labels?.['component'] === component)
      .map((pod) => {
        const image = imageOf(pod, component);
        const version = versionOf(image);
        return { component, version, ready: isReady(pod), ...(version === undefined && { image }) };
      }),
  );

const imageOf = (pod: V1Pod, component: string): string =>
  pod.spec?.containers.find(({ name }) => name === component)?.image ?? '';

/**
 * The tag of `registry:5000/kube-apiserver:v1.34.9@sha256:…`, when it is a release of Kubernetes. Whatever follows the
 * release is a vendor's, and 0.x is the numbering of other projects, such as the scheduler of scheduler-plugins.
 */
function versionOf(image: string): KubeVersion | undefined {
  const [reference = ''] = image.split('@');
  const [, tag = ''] = /:([^:/]+)$/.exec(reference) ?? [];
  const version = tryParseKubeVersion(tag);
  if (version === undefined || version.major === 0) return undefined;
  return [kubeTag(version), formatKubeVersion(version)].includes(tag) ? version : undefined;
}

export const startedPodReads = (api: Api): Pick<Compatibility, 'startedPods'> => ({
  startedPods: () => reading(listStaticPods(api).then((pods) => pods.flatMap(toStartedPod))),
});

const COMPONENTS = [...CONTROL_PLANE_COMPONENTS, 'etcd'] as const;

function toStartedPod(pod: V1Pod): StartedPod[] {
  const component = COMPONENTS.find((each) => each === pod.metadata?.labels?.['component']);
  if (component === undefined) return [];
  const node = nodeOf(pod);
  const container = pod.spec?.containers.find(({ name }) => name === component);
  const flags = container === undefined ? noContainer(component, node) : flagsOf(container, component, node);
  return [{ node, component, image: container?.image ?? '', flags }];
}

const noContainer = (component: string, node: string): Reading<Written> =>
  notKnown(`the pod of ${component} on ${node} has no container of that name`);

/** Flags can only be told from the words of a program that is started by its own name, not by a shell. */
function flagsOf({ command = [], args = [] }: V1Container, component: string, node: string): Reading<Written> {
  const words = [...command, ...args];
  const firstFlag = words.findIndex((word) => word.startsWith('-'));
  const program = words.slice(0, firstFlag === -1 ? words.length : firstFlag).at(-1) ?? 'nothing';
  if (program.split('/').at(-1) !== component) {
    return notKnown(`the pod of ${component} on ${node} is started by ${program}, whose flags we cannot read`);
  }
  return known({ flags: parseFlags(words), featureGates: {} });
}
