import { markAnnotations, RUN_STATE } from '../../../run/in-flight.ts';
import { KILL_SWITCH } from '../../../run/stop.ts';
import type { ClusterReads, ClusterWrites } from '../../ports/cluster.ts';
import { readConfigMap, type Api } from './api.ts';
import { CONFIG_MAPS, NAMESPACES } from './resources.ts';
import { isStatus } from '../../runtime/retry.ts';
import { refused } from '../../runtime/step-error.ts';

type Marks = Readonly<Record<string, string>>;
type MarkReads = Pick<ClusterReads, 'runMarks' | 'assertRunState' | 'killSwitch'>;

/** Replaces a mark of a release up to 0.1.0 on the Namespace. No step has the right to change the Namespace. */
const REMOVED = '';

/** A mark has the name of the annotation that it was; its key in the ConfigMap is that name without the prefix. */
export function marksAdapter(api: Api, prefix: string): MarkReads & Pick<ClusterWrites, 'writeRunMarks'> {
  const state = runState(api);
  return {
    async runMarks() {
      const old = await oldMarks(api, prefix);
      const kept = Object.entries((await state.read()) ?? {}).map(
        ([key, value]) => [`${prefix}${key}`, value] as const,
      );
      const all: Marks = { ...old, ...Object.fromEntries(kept) };
      return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== REMOVED));
    },
    async assertRunState() {
      if ((await state.read()) === undefined) throw missingRunState(api.namespace);
    },
    async killSwitch() {
      const map = await readConfigMap(api, KILL_SWITCH);
      return map === undefined ? undefined : (map.data?.['reason'] ?? '').trim();
    },
    async writeRunMarks(marks) {
      const removes = Object.values(marks).includes(null);
      const old: Marks = removes && (await state.read()) !== undefined ? await oldMarks(api, prefix) : {};
      const data = Object.entries(marks).map(([name, value]) => [
        name.slice(prefix.length),
        value ?? (name in old ? REMOVED : null),
      ]);
      await state.write(Object.fromEntries(data) as Readonly<Record<string, string | null>>);
    },
  };
}

/** Annotations of our Namespace: a run that an older release left half done is still known by them. */
async function oldMarks(api: Api, prefix: string): Promise<Marks> {
  const { metadata } = await api.get(NAMESPACES, { name: api.namespace });
  const marks = new Set(markAnnotations(prefix));
  return Object.fromEntries(
    Object.entries(metadata?.annotations ?? {}).filter(([annotation]) => marks.has(annotation)),
  );
}

/** The ConfigMap that keeps what a run writes down. dist/ renders it empty, and no sync touches its data. */
interface RunState {
  /** undefined: there is no such ConfigMap. */
  read(): Promise<Marks | undefined>;
  /** null removes a key. Throws `Refused` when a value is to be kept and there is no such ConfigMap. */
  write(data: Readonly<Record<string, string | null>>): Promise<void>;
}

export function runState(api: Api): RunState {
  const where = { name: RUN_STATE, namespace: api.namespace };
  return {
    async read() {
      const found = await readConfigMap(api, RUN_STATE);
      return found === undefined ? undefined : (found.data ?? {});
    },
    async write(data) {
      try {
        await api.patch(CONFIG_MAPS, where, { data });
      } catch (error) {
        if (!isStatus(error, 404)) throw error;
        // What does not exist holds no key to remove.
        if (Object.values(data).some((value) => value !== null)) throw missingRunState(api.namespace);
      }
    },
  };
}

const missingRunState = (namespace: string): Error =>
  refused(
    `ConfigMap ${namespace}/${RUN_STATE} does not exist, and a run keeps its marks there. Apply dist/<cluster> again (kubectl apply -k dist/<cluster>, or a sync of Argo CD), then start a new run.`,
  );
