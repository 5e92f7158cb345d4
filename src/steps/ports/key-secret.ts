/** The Secret that every step logs in with, as the cluster has it at this moment; no private key comes out of here. */
export interface KeySecret {
  read(): Promise<SeenKey>;
  /** Puts the next key, which this pod was started with, in its place. `changed`: look again. */
  takeNext(seen: SeenKey): Promise<'written' | 'changed'>;
}

export interface SeenKey {
  /** The public key, `<type> <base64>`. */
  readonly key: string;
  /** The object's resourceVersion. */
  readonly revision: string;
}
