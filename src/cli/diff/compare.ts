/** One object of dist/, as YAML reads it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Name of the cluster → its objects. */
export type Clusters = ReadonlyMap<string, readonly Manifest[]>;

/** undefined: there is nothing at that path. */
export interface Change {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

export type Difference =
  | { readonly kind: 'added' | 'removed'; readonly object: string }
  | { readonly kind: 'changed'; readonly object: string; readonly changes: readonly Change[] };

/** A difference and every cluster that has it. */
export interface Grouped {
  readonly difference: Difference;
  readonly clusters: readonly string[];
}

export interface Comparison {
  readonly newClusters: readonly { readonly name: string; readonly objects: number }[];
  readonly goneClusters: readonly { readonly name: string; readonly objects: number }[];
  readonly differences: readonly Grouped[];
}

export function compare(before: Clusters, after: Clusters): Comparison {
  const only = (these: Clusters, others: Clusters) =>
    [...these].filter(([name]) => !others.has(name)).map(([name, objects]) => ({ name, objects: objects.length }));
  const both = [...after].filter(([name]) => before.has(name));
  return {
    newClusters: only(after, before),
    goneClusters: only(before, after),
    differences: group(both.flatMap(([name, objects]) => ofCluster(name, before.get(name) ?? [], objects))),
  };
}

interface InCluster {
  readonly cluster: string;
  readonly difference: Difference;
}

function ofCluster(cluster: string, before: readonly Manifest[], after: readonly Manifest[]): InCluster[] {
  const [old, now] = [byIdentity(before), byIdentity(after)];
  const objects = [...new Set([...old.keys(), ...now.keys()])].sort();
  return objects.flatMap((object) => {
    const difference = ofObject(object, old.get(object), now.get(object));
    return difference === undefined ? [] : [{ cluster, difference }];
  });
}

function ofObject(object: string, before: Manifest | undefined, after: Manifest | undefined): Difference | undefined {
  if (before === undefined) return { kind: 'added', object };
  if (after === undefined) return { kind: 'removed', object };
  const changes = changesOf(before, after, '');
  return changes.length === 0 ? undefined : { kind: 'changed', object, changes };
}

/** Without the version of its API: an object that moves to another one is the same object. */
const byIdentity = (objects: readonly Manifest[]): Map<string, Manifest> =>
  new Map(objects.map((object) => [identityOf(object), object]));

function identityOf({ kind, metadata: { name, namespace } }: Manifest): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

const ORDER = ['added', 'removed', 'changed'] as const;

function group(all: readonly InCluster[]): Grouped[] {
  const groups = new Map<string, { difference: Difference; clusters: string[] }>();
  for (const { cluster, difference } of all) {
    const key = JSON.stringify(difference, (_, value: unknown) => (value === undefined ? '(nothing)' : value));
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { difference, clusters: [cluster] });
    else known.clusters.push(cluster);
  }
  const rank = ({ difference }: Grouped): string => `${ORDER.indexOf(difference.kind)}${difference.object}`;
  return [...groups.values()]
    .map(({ difference, clusters }) => ({ difference, clusters: clusters.sort() }))
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

// ---- inside of an object ---------------------------------------------------------------------------------------------

function changesOf(before: unknown, after: unknown, path: string): Change[] {
  if (isSection(before) && isSection(after))
    return membersOf(before, after, (key) => (path === '' ? key : `${path}.${key}`));
  const [old, now] = [named(before), named(after)];
  if (old !== undefined && now !== undefined) {
    return [
      ...membersOf(Object.fromEntries(old), Object.fromEntries(now), (name) => `${path}[${name}]`),
      ...orderOf([...old.keys()], [...now.keys()], path),
    ];
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

function membersOf(before: Section, after: Section, pathOf: (key: string) => string): Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => changesOf(before[key], after[key], pathOf(key)));
}

/** Compares the order of the members that are in both lists. A new member is a difference of its own. */
function orderOf(before: readonly string[], after: readonly string[], path: string): Change[] {
  const [old, now] = [before.filter((name) => after.includes(name)), after.filter((name) => before.includes(name))];
  return old.join() === now.join() ? [] : [{ path: `${path} (order)`, before: old, after: now }];
}

type Section = Readonly<Record<string, unknown>>;
const isSection = (value: unknown): value is Section =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** By what the members of a list are called, when each has a name of its own; undefined for any other value. */
function named(value: unknown): Map<string, unknown> | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  for (const key of ['name', 'alert']) {
    const names = value.map((member) => (isSection(member) ? member[key] : undefined));
    if (names.every((name) => typeof name === 'string') && new Set(names).size === names.length)
      return new Map(value.map((member, place) => [names[place] ?? '', member as unknown]));
  }
  return undefined;
}
