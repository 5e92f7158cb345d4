import { badInput } from '../steps/runtime/step-error.ts';
import {
  identify,
  type ClusterIdentity,
  type IdentityOptions,
  type Installed,
} from '../steps/adapters/kubernetes/identity.ts';
import { CONTEXT_VARIABLE } from '../steps/adapters/kubernetes/kubeconfig.ts';
import { systemClock } from '../steps/adapters/clock.ts';
import type { Tools } from '../steps/runtime/run-step.ts';
import { NAMESPACE } from '../synth/names.ts';

/** Short, because a person waits at a terminal. */
const PATIENCE_SECONDS = 20;

/** Makes the flags count for every connection of this process, and for the processes that it starts. */
export function choose({ kubeconfig, context }: { readonly kubeconfig?: string; readonly context?: string }): void {
  if (kubeconfig !== undefined) process.env['KUBECONFIG'] = kubeconfig;
  if (context !== undefined) process.env[CONTEXT_VARIABLE] = context;
}

/**
 * Returns the cluster that the kubeconfig leads to. Throws `BadInput` when the server is no Kubernetes API.
 * Also throws when the objects in it were rendered from the settings of another cluster.
 */
export async function connectionTo(
  cluster: string | undefined,
  { log, signal }: Pick<Tools, 'log' | 'signal'>,
  more: Partial<IdentityOptions> = {},
): Promise<ClusterIdentity> {
  const identity = await identify({
    namespace: NAMESPACE,
    clock: systemClock(signal),
    log,
    signal,
    patienceSeconds: PATIENCE_SECONDS,
    ...more,
  });
  if (cluster !== undefined) assertSame(cluster, identity);
  return identity;
}

function assertSame(
  cluster: string,
  { installed, context, server }: Pick<ClusterIdentity, 'installed' | 'context' | 'server'>,
): void {
  if (installed.state !== 'named' || installed.cluster === cluster) return;
  throw badInput(
    `--cluster: saw ${cluster}, but the cluster of the context ${context} (${server}) was set up as ${installed.cluster}. Nothing was changed. Choose --cluster ${installed.cluster}, or another --context or --kubeconfig.`,
  );
}

const REMARKS: Readonly<Record<Installed['state'], string>> = {
  named: '',
  unnamed: `; its namespace ${NAMESPACE} does not name a cluster, so nothing confirms that these are its settings`,
  'not-installed': `; it has no namespace ${NAMESPACE} yet, so nothing confirms that these are its settings`,
  unreadable: `; its namespace ${NAMESPACE} cannot be read, so nothing confirms that these are its settings`,
};

/** The first line of an answer: which cluster it is about. */
export const connectionLine = (cluster: string, { context, server, version, installed }: ClusterIdentity): string =>
  `${cluster} (${[`context ${context}`, server, version ?? 'version unknown'].join(', ')})${REMARKS[installed.state]}`;

/** The cluster as JSON for another program. */
export const connectionJson = ({ context, server, version, installed }: ClusterIdentity): object => ({
  context,
  server,
  version: version ?? null,
  installed: installed.state === 'named' ? installed.cluster : null,
  confirmed: installed.state === 'named',
});
