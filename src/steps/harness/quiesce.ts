import type { Deployment, DeploymentReads, Deployments, DeploymentWrites, Scaling } from '../ports/deployments.ts';
import type { Log } from '../ports/log.ts';
import type { Fence } from './fence.ts';
import { describe } from './retry.ts';
import { tryAgain } from './step-error.ts';

/** Their controller writes a Deployment as its pods come and go; a change that meets one of those writes is made again. */
const ATTEMPTS = 20;

export const fencedDeployments = (deployments: Deployments, fence: Fence): Deployments => ({
  ...{ deployment: (...one) => deployments.deployment(...one), heldDeployments: () => deployments.heldDeployments() },
  scale: async (...change) => (await fence(), deployments.scale(...change)),
});

/** Takes the Deployments (`namespace/name`) down to 0; what they had is written on them in the same request. */
export async function quiesce(names: readonly string[], deployments: Deployments, log: Log): Promise<void> {
  for (const path of names) {
    const [namespace = '', name = ''] = path.split('/');
    await changed(
      path,
      () => deployments.deployment(namespace, name),
      deployments,
      log,
      (seen) => {
        if (seen.replicas === 0) return undefined;
        if (seen.held !== undefined) {
          log(`Deployment ${path} was scaled back up to ${seen.replicas} by somebody else: left so.`);
          return undefined;
        }
        log(`Deployment ${path}: ${seen.replicas} → 0 while the control plane changes.`);
        return { replicas: 0, held: seen.replicas };
      },
    );
  }
}

/** Gives every Deployment that we hold at 0 back what it had; returns what could not be given back, a sentence each. */
export async function restoreQuiesced(deployments: Deployments, log: Log): Promise<string[]> {
  const trouble: string[] = [];
  for (const { namespace, name } of await deployments.heldDeployments()) {
    const path = `${namespace}/${name}`;
    await changed(
      path,
      () => deployments.deployment(namespace, name),
      deployments,
      log,
      (seen) => {
        if (seen.held === undefined) return undefined;
        if (seen.replicas > 0) {
          log(`Deployment ${path} was scaled back up to ${seen.replicas} by somebody else: left so.`);
          return { held: null };
        }
        if (seen.held === 'unreadable') {
          trouble.push(`Deployment ${path} stays at 0: how many it had cannot be read from its annotation.`);
          return undefined;
        }
        log(`Deployment ${path}: 0 → ${seen.held}, as before.`);
        return { replicas: seen.held, held: null };
      },
    );
  }
  return trouble;
}

async function changed(
  path: string,
  look: () => ReturnType<DeploymentReads['deployment']>,
  writes: DeploymentWrites,
  log: Log,
  change: (seen: Deployment) => Scaling | undefined,
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const seen = await look();
    const scaling = seen && change(seen);
    if (seen === undefined) log(`There is no Deployment ${path}.`);
    if (seen === undefined || scaling === undefined) return;
    if ((await writes.scale(seen, scaling)) !== 'changed') return;
  }
  throw tryAgain(`Deployment ${path} was changed by others ${ATTEMPTS} times while we tried to write it.`);
}

/** Does the work, then gives back what is held, however the work ended; what cannot be given back now is for the exit handler. */
export async function thenRestore<T>(work: () => Promise<T>, deployments: Deployments, log: Log): Promise<T> {
  try {
    return await work();
  } finally {
    await restoreQuiesced(deployments, log).then(
      (trouble) => {
        trouble.forEach(log);
      },
      (error: unknown) => {
        log(`Deployments that are held at 0 are left to the exit handler: ${describe(error)}`);
      },
    );
  }
}
