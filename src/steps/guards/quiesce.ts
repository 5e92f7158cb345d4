import { MOST_REPLICAS } from '../../run/scaled-down.ts';
import { RUN_STATE } from '../../run/in-flight.ts';
import type {
  Deployment,
  DeploymentName,
  DeploymentReads,
  Deployments,
  HeldRecord,
  Quiesced,
} from '../ports/deployments.ts';
import type { Log } from '../ports/log.ts';
import { objectName, parseObjectName } from '../../text/object-name.ts';
import type { Fence } from './fence.ts';
import { untilWritten } from './until-written.ts';
import { describe } from '../runtime/retry.ts';

export const fencedDeployments = (deployments: Deployments, fence: Fence): Deployments => ({
  deployment: (namespace, name) => deployments.deployment(namespace, name),
  records: () => deployments.records(),
  record: async (deployment, replicas) => {
    await fence();
    await deployments.record(deployment, replicas);
  },
  scale: async (deployment, replicas) => {
    await fence();
    return deployments.scale(deployment, replicas);
  },
});

/**
 * Scales the Deployments (`namespace/name`) to 0. It records the replicas first. When the step ends in between, the next
 * attempt scales the recorded Deployment.
 */
export async function quiesce(names: readonly string[], deployments: Deployments, log: Log): Promise<void> {
  for (const path of names) {
    let recorded = false;
    await changed(path, deployments, async (seen) => {
      if (seen === undefined) log(`There is no Deployment ${path}.`);
      if (seen === undefined || seen.replicas === 0) return 'done';
      if (seen.held !== undefined && seen.held !== seen.replicas && !recorded) {
        log(`Deployment ${path} was scaled up to ${seen.replicas} by another client, and stays so.`);
        return 'done';
      }
      if (seen.replicas > MOST_REPLICAS) {
        log(
          `Deployment ${path} has ${seen.replicas} replicas, and this project scales at most ${MOST_REPLICAS}. It stays so.`,
        );
        return 'done';
      }
      if (seen.held !== seen.replicas) await deployments.record(seen, seen.replicas);
      recorded = true;
      log(`Deployment ${path}: ${seen.replicas} → 0 while the control plane changes.`);
      return deployments.scale(seen, 0);
    });
  }
}

/**
 * Restores the replicas of every Deployment of `names` that this project scaled to 0. Returns a sentence for each that failed.
 * A record of any other Deployment is ignored, since other clients can write it.
 */
export async function restoreQuiesced(names: readonly string[], deployments: Deployments, log: Log): Promise<string[]> {
  const trouble: string[] = [];
  const records = await deployments.records();
  for (const path of names) {
    await changed(path, deployments, async (seen) => {
      if (seen === undefined) {
        log(`There is no Deployment ${path}.`);
        for (const record of records.filter((each) => objectName(each) === path))
          await deployments.record({ ...record, oldAnnotation: false }, null);
        return 'done';
      }
      if (seen.held === undefined) return 'done';
      if (seen.replicas === 0 && seen.held === 'unreadable') {
        trouble.push(unreadable(seen));
        return 'done';
      }
      if (seen.replicas === 0) {
        log(`Deployment ${path}: 0 → ${seen.held}, as before.`);
        const written = await deployments.scale(seen, Number(seen.held));
        if (written !== 'written') return written;
      } else log(`Deployment ${path} was scaled up to ${seen.replicas} by another client, and stays so.`);
      await deployments.record(seen, null);
      return 'done';
    });
  }
  const strays = records.filter((each) => !names.includes(objectName(each)));
  return [...trouble, ...cut(strays.map(stray))];
}

/** Returns those of `names` that are at 0 and have a readable record, `namespace/name`. */
export async function heldOf(
  names: readonly string[],
  deployments: Pick<DeploymentReads, 'deployment'>,
): Promise<readonly string[]> {
  const held: string[] = [];
  for (const path of names) {
    const seen = await deploymentOf(path, deployments);
    if (typeof seen?.held === 'number' && seen.replicas === 0) held.push(path);
  }
  return held;
}

/** The operations on held Deployments that a step may call after its work. */
export const quiescedOf = (names: readonly string[], deployments: Deployments, log: Log): Quiesced => ({
  held: () => heldOf(names, deployments),
  restore: () => restoreQuiesced(names, deployments, log),
});

const MOST_NAMED = 10;

function cut(lines: readonly string[]): readonly string[] {
  const more = lines.length - MOST_NAMED;
  const rest = `${more} more Deployments are recorded: kubectl -n k8s-upgrade get configmap ${RUN_STATE} -o yaml`;
  return [...lines.slice(0, MOST_NAMED), ...(more > 0 ? [rest] : [])];
}

/** For a recorded Deployment that is no longer in the settings: no step may scale it. */
function stray(record: HeldRecord): string {
  const { namespace, name, replicas } = record;
  return `Deployment ${objectName(record)}: an earlier run recorded that it holds it at 0, and controlPlane.quiesce does not name it any more, so it was left as it is. If it is at 0: kubectl -n ${namespace} scale deployment ${name} --replicas=${howMany(replicas)}. Then: ${forget(record)}`;
}

const unreadable = (deployment: DeploymentName): string =>
  `Deployment ${objectName(deployment)} stays at 0: how many replicas it had is recorded as no number from 1 to ${MOST_REPLICAS}. Run: kubectl -n ${deployment.namespace} scale deployment ${deployment.name} --replicas=<number>. Then: ${forget(deployment)}`;

const howMany = (replicas: HeldRecord['replicas']): string =>
  replicas === 'unreadable' ? '<number>' : String(replicas);

const forget = ({ namespace, name }: DeploymentName): string =>
  `kubectl -n k8s-upgrade patch configmap ${RUN_STATE} --type=merge -p '{"data":{"held.${namespace}.${name}":null}}'`;

async function changed(
  path: string,
  deployments: DeploymentReads,
  change: (seen: Deployment | undefined) => Promise<'done' | 'written' | 'changed' | 'gone'>,
): Promise<void> {
  await untilWritten(`Deployment ${path}`, async () => change(await deploymentOf(path, deployments)));
}

function deploymentOf(path: string, reads: Pick<DeploymentReads, 'deployment'>): Promise<Deployment | undefined> {
  const { namespace, name } = parseObjectName(path);
  return reads.deployment(namespace, name);
}

/** Does the work, then restores the Deployments, also after a failure. The exit handler restores what this step could not. */
export async function thenRestore<T>(
  work: () => Promise<T>,
  names: readonly string[],
  deployments: Deployments,
  log: Log,
): Promise<T> {
  try {
    return await work();
  } finally {
    await restoreQuiesced(names, deployments, log).then(
      (trouble) => {
        trouble.forEach(log);
      },
      (error: unknown) => {
        log(`Deployments that are held at 0 are left to the exit handler: ${describe(error)}`);
      },
    );
  }
}
