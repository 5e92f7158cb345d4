import { meets, type Labels, type Requirement } from '../kubernetes/label-selector.ts';

/** By resource name: cores, bytes, pieces. */
export type Amounts = Readonly<Record<string, number>>;

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}
/** Undefined fields stand for everything, as in Kubernetes. */
export interface Toleration {
  readonly key: string | undefined;
  readonly operator: 'Exists' | 'Equal';
  readonly value: string;
  readonly effect: string | undefined;
}
/** All of it must hold; `fields` knows metadata.name alone. */
export interface NodeTerm {
  readonly expressions: readonly Requirement[];
  readonly fields: readonly Requirement[];
}

/** Which nodes a pod may run on. */
export interface Placement {
  readonly nodeSelector: Labels;
  /** One of these must hold, when there are any. */
  readonly nodeTerms: readonly NodeTerm[];
  readonly tolerations: readonly Toleration[];
}

/** What a pod asks of the node that it runs on. */
export interface PodNeeds extends Placement {
  /** `pods` included: one. */
  readonly requests: Amounts;
}

export interface NodeRoom {
  readonly name: string;
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  readonly allocatable: Amounts;
  /** Ready, and given pods: a cordon of ours is lifted before the next node begins. */
  readonly takesPods: boolean;
}

/**
 * Whether the scheduler could ever put the pod there, however empty the node is: taints, selectors, required node
 * affinity, and kinds of resources that the node has at all. Pod affinity, spreading and preemption are not looked at.
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

/** A term that says nothing matches nothing. */
const holds = ({ expressions, fields }: NodeTerm, { name, labels }: NodeRoom): boolean =>
  expressions.length + fields.length > 0 &&
  expressions.every((each) => meets(each, labels[each.key])) &&
  fields.every((each) => meets(each, each.key === 'metadata.name' ? name : undefined));

/** Of the resources asked for, those of which there is too little; empty when the pod has room. */
export const shortOf = (free: Amounts, requests: Amounts): string[] =>
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

export interface Mover {
  readonly name: string;
  readonly requests: Amounts;
  /** Nodes that accept it. */
  readonly to: readonly string[];
}

/**
 * Who finds no place when the movers are put, the largest first, each on the first node with room: an estimate, since
 * the scheduler has its own order. The order of the inputs does not matter.
 */
export function withoutPlace(movers: readonly Mover[], free: ReadonlyMap<string, Amounts>): string[] {
  const left = new Map([...free].sort(([a], [b]) => (a < b ? -1 : 1)));
  return largestFirst(movers)
    .filter(({ requests, to }) => {
      const place = [...left].find(([node, room]) => to.includes(node) && shortOf(room, requests).length === 0);
      if (place !== undefined) left.set(place[0], minus(place[1], requests));
      return place === undefined;
    })
    .map(({ name }) => name)
    .sort();
}

const largestFirst = (movers: readonly Mover[]): Mover[] => {
  const ask = ({ requests }: Mover, resource: string): number => requests[resource] ?? 0;
  return [...movers].sort(
    (a, b) => ask(b, 'memory') - ask(a, 'memory') || ask(b, 'cpu') - ask(a, 'cpu') || (a.name < b.name ? -1 : 1),
  );
};
