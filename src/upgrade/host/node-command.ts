/** One thing to do on a node. Running it again when it is done changes nothing. */
export interface NodeCommand {
  readonly name: string;
  readonly why: string;
  /** A POSIX shell script, run as root. */
  readonly script: string;
  /** A script that ends with 0 only when it is sure that nothing is left to do; absent where doing it again is as cheap. */
  readonly alreadyDone?: string;
  readonly timeoutSeconds: number;
  /** Whether a failure may pass by itself: a lock, a mirror. kubeadm's own refusals do not. */
  readonly mayPass: boolean;
}
