import { markAnnotations } from '../../upgrade/in-flight.ts';
import { LOOK_SCRIPT, parseLook } from '../../upgrade/node-sight.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import { known, notKnown, type Reading } from '../../upgrade/reading.ts';
import { StepError } from '../harness/step-error.ts';
import type { ClusterReads } from '../ports/cluster.ts';
import type { DeploymentReads } from '../ports/deployments.ts';
import type { Remote } from '../ports/remote.ts';

export interface BegunNode {
  readonly node: ClusterNode;
  /** Units of ours that are at work on it. */
  readonly atWork: Reading<readonly string[]>;
}

export interface ResetFacts {
  /** Nodes whose ledger is open. */
  readonly begun: readonly BegunNode[];
  /** What the namespace says of a run, annotation by annotation. */
  readonly marks: readonly (readonly [annotation: string, value: string])[];
  /** Deployments that carry our annotation, `namespace/name`. */
  readonly held: readonly string[];
}

export interface ResetWorld {
  readonly cluster: ClusterReads;
  readonly deployments: Pick<DeploymentReads, 'heldDeployments'>;
  readonly remote: Remote;
}

const LOOK_TIMEOUT_SECONDS = 60;

export async function observe({ cluster, deployments, remote }: ResetWorld, prefix: string): Promise<ResetFacts> {
  const annotations = await cluster.namespaceAnnotations();
  const begun: BegunNode[] = [];
  for (const node of await cluster.nodes())
    if (node.ledger !== undefined) begun.push({ node, atWork: await lookAt(node, remote) });
  const held = await deployments.heldDeployments();
  return {
    begun,
    marks: markAnnotations(prefix).flatMap((mark) => {
      const value = annotations[mark];
      return value === undefined ? [] : [[mark, value] as const];
    }),
    held: held.map(({ namespace, name }) => `${namespace}/${name}`),
  };
}

/** Whatever keeps us from seeing is a reason of its own. */
async function lookAt({ name, uid, internalIp }: ClusterNode, remote: Remote): Promise<Reading<readonly string[]>> {
  if (internalIp === undefined) return notKnown('it has no InternalIP');
  try {
    const host = { node: name, uid, address: internalIp };
    const { exitCode, stdout, stderr } = await remote.run(host, {
      script: LOOK_SCRIPT,
      timeoutSeconds: LOOK_TIMEOUT_SECONDS,
    });
    if (exitCode !== 0) return notKnown(stderr.trim() || `exit code ${exitCode}`);
    const seen = parseLook(stdout);
    return seen.known ? known(seen.value.active) : seen;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return notKnown(error.message);
  }
}
