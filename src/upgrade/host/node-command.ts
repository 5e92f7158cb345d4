/** One command of a node's upgrade. It is idempotent. */
export interface NodeCommand {
  readonly name: string;
  readonly why: string;
  /** A POSIX shell script that root runs. */
  readonly script: string;
  /**
   * A script that exits with 0 only when it is certain that nothing is left to do. Absent when running the command
   * again is as cheap.
   */
  readonly alreadyDone?: string;
  readonly timeoutSeconds: number;
  /** Whether a failure may disappear by itself, such as a lock or a mirror. kubeadm's own refusals do not. */
  readonly mayPass: boolean;
}
