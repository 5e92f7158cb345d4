import { expect } from 'chai';
import { EXIT } from '../../../src/contract/exit-code.ts';
import { StepError } from '../../../src/steps/runtime/step-error.ts';
import type { HostKeys, KeyProbe, Remote, RemoteHost } from '../../../src/steps/ports/remote.ts';
import type { FakeAnswer } from '../../support/fakes/remote.ts';

export interface RemoteWorld {
  readonly remote: Remote;
  readonly host: RemoteHost;
  /** No host answers at its address. */
  readonly nobody: RemoteHost;
  /** Nodes at whose address a machine answers that is not theirs. */
  readonly strangers: readonly RemoteHost[];
  /** What a real shell makes of the script; only the fake has to be told. */
  expect(script: string, answer: FakeAnswer): void;
  end(): Promise<void>;
}

export async function failureOf(work: Promise<unknown>): Promise<StepError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof StepError) return error;
    throw error;
  }
  throw new Error('expected a StepError, but it went well');
}

export function describeRemote(name: string, make: () => Promise<RemoteWorld>): void {
  describe(`Remote: ${name}`, () => {
    let world: RemoteWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    const run = (script: string, more: { stdin?: string; onLine?: (line: string) => void } = {}) =>
      world.remote.run(
        world.host,
        { script, timeoutSeconds: 30, ...(more.stdin !== undefined && { stdin: more.stdin }) },
        more.onLine,
      );

    it('tells the exit code and keeps the two streams apart', async () => {
      const script = 'printf out; printf err >&2; exit 3';
      const result = { exitCode: 3, stdout: 'out', stderr: 'err' };
      world.expect(script, result);
      expect(await run(script)).to.deep.equal(result);
    });

    it('takes a failed program for an answer', async () => {
      world.expect('false', { exitCode: 1 });
      expect(await run('false')).to.include({ exitCode: 1 });
    });

    it('runs a script of several lines with every kind of quote as it stands', async () => {
      const script = `x="it's"\nprintf '%s|%s|%s' "$x" '$HOME "\\ \`id\`' *nothing*`;
      const stdout = `it's|$HOME "\\ \`id\`|*nothing*`;
      world.expect(script, { stdout });
      expect(await run(script)).to.deep.equal({ exitCode: 0, stdout, stderr: '' });
    });

    it('gives the program its input, and an end of it', async () => {
      world.expect('cat', { stdout: 'first\nsecond\n' });
      expect(await run('cat', { stdin: 'first\nsecond\n' })).to.include({ stdout: 'first\nsecond\n' });
    });

    it('gives no input when there is none', async () => {
      world.expect('cat; echo done', { stdout: 'done\n' });
      expect(await run('cat; echo done')).to.include({ stdout: 'done\n' });
    });

    it('hands on each line of both streams, the last one also without its end', async () => {
      const script = 'echo one; echo; printf three; echo warning >&2';
      world.expect(script, { stdout: 'one\n\nthree', stderr: 'warning\n' });
      const lines: string[] = [];
      await run(script, { onLine: (line) => lines.push(line) });
      expect(lines).to.have.members(['one', '', 'three', 'warning']);
    });

    it('tells a program that was killed by the exit code that a shell has for it', async () => {
      world.expect('kill -9 $$', { exitCode: 137 });
      expect(await run('kill -9 $$')).to.include({ exitCode: 137 });
    });

    it('gives up on a program that does not end in time', async () => {
      const script = '\nsleep 20\necho never';
      world.expect(script, 'hangs');
      const error = await failureOf(world.remote.run(world.host, { script, timeoutSeconds: 0.5 }));
      const { node, address } = world.host;
      expect(error.message).to.equal(
        `"sleep 20" on ${node} (${address}) did not end within 0.5 s; its session was closed; the command may still run there`,
      );
      expect(error.exitCode).to.equal(EXIT.TryAgain);
    });

    it('runs nothing on a machine that is not proven to be the Node', async () => {
      expect(world.strangers).not.to.be.empty;
      for (const stranger of world.strangers) {
        const error = await failureOf(world.remote.run(stranger, { script: 'true', timeoutSeconds: 30 }));
        const { node, address } = stranger;
        expect(error.message).to.match(new RegExp(`^${node} \\(${address}\\) is not proven to be Node ${node}: `));
        expect(error.exitCode).to.equal(EXIT.Refused);
      }
    });

    it('asks to be tried again when nobody answers', async () => {
      const error = await failureOf(world.remote.run(world.nobody, { script: 'true', timeoutSeconds: 30 }));
      const { node, address } = world.nobody;
      expect(error.message).to.match(new RegExp(`^cannot log in to ${node} \\(${address}\\) on port \\d+: \\S`));
      expect(error.exitCode).to.equal(EXIT.TryAgain);
    });
  });
}

