import { keySecret } from '../adapters/kubernetes/key-secret.ts';
import { publicKeyOf } from '../adapters/ssh.ts';
import type { KeySecret } from '../ports/key-secret.ts';
import type { Connection } from './connection.ts';
import { privateKey } from './ssh.ts';

/** The Secret that holds the SSH key. `takeNext` is not fenced: its caller asks the fence. */
export const keySecretClient = ({ api }: Connection, secretName: string): KeySecret =>
  keySecret(api, secretName, { next: () => privateKey('next'), publicKeyOf });
