import { CoreV1Api } from '@kubernetes/client-node';
import { markAnnotations } from '../../../run/in-flight.ts';
import { KILL_SWITCH } from '../../../run/stop.ts';
import type { ClusterReads, ClusterWrites } from '../../ports/cluster.ts';
import { readConfigMap, type Api } from './api.ts';
import { missingRunState, runState } from './run-state.ts';

type Marks = Readonly<Record<string, string>>;

/** Replaces a mark of a release up to 0.1.0 on the Namespace. No step has the right to change the Namespace. */
const REMOVED = '';

/** A mark has the name of the annotation that it was; its key in the ConfigMap is that name without the prefix. */
export function markReads(api: Api, prefix: string): Pick<ClusterReads, 'runMarks' | 'assertRunState' | 'killSwitch'> {
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
  };
}

export function markWrites(api: Api, prefix: string): Pick<ClusterWrites, 'writeRunMarks'> {
  const state = runState(api);
  return {
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
  const { namespace: name } = api;
  const { metadata } = await api.ask(`get namespace ${name}`, () => api.group(CoreV1Api).readNamespace({ name }));
  const marks = new Set(markAnnotations(prefix));
  return Object.fromEntries(
    Object.entries(metadata?.annotations ?? {}).filter(([annotation]) => marks.has(annotation)),
  );
}