export interface KeyProbeWorld {
  readonly probe: KeyProbe;
  readonly host: RemoteHost;
  readonly nobody: RemoteHost;
  /** The public half of a key that is let in, and of one that is not. */
  readonly letIn: string;
  readonly stranger: string;
  end(): Promise<void>;
}

export function describeKeyProbe(name: string, make: () => Promise<KeyProbeWorld>): void {
  describe(`KeyProbe: ${name}`, () => {
    it('tells by the public key alone whether sshd accepts a key', async () => {
      const world = await make();
      expect(await world.probe.letsIn(world.host, world.letIn)).to.equal(true);
      expect(await world.probe.letsIn(world.host, world.stranger)).to.equal(false);
      await world.end();
    });

    it('does not take silence for a refusal', async () => {
      const world = await make();
      const { probe, nobody, stranger } = world;
      const error = await failureOf(probe.letsIn(nobody, stranger));
      expect(error.message).to.match(
        new RegExp(`^cannot log in to ${nobody.node} \\(${nobody.address}\\) on port \\d+: \\S`),
      );
      expect(error.exitCode).to.equal(EXIT.TryAgain);
      await world.end();
    });
  });
}

export interface HostKeysWorld {
  readonly hostKeys: HostKeys;
  /** A Node that is there. */
  addNode(): Promise<RemoteHost>;
  end(): Promise<void>;
}

const HOST: RemoteHost = { node: 'w1', uid: '6f1f8a5e-0000-4000-8000-000000000001', address: '10.0.0.1' };
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB/FnsF/tXRV1Nq7BmUJcXF9D2J2p0pvxF0BM0Mkjb3X';
const OTHER_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ4e0s2oVv6xZ1o7xZcS8bB1yWm0vNqk5W2Zr3jX1nQp';

/** Host keys that are learned. */
export function describeHostKeys(name: string, make: () => Promise<HostKeysWorld>): void {
  describe(`HostKeys: ${name}`, () => {
    let world: HostKeysWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    it('knows nothing of a machine that it has not met', async () => {
      expect(await world.hostKeys.known(HOST)).to.equal(undefined);
    });

    it('knows the key that it remembered, however often', async () => {
      await world.hostKeys.remember?.(HOST, KEY);
      await world.hostKeys.remember?.(HOST, KEY);
      expect(await world.hostKeys.known(HOST)).to.deep.equal([KEY]);
    });

    it('takes a machine that joined anew under the same name for a new one', async () => {
      await world.hostKeys.remember?.(HOST, KEY);
      const anew = { ...HOST, uid: '6f1f8a5e-0000-4000-8000-000000000002' };
      expect(await world.hostKeys.known(anew)).to.equal(undefined);
      await world.hostKeys.remember?.(anew, OTHER_KEY);
      expect(await world.hostKeys.known(HOST)).to.deep.equal([KEY]);
      expect(await world.hostKeys.known(anew)).to.deep.equal([OTHER_KEY]);
    });

    it('refuses a key that it holds for another Node', async () => {
      const other = await world.addNode();
      await world.hostKeys.remember?.(other, KEY);
      const error = await failureOf(Promise.resolve(world.hostKeys.remember?.(HOST, KEY)));
      expect(error.message).to.match(
        new RegExp(
          `^w1 \\(10\\.0\\.0\\.1\\) shows the host key ssh-ed25519 SHA256:\\S+, which .* holds for Node ${other.node} as well; `,
        ),
      );
      expect(error.exitCode).to.equal(EXIT.Refused);
      expect(await world.hostKeys.known(HOST)).to.equal(undefined);
      expect(await world.hostKeys.known(other)).to.deep.equal([KEY]);
    });

    it('takes the key of a Node that is gone for the key of a machine that joined again', async () => {
      await world.hostKeys.remember?.(HOST, KEY);
      const again = { ...HOST, uid: '6f1f8a5e-0000-4000-8000-000000000003' };
      await world.hostKeys.remember?.(again, KEY);
      expect(await world.hostKeys.known(again)).to.deep.equal([KEY]);
    });

    it('never puts another key in the place of the one it has', async () => {
      await world.hostKeys.remember?.(HOST, KEY);
      const error = await failureOf(Promise.resolve(world.hostKeys.remember?.(HOST, OTHER_KEY)));
      expect(error.message).to.match(
        new RegExp(`already holds another host key for w1 under ${HOST.uid}; find out which one is the machine's$`),
      );
      expect(error.exitCode).to.equal(EXIT.Refused);
      expect(await world.hostKeys.known(HOST)).to.deep.equal([KEY]);
    });
  });
}
