import type { ClusterWrites } from '../ports/cluster.ts';
import type { LeasePort, RunId } from '../ports/lease.ts';
import type { Remote } from '../ports/remote.ts';
import type { SnapshotWrites } from '../ports/snapshots.ts';
import { refused } from './step-error.ts';

/** Throws `Refused` unless this run holds the Lease at this moment. Asked before each mutation. */
export type Fence = () => Promise<void>;

export function buildFence(lease: LeasePort, run: RunId): Fence {
  return async () => {
    const holder = (await lease.read())?.holder;
    if (holder?.uid === run.uid) return;
    const seen = holder === undefined ? 'nobody holds it' : `it is held by ${holder.name} (${holder.uid})`;
    throw refused(
      `This run (${run.name}, ${run.uid}) does not hold the Lease k8s-upgrade: ${seen}. Nothing was changed by this step from here on; start a new run.`,
    );
  };
}

/** The same writes, each behind the fence: no caller can forget it. */
export function fencedWrites(writes: ClusterWrites, fence: Fence): ClusterWrites {
  return {
    changeNode: async (node, change) => (await fence(), writes.changeNode(node, change)),
    evict: async (pod, grace) => (await fence(), writes.evict(pod, grace)),
    annotateNamespace: async (annotations) => (await fence(), writes.annotateNamespace(annotations)),
  };
}

export function fencedRemote(remote: Remote, fence: Fence): Remote {
  return { run: async (host, command, onLine) => (await fence(), remote.run(host, command, onLine)) };
}

export function fencedSnapshots(writes: SnapshotWrites, fence: Fence): SnapshotWrites {
  return { start: async (cronJob, run, attempt) => (await fence(), writes.start(cronJob, run, attempt)) };
}
