import type { Direction, NodeTask } from '../../upgrade/node/order.ts';
import type { ClusterImages } from '../../upgrade/prepare/images.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { RemoteHost } from '../ports/remote.ts';

/** A node to do, and how it is reached; undefined when it is gone or has no address. */
export interface NodeToPrepare {
  readonly task: NodeTask;
  readonly host: RemoteHost | undefined;
  /** Its software is at the target: it is to be finished, and nothing is to be installed. */
  readonly nothingToInstall: boolean;
  /** An attempt has begun on it, and may have been cut off. */
  readonly touched: boolean;
  /** It is its turn before that of any other. */
  readonly first: boolean;
  /** `back`: its kubelet is newer than the target. A forward run has no such node on its list. */
  readonly direction: Direction;
}

export interface PrepareFacts {
  readonly nodes: readonly NodeToPrepare[];
  /** Undefined when the settings turn the check of images off. */
  readonly images: Reading<ClusterImages> | undefined;
}
