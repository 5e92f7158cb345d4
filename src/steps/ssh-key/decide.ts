import { addKey, removeKey, type Edit } from '../../upgrade/host/authorized-keys.ts';
import type { SshKeyInput } from './contract.ts';

/** Public keys that the pod was started with. */
export interface Mounted {
  /** The public key of the Secret that every step logs in with. */
  readonly present: string;
  /** The public key of the Secret that an operator created for the rotation; undefined when there is none. */
  readonly next: string | undefined;
}

export interface Rotation {
  readonly oldPublic: string;
  readonly newPublic: string;
  readonly result: string;
}

const NEXT_SECRET = 'k8s-upgrade-ssh-key-next';

/** Returns the old and the new key, or the reason against the rotation. Removes no key that the Secret still holds. */
export function decide(
  { action, oldPublic, newPublic }: SshKeyInput,
  { present, next }: Mounted,
): Rotation | { readonly problems: readonly string[] } {
  switch (action) {
    case 'add':
      if (next === undefined)
        return {
          problems: [
            `There is no Secret ${NEXT_SECRET} with the next key. Create it: kubectl -n k8s-upgrade create secret generic ${NEXT_SECRET} --from-file=ssh_key=./new_key`,
          ],
        };
      if (next === present)
        return {
          problems: [
            `The key in Secret ${NEXT_SECRET} is the key in use, so there is nothing to rotate. To resume a rotation that ended before it removed the old key, run argo retry on that run.`,
          ],
        };
      return { oldPublic: present, newPublic: next, result: 'Every node lets in the next key beside the present one.' };
    case 'remove':
      if (oldPublic === undefined || newPublic === undefined)
        return { problems: ['The inputs name no old key and no new key, so nothing was removed.'] };
      if (present !== newPublic)
        return { problems: ['The Secret does not hold the new key, so the old key stays on every node.'] };
      return { oldPublic, newPublic, result: RESULT };
  }
}

const RESULT = `Every node lets in the new SSH key, and the old one no longer.\nNo longer needed: kubectl -n k8s-upgrade delete secret ${NEXT_SECRET}. Machines that join later must let in the new key by themselves: change it in their image or cloud-init.`;

/** The old key is in no `.ssh/authorized_keys` any more, and sshd of these nodes still accepts it. */
export const stillLetIn = (nodes: readonly string[], user: string): string =>
  `The old key is removed from .ssh/authorized_keys of ${user} on every node, but sshd still accepts it on ${nodes.join(', ')}. sshd reads keys from another place as well, such as .ssh/authorized_keys2. The new key works on every node. To see where sshd reads keys, run as root on the node: sshd -T -C user=${user} | grep -i authorizedkeys. Remove the old key there, then: argo retry -n k8s-upgrade <run>.`;

export const newKeyRefused = ({ node }: { readonly node: string }, user: string): string =>
  `${node} let ${user} in with the new key, but its sshd refuses that key now: whether it refuses the old key is not known. The old key is removed from .ssh/authorized_keys. See the log of sshd on the node: journalctl -u ssh -u sshd -n 50.`;

/** Returns the change to the file of one node. */
export const editOf = (action: SshKeyInput['action'], text: string, { oldPublic, newPublic }: Rotation): Edit =>
  action === 'add' ? addKey(text, newPublic, oldPublic) : removeKey(text, oldPublic, newPublic);
