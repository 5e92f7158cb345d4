import { createHash } from 'node:crypto';
import type { SshKeyInput } from '../../../src/steps/ssh-key/contract.ts';
import { expect } from 'chai';
import { nothing } from '../../../src/steps/runtime/reconcile.ts';
import { permitted } from '../../../src/steps/runtime/step-error.ts';
import { changeKeys } from '../../../src/steps/ssh-key/act.ts';
import { decide, type Mounted } from '../../../src/steps/ssh-key/decide.ts';
import { hostsOf } from '../../../src/steps/ssh-key/observe.ts';
import { aControlPlane, aNode } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeKeyProbe, FakeRemote } from '../../support/fakes/remote.ts';

const OLD = 'ssh-ed25519 AAAAOld0';
const NEW = 'ssh-ed25519 AAAANew0';
const NODES = [aControlPlane('cp1'), aNode('w1')];
const ADD: SshKeyInput = { action: 'add', oldPublic: undefined, newPublic: undefined };
const REMOVE: SshKeyInput = { action: 'remove', oldPublic: OLD, newPublic: NEW };
const BEFORE: Mounted = { present: OLD, next: NEW };
const AFTER: Mounted = { present: NEW, next: NEW };

describe('ssh-key decides', () => {
  it('from which key to which', () => {
    expect(decide(ADD, BEFORE)).to.deep.equal({
      ...{ oldPublic: OLD, newPublic: NEW },
      result: 'Every node lets in the next key beside the present one.',
    });
    expect(decide(REMOVE, AFTER)).to.deep.equal({
      ...{ oldPublic: OLD, newPublic: NEW },
      result:
        'Every node lets in the new SSH key, and the old one no longer.\nNo longer needed: kubectl -n k8s-upgrade delete secret k8s-upgrade-ssh-key-next. Machines that join later must let in the new key by themselves: change it in their image or cloud-init.',
    });
  });

  const REFUSED: readonly [string, SshKeyInput, Mounted, string][] = [
    [
      'without a next key',
      ADD,
      { present: OLD, next: undefined },
      'There is no Secret k8s-upgrade-ssh-key-next with the next key. Create it: kubectl -n k8s-upgrade create secret generic k8s-upgrade-ssh-key-next --from-file=ssh_key=./new_key',
    ],
    [
      'with a next key that is the present one',
      ADD,
      AFTER,
      'The key in Secret k8s-upgrade-ssh-key-next is the key in use, so there is nothing to rotate. To resume a rotation that ended before it removed the old key, run argo retry on that run.',
    ],
    [
      'to remove while the Secret holds the old key',
      REMOVE,
      BEFORE,
      'The Secret does not hold the new key, so the old key stays on every node.',
    ],
    [
      'to remove what nobody named',
      { ...REMOVE, oldPublic: undefined },
      AFTER,
      'The inputs name no old key and no new key, so nothing was removed.',
    ],
  ];
  for (const [what, input, mounted, says] of REFUSED)
    it(`no: ${what}`, () => {
      expect(decide(input, mounted)).to.deep.equal({ problems: [says] });
    });
});

