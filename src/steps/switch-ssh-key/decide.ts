import { act, done, refuse, type Decision } from '../../upgrade/decision.ts';
import type { SeenKey } from '../ports/key-secret.ts';

export interface SwitchWish {
  readonly by: 'operator' | 'workflow';
  readonly secretName: string;
  readonly oldKey: string;
  readonly newKey: string;
}

/** Only the key that the rotation began with is replaced: any other is somebody else's wish. */
export function decide(seen: SeenKey, { by, secretName, oldKey, newKey }: SwitchWish): Decision<SeenKey> {
  if (seen.key === newKey) return done(`Secret ${secretName} holds the new key already.`);
  switch (by) {
    case 'operator':
      return done(
        `It is your turn: put the new private key into ssh_key at the source of Secret ${secretName}. The next step waits until a fresh pod is started with it; both keys are let in until then.`,
      );
    case 'workflow':
      return seen.key === oldKey
        ? act(seen, `Secret ${secretName}: putting the new key in the place of the old one.`)
        : refuse(
            `Secret ${secretName} holds neither the old key nor the new one: somebody else has changed it. Nothing was changed; both keys are let in.`,
          );
  }
}
