/** The Secret with the SSH key, as the cluster has it now. Never returns a private key. */
export interface KeySecret {
  read(): Promise<SeenKey>;
  /** Replaces the key by the next key, which this pod mounts. `changed`: read it again. */
  takeNext(seen: SeenKey): Promise<'written' | 'changed'>;
}

export interface SeenKey {
  /** The public key, `<type> <base64>`. */
  readonly key: string;
  /** The object's resourceVersion. */
  readonly revision: string;
}
