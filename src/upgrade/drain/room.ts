import { meets, type Labels, type Requirement } from '../kubernetes/label-selector.ts';

/** Amounts by resource name: cores, bytes or pieces. */
export type Amounts = Readonly<Record<string, number>>;

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}
/** A toleration. An undefined field matches everything, as in Kubernetes. */
export interface Toleration {
  readonly key: string | undefined;
  readonly operator: 'Exists' | 'Equal';
  readonly value: string;
  readonly effect: string | undefined;
}
/** All requirements must match. `fields` supports metadata.name only. */
export interface NodeTerm {
  readonly expressions: readonly Requirement[];
  readonly fields: readonly Requirement[];
}

/** Constraints on the nodes that may run a pod. */
export interface Placement {
  readonly nodeSelector: Labels;
  /** At least one term must match, when there are terms. */
  readonly nodeTerms: readonly NodeTerm[];
  readonly tolerations: readonly Toleration[];
}

/** What a pod requires of its node. */
export interface PodNeeds extends Placement {
  /** Includes `pods`, with the value 1. */
  readonly requests: Amounts;
}

export interface NodeRoom {
  readonly name: string;
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  readonly allocatable: Amounts;
  /** Ready and schedulable. A cordon of this project is removed before the next node begins. */
  readonly takesPods: boolean;
}

/**
 * Returns whether the scheduler could ever place the pod there, even on an empty node. It checks taints, selectors,
 * required node affinity and the resource types of the node. It does not check pod affinity, topology spread and
 * preemption.
 */
export function accepts(node: NodeRoom, needs: PodNeeds, volumeTerms: readonly (readonly NodeTerm[])[]): boolean {
  return (
    node.taints.every((taint) => isTolerated(taint, needs.tolerations)) &&
    Object.entries(needs.nodeSelector).every(([key, value]) => node.labels[key] === value) &&
    [needs.nodeTerms, ...volumeTerms].every((terms) => terms.length === 0 || terms.some((term) => holds(term, node))) &&
    Object.entries(needs.requests).every(([resource, amount]) => amount <= 0 || (node.allocatable[resource] ?? 0) > 0)
  );
}

export const isTolerated = (taint: Taint, tolerations: readonly Toleration[]): boolean =>
  taint.effect === 'PreferNoSchedule' ||
  tolerations.some(
    ({ key, operator, value, effect }) =>
      (effect === undefined || effect === taint.effect) &&
      (key === undefined ? operator === 'Exists' : key === taint.key) &&
      (operator === 'Exists' || value === taint.value),
  );

/** An empty term matches nothing. */
const holds = ({ expressions, fields }: NodeTerm, { name, labels }: NodeRoom): boolean =>
  expressions.length + fields.length > 0 &&
  expressions.every((each) => meets(each, labels[each.key])) &&
  fields.every((each) => meets(each, each.key === 'metadata.name' ? name : undefined));

/** Returns the requested resources that the node lacks; empty when the pod fits. */
export const insufficientResources = (free: Amounts, requests: Amounts): string[] =>
  Object.keys(requests)
    .filter((resource) => (requests[resource] ?? 0) > (free[resource] ?? 0))
    .sort();

export const plus = (a: Amounts, b: Amounts): Amounts => combined(a, b, (x, y) => x + y);
export const minus = (a: Amounts, b: Amounts): Amounts => combined(a, b, (x, y) => x - y);
export const larger = (a: Amounts, b: Amounts): Amounts => combined(a, b, Math.max);

const combined = (a: Amounts, b: Amounts, how: (x: number, y: number) => number): Amounts =>
  Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [key, how(a[key] ?? 0, b[key] ?? 0)]),
  );

export interface DisplacedPod {
  readonly name: string;
  readonly requests: Amounts;
  /** Nodes that accept the pod. */
  readonly to: readonly string[];
}

/**
 * Returns the pods that fit nowhere. It places the largest pod first, each on the first node with room. The result is
 * an estimate, because the scheduler has its own order. It does not depend on the order of the input.
 */
export function unplacedPods(movers: readonly DisplacedPod[], free: ReadonlyMap<string, Amounts>): string[] {
  const left = new Map([...free].sort(([a], [b]) => (a < b ? -1 : 1)));
  return largestFirst(movers)
    .filter(({ requests, to }) => {
      const place = [...left].find(
        ([node, room]) => to.includes(node) && insufficientResources(room, requests).length === 0,
      );
      if (place !== undefined) left.set(place[0], minus(place[1], requests));
      return place === undefined;
    })
    .map(({ name }) => name)
    .sort();
}

const largestFirst = (movers: readonly DisplacedPod[]): DisplacedPod[] => {
  const ask = ({ requests }: DisplacedPod, resource: string): number => requests[resource] ?? 0;
  return [...movers].sort(
    (a, b) => ask(b, 'memory') - ask(a, 'memory') || ask(b, 'cpu') - ask(a, 'cpu') || (a.name < b.name ? -1 : 1),
  );
};
