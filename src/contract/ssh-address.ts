import { ADDRESS_TYPES, type SshAddressRule } from '../upgrade/node/ssh-address.ts';
import { json, type Param } from './param.ts';

/** The setting `ssh.address`. */
export const sshAddress: Param<SshAddressRule> = json(checkAddress, {
  doc: 'Which address of a Node SSH goes to: its type, and the networks that it may be in (none: any).',
  example: '{"type":"InternalIP","cidrs":["10.0.0.0/8"]}',
});

function checkAddress(value: unknown): SshAddressRule {
  const { type, cidrs } = Object(value) as Record<string, unknown>;
  const known = ADDRESS_TYPES.find((each) => each === type);
  if (known === undefined || !Array.isArray(cidrs) || !cidrs.every((each): each is string => typeof each === 'string'))
    throw new RangeError(`{"type": "${ADDRESS_TYPES.join('" or "')}", "cidrs": []}`);
  return { type: known, cidrs };
}