describe('ssh-key, on the nodes', () => {
  let [remote, files, said] = [new FakeRemote(), new Map<string, string>(), [] as string[]];
  let beforeWrite = nothing;
  /** What sshd of each node accepts. */
  let accepted: (node: string) => readonly string[] | undefined;
  const keysIn = (text = ''): string[] => [OLD, NEW].filter((key) => text.includes(key));
  beforeEach(() => {
    accepted = (node) => keysIn(files.get(node));
    [remote, said, beforeWrite] = [new FakeRemote(), [], nothing];
    files = new Map(NODES.map(({ name }) => [name, `ssh-rsa AAAAalice alice\n${OLD} ours\n`]));
    const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');
    remote.whenScript('# Read authorized_keys', (_, { node }) => {
      const text = files.get(node) ?? '';
      const base64 = Buffer.from(text).toString('base64');
      return { stdout: `file /home/ops/.ssh/authorized_keys\nsum ${sumOf(text)}\ntext ${base64}\nread\n` };
    });
    remote.whenScript('# Write authorized_keys', async ({ script, stdin = '' }, { node }) => {
      await beforeWrite();
      if (!script.includes(sumOf(files.get(node) ?? ''))) return { exitCode: 3 };
      files.set(node, stdin);
      return {};
    });
  });
  const run = (input: SshKeyInput, mounted: Mounted, mayBegin = nothing): Promise<void> => {
    const clients = {
      remote,
      fencedRemote: remote,
      probe: () => new FakeKeyProbe(accepted),
      mayBegin,
      log: (line: string) => said.push(line),
    };
    const rotation = permitted(decide(input, mounted));
    return changeKeys(hostsOf(NODES), rotation, { ...input, sshUser: 'root' }, clients);
  };
  const ADDED = `ssh-rsa AAAAalice alice\n${OLD} ours\n${NEW} argo-kubeadm-upgrade\n`;
  const REMOVED = `ssh-rsa AAAAalice alice\n${NEW} argo-kubeadm-upgrade\n`;

  it('adds the key everywhere, and nothing the second time', async () => {
    await run(ADD, BEFORE);
    expect([...files.values()]).to.deep.equal([ADDED, ADDED]);
    await run(ADD, BEFORE);
    expect(said).to.deep.equal([
      'cp1: /home/ops/.ssh/authorized_keys is changed: the new key added.',
      'w1: /home/ops/.ssh/authorized_keys is changed: the new key added.',
      'cp1: /home/ops/.ssh/authorized_keys needs no change.',
      'w1: /home/ops/.ssh/authorized_keys needs no change.',
    ]);
  });

  it('removes the old key everywhere, once the new one is let in', async () => {
    await run(ADD, BEFORE);
    await run(REMOVE, AFTER);
    await run(REMOVE, AFTER);
    expect([...files.values()]).to.deep.equal([REMOVED, REMOVED]);
  });

  it('removes nothing where the new key is not let in', async () => {
    expect(await failureOf(run(REMOVE, AFTER))).to.include({
      exitCode: 77,
      message: '/home/ops/.ssh/authorized_keys on cp1 stays as it is: the key to keep is not in it. Look at it there.',
    });
    expect(files.get('cp1')).to.include(OLD);
  });

  it('looks again when somebody else writes the file, and keeps what he wrote', async () => {
    beforeWrite = async () => {
      beforeWrite = nothing;
      files.set('cp1', `ssh-rsa AAAAbob bob\n${OLD}`);
    };
    await run(ADD, BEFORE);
    expect(files.get('cp1')).to.equal(`ssh-rsa AAAAbob bob\n${OLD}\n${NEW} argo-kubeadm-upgrade\n`);
  });

  it('gives up on a file that never stands still', async () => {
    let bob = 0;
    beforeWrite = async () => void files.set('cp1', `ssh-rsa AAAAbob bob${bob++}\n${OLD}\n`);
    expect(await failureOf(run(ADD, BEFORE))).to.include({
      exitCode: 75,
      message: 'authorized_keys of cp1 was changed by others 5 times while we tried to write it.',
    });
  });

  it('ends at the first node that cannot be seen, and says what was seen', async () => {
    remote.when(({ script }, { node }) => node === 'cp1' && script.includes('# Read'), { exitCode: 4 });
    expect(await failureOf(run(ADD, BEFORE))).to.include({
      exitCode: 77,
      message:
        'cp1 has no .ssh/authorized_keys of root, though it let us in: sshd takes keys from elsewhere there. Change the key where they come from; this run has removed none.',
    });
    remote.when(({ script }, { node }) => node === 'cp1' && script.includes('# Read'), { stdout: 'file' });
    expect(await failureOf(run(ADD, BEFORE))).to.include({
      exitCode: 75,
      message: 'cp1 does not show its authorized_keys: the answer broke off',
    });
    expect(files.get('w1')).to.not.include(NEW);
  });

  it('says of each node that sshd refuses the old key', async () => {
    await run(ADD, BEFORE);
    said = [];
    await run(REMOVE, AFTER);
    expect(said).to.deep.equal([
      'cp1: /home/ops/.ssh/authorized_keys is changed: the old key removed.',
      'w1: /home/ops/.ssh/authorized_keys is changed: the old key removed.',
      'cp1: sshd refuses the old key.',
      'w1: sshd refuses the old key.',
    ]);
  });

  it('fails where sshd reads the old key from another place, once the old key is in no file', async () => {
    await run(ADD, BEFORE);
    accepted = (node) => [...keysIn(files.get(node)), ...(node === 'cp1' ? [OLD] : [])];
    expect(await failureOf(run(REMOVE, AFTER))).to.deep.equal({
      exitCode: 77,
      message:
        'The old key is removed from .ssh/authorized_keys of root on every node, but sshd still accepts it on cp1. sshd reads keys from another place as well, such as .ssh/authorized_keys2. The new key works on every node. To see where sshd reads keys, run as root on the node: sshd -T -C user=root | grep -i authorizedkeys. Remove the old key there, then: argo retry -n k8s-upgrade <run>.',
    });
    expect([...files.values()]).to.deep.equal([REMOVED, REMOVED]);
    expect(said.at(-1)).to.equal('w1: sshd refuses the old key.');
    accepted = (node) => keysIn(files.get(node));
    await run(REMOVE, AFTER);
  });

  it('concludes nothing where sshd refuses the new key too, or does not answer', async () => {
    await run(ADD, BEFORE);
    accepted = () => [];
    expect(await failureOf(run(REMOVE, AFTER))).to.deep.equal({
      exitCode: 75,
      message:
        'cp1 let root in with the new key, but its sshd refuses that key now: whether it refuses the old key is not known. The old key is removed from .ssh/authorized_keys. See the log of sshd on the node: journalctl -u ssh -u sshd -n 50.',
    });
    accepted = () => undefined;
    expect(await failureOf(run(REMOVE, AFTER))).to.have.property('exitCode', 75);
  });

  it('changes nothing against the kill switch', async () => {
    const halted = () => Promise.reject(new Error('halted'));
    const error = await run(ADD, BEFORE, halted).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('message', 'halted');
    expect(files.get('cp1')).to.not.include(NEW);
  });

  it('begins nowhere when two nodes have one address', async () => {
    const nodes = [...NODES, aNode('w2', { internalIp: NODES[0]?.internalIp })];
    const error = await failureOf(Promise.resolve().then(() => hostsOf(nodes)));
    expect(error).to.have.property('exitCode', 77);
    expect(error)
      .to.have.property('message')
      .that.matches(/^Nodes cp1 and w2 report the same InternalIP \S+, expected one machine for each Node\. /);
  });

  it('begins nowhere when a node has no address', async () => {
    expect(
      await failureOf(Promise.resolve().then(() => hostsOf([...NODES, aNode('w2', { internalIp: undefined })]))),
    ).to.include({
      exitCode: 77,
      message: 'Node w2 has no InternalIP; SSH needs one.',
    });
  });
});
