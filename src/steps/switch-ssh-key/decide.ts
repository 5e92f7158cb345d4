import { act, done, refuse, type Decision } from '../../upgrade/decision.ts';
import type { SeenKey } from '../ports/key-secret.ts';
import type { SwitchSshKeyInput } from './contract.ts';

/** Replaces only the key with which the rotation began. Any other key was set on purpose. */
export function decide(
  seen: SeenKey | undefined,
  { secretName, oldPublic, newPublic }: SwitchSshKeyInput,
): Decision<SeenKey> {
  if (seen === undefined)
    return done(
      `Put the new private key into ssh_key at the source of Secret ${secretName}. The next step waits until a new pod starts with it. Until then, both keys are accepted.`,
    );
  if (seen.key === newPublic) return done(`Secret ${secretName} holds the new key.`);
  return seen.key === oldPublic
    ? act(seen, `Secret ${secretName}: putting the new key in the place of the old one.`)
    : refuse(
        `Secret ${secretName} holds neither the old key nor the new one: another client changed it. Nothing was changed. Both keys are accepted.`,
      );
}
