import { sshHost } from '../../upgrade/node/ssh-host.ts';
import { markAnnotations } from '../../run/in-flight.ts';
import { JOB_STATUS_SCRIPT, parseJobStatus } from '../../upgrade/host/job-status.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { known, notKnown, type Reading } from '../../upgrade/reading.ts';
import { judgedNodes } from '../guards/node-readings.ts';
import { StepError } from '../runtime/step-error.ts';
import type { NodeReads } from '../ports/cluster.ts';
import type { Quiesced } from '../ports/deployments.ts';
import type { Remote } from '../ports/remote.ts';

export interface BegunNode {
  readonly node: ClusterNode;
  /** Units of this project that are active on the node. */
  readonly atWork: Reading<readonly string[]>;
}

export interface ResetFacts {
  /** Nodes with an open upgrade record. */
  readonly begun: readonly BegunNode[];
  /** The marks of a run, with their values. */
  readonly marks: readonly (readonly [mark: string, value: string])[];
  /** Deployments that an earlier run holds at 0, `namespace/name`. */
  readonly held: readonly string[];
}

interface ResetReaders {
  readonly cluster: NodeReads;
  readonly quiesced: Pick<Quiesced, 'held'>;
  readonly remote: Remote;
}

const LOOK_TIMEOUT_SECONDS = 60;

export async function observe({ cluster, quiesced, remote }: ResetReaders, prefix: string): Promise<ResetFacts> {
  const marks = await cluster.runMarks();
  const begun: BegunNode[] = [];
  const { nodes, excluded } = await judgedNodes(cluster);
  // The reset includes nodes that are left out, because no run resumes them.
  for (const node of [...nodes, ...excluded.flatMap((each) => each.node ?? [])])
    if (node.upgradeRecord !== undefined) begun.push({ node, atWork: await lookAt(node, remote) });
  const held = await quiesced.held();
  return {
    begun,
    marks: markAnnotations(prefix).flatMap((mark) => {
      const value = marks[mark];
      return value === undefined ? [] : [[mark, value] as const];
    }),
    held,
  };
}

/** A node that cannot be checked is not known, with the reason. */
async function lookAt(node: ClusterNode, remote: Remote): Promise<Reading<readonly string[]>> {
  const host = sshHost(node);
  if (!host.known) return notKnown(`it ${host.reason}`);
  try {
    const { exitCode, stdout, stderr } = await remote.run(host.value, {
      script: JOB_STATUS_SCRIPT,
      timeoutSeconds: LOOK_TIMEOUT_SECONDS,
    });
    if (exitCode !== 0) return notKnown(stderr.trim() || `exit code ${exitCode}`);
    const seen = parseJobStatus(stdout);
    return seen.known ? known(seen.value.active) : seen;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return notKnown(error.message);
  }
}
