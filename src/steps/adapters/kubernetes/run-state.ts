import { CoreV1Api } from '@kubernetes/client-node';
import { RUN_STATE } from '../../../run/in-flight.ts';
import { isStatus } from '../../runtime/retry.ts';
import { refused } from '../../runtime/step-error.ts';
import { MERGE_PATCH, readConfigMap, type Api } from './api.ts';

type Data = Readonly<Record<string, string>>;

/** The ConfigMap that keeps what a run writes down. dist/ renders it empty, and no sync touches its data. */
export interface RunState {
  /** undefined: there is no such ConfigMap. */
  read(): Promise<Data | undefined>;
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
        await api.ask(`patch configmap ${RUN_STATE}`, () =>
          api.group(CoreV1Api).patchNamespacedConfigMap({ ...where, body: { data } }, MERGE_PATCH),
        );
      } catch (error) {
        if (!isStatus(error, 404)) throw error;
        // What does not exist holds no key to remove.
        if (Object.values(data).some((value) => value !== null)) throw missingRunState(api.namespace);
      }
    },
  };
}

export const missingRunState = (namespace: string): Error =>
  refused(
    `ConfigMap ${namespace}/${RUN_STATE} does not exist, and a run keeps its marks there. Apply dist/<cluster> again (kubectl apply -k dist/<cluster>, or a sync of Argo CD), then start a new run.`,
  );
