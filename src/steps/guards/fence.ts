import { inert } from '../../text/inert.ts';
import { haltedBecause } from '../../run/stop.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import type { NodeChange, NodeReads, NodeWrites, PodWrites } from '../ports/cluster.ts';
import type { LeasePort, RunId } from '../ports/lease.ts';
import type { Remote } from '../ports/remote.ts';
import type { SnapshotWrites } from '../ports/snapshots.ts';
import { Halted, refused } from '../runtime/step-error.ts';

/** Throws `Refused` unless this run holds the Lease at this moment. Asked before each mutation. */
export type Fence = () => Promise<void>;

export function buildFence(lease: LeasePort, run: RunId): Fence {
  return async () => {
    const holder = (await lease.read())?.holder;
    if (holder?.uid === run.uid) return;
    const seen = holder === undefined ? 'it has no holder' : `it is held by ${holder.name} (${holder.uid})`;
    throw refused(
      `This run (${run.name}, ${run.uid}) does not hold the Lease k8s-upgrade: ${seen}. From here on, this step changes nothing. Start a new run.`,
    );
  };
}

/** The fence before a step begins something new. It also throws `Halted` when the kill switch is set. */
export function buildMayBegin(fence: Fence, reads: Pick<NodeReads, 'killSwitch'>): Fence {
  return async () => {
    await fence();
    const reason = await reads.killSwitch();
    if (reason !== undefined) throw new Halted(haltedBecause(reason));
  };
}

/** Checks the fence before each write, so that no caller can forget it. A write that begins something asks `mayBegin`. */
export function fencedWrites(writes: NodeWrites, fence: Fence, mayBegin: Fence = fence): NodeWrites {
  return {
    changeNode: async (node, change) => {
      await (begins(node, change) ? mayBegin() : fence());
      return writes.changeNode(node, change);
    },
    writeRunMarks: async (annotations) => {
      await fence();
      await writes.writeRunMarks(inertMarks(annotations));
    },
  };
}

/** Each eviction and each deletion takes something from a node, so both ask `mayBegin`. */
export function fencedEvictions(writes: PodWrites, mayBegin: Fence): PodWrites {
  return {
    evict: async (pod, gracePeriodSeconds) => {
      await mayBegin();
      return writes.evict(pod, gracePeriodSeconds);
    },
    deletePod: async (pod, gracePeriodSeconds) => {
      await mayBegin();
      return writes.deletePod(pod, gracePeriodSeconds);
    },
  };
}

const inertMarks = (marks: Readonly<Record<string, string | null>>): Readonly<Record<string, string | null>> =>
  Object.fromEntries(Object.entries(marks).map(([name, text]) => [name, text === null ? null : inert(text)]));

/** Whether a change begins something: a cordon, or an upgrade record that enters a phase that takes something from the node. */
function begins({ upgradeRecord: before, unschedulable }: ClusterNode, change: NodeChange): boolean {
  if (change.unschedulable === true && !unschedulable) return true;
  const { upgradeRecord } = change;
  if (upgradeRecord === undefined || upgradeRecord === null) return false;
  const loses = upgradeRecord.phase === 'draining' || upgradeRecord.phase === 'upgrading';
  return loses && (before?.run !== upgradeRecord.run || before.phase !== upgradeRecord.phase);
}

export function fencedRemote(remote: Remote, fence: Fence): Remote {
  return {
    run: async (host, command, onLine) => {
      await fence();
      return remote.run(host, command, onLine);
    },
  };
}

export function fencedSnapshots(writes: SnapshotWrites, fence: Fence): SnapshotWrites {
  return {
    start: async (cronJob, run, attempt) => {
      await fence();
      return writes.start(cronJob, run, attempt);
    },
  };
}
