import { kubeTag, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { HOLD_COMMAND } from '../../upgrade/host/node-packages.ts';
import { neededImages, type NodeImages } from '../../upgrade/prepare/images.ts';
import type { NodePackages } from '../../upgrade/prepare/packages.ts';
import { permanent, type Problem } from '../../upgrade/prepare/script-output.ts';
import type { PrepareInput } from './contract.ts';
import type { NodeToPrepare, PrepareFacts } from './observe.ts';

export interface NodeProblems {
  readonly problems: readonly Problem[];
}

/** What stands in the way on one node, or a log line about what was fetched there. */
export type NodeResult = NodeProblems | { readonly summary: string };

/** Problems that prevent the preparation of every node. */
export function clusterProblems({ images }: PrepareFacts): Problem[] {
  if (images === undefined || images.known) return [];
  return [
    permanent(
      `The images of the cluster are unknown: ${images.reason}. To skip the check of images, set prepare.images: off`,
    ),
  ];
}

export const notHeld = (node: string, complaint: string): Problem => ({
  text: `An earlier attempt left packages of ${node} unheld, and they cannot be held: ${complaint}\nHold them there: ${HOLD_COMMAND}`,
  mayPass: true,
});

export const notBegun = ({ task: { name } }: NodeToPrepare, patienceSeconds: number): Problem => ({
  text: `${name} was not prepared: the nodes before it took longer than ${patienceSeconds} s. Fetched packages and images stay, so the next attempt takes less time.`,
  mayPass: true,
});

/** The images that one node needs. A kubeadm that lists none is a problem. */
export function imagesFor(
  { task }: NodeToPrepare,
  { images }: PrepareFacts,
  packages: NodePackages,
  { skipPhases, ignorePreflightErrors, target }: PrepareInput,
): { readonly needed: readonly string[] } | NodeProblems {
  if (images?.known !== true) return { needed: [] };
  const needs = { role: task.role, cluster: images.value, skipPhases, ignorePreflightErrors };
  const needed = neededImages(packages.images, needs);
  if (needed.length > 0) return { needed };
  return {
    problems: [
      permanent(`The kubeadm of ${kubeTag(target)} lists no images on ${task.name}, expected at least pause.`),
    ],
  };
}

const MIB = 2 ** 20;

/** Returns a log line: the verified packages, the present images and what was downloaded. */
export function describe(node: string, { versions, fetched }: NodePackages, images: NodeImages | undefined): string {
  const bytes = fetched.reduce((sum, file) => sum + file.bytes, 0);
  const got =
    fetched.length === 0 ? 'nothing was left to fetch' : `fetched ${fetched.length}, ${Math.ceil(bytes / MIB)} MiB`;
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const summary = `${node}: packages verified (${packages.join(', ')}): ${got}.`;
  return images === undefined ? summary : `${summary} Images: ${describeImages(images)}.`;
}

function describeImages({ present, pulled }: NodeImages): string {
  const there = `${present.length} there`;
  return pulled.length === 0 ? there : `${there}, ${pulled.length} pulled (${pulled.join(', ')})`;
}

export const nothingToFetch = (node: string, target: KubeVersion): string =>
  `${node}: runs ${kubeTag(target)} already, nothing to fetch.`;

interface Conclusion {
  readonly kind: 'ready' | 'refuse' | 'try-again';
  readonly because: string;
}

/** Lists every problem once, in the order of the nodes. Refuses unless every problem may pass by itself. */
export function conclude(problems: readonly Problem[], nodes: number, target: KubeVersion): Conclusion {
  if (problems.length === 0) return { kind: 'ready', because: `${count(nodes)} ready for ${kubeTag(target)}.` };
  const lines = [...new Set(problems.map(({ text }) => text)), 'No node was cordoned, and nothing was installed.'];
  const kind = problems.every(({ mayPass }) => mayPass) ? 'try-again' : 'refuse';
  return { kind, because: lines.join('\n') };
}

const count = (nodes: number): string => (nodes === 1 ? '1 node is' : `${nodes} nodes are`);
