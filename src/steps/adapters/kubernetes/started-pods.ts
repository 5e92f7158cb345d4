import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { parseFlags } from '../../../upgrade/gate/boundary/flags.ts';
import type { Written } from '../../../upgrade/gate/boundary/configuration.ts';
import { CONTROL_PLANE_COMPONENTS } from '../../../upgrade/node/node.ts';
import { known, notKnown, type Reading } from '../../../upgrade/reading.ts';
import type { Compatibility, StartedPod } from '../../ports/compatibility.ts';
import { reading } from '../reading.ts';
import type { Api } from './api.ts';
import { listStaticPods, nodeOf } from './static-pods.ts';

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
