import { otherKey, sharedKey } from '../../../src/steps/adapters/ssh/host-key.ts';
import { timedOut } from '../../../src/steps/adapters/ssh/session.ts';
import { refused, tryAgain } from '../../../src/steps/runtime/step-error.ts';
import type {
  HostKeys,
  KeyProbe,
  Remote,
  RemoteCommand,
  RemoteHost,
  RemoteResult,
} from '../../../src/steps/ports/remote.ts';

/** What a command does: ends (exit code 0 when not said), goes on for ever, or cannot be begun. */
export type FakeAnswer = Partial<RemoteResult> | 'hangs' | 'unreachable' | Error;
export type FakeProgram = (command: RemoteCommand, host: RemoteHost) => FakeAnswer | Promise<FakeAnswer>;

/** Machines that answer by script. A command that no rule fits is a mistake of the test. */
export class FakeRemote implements Remote {
  readonly #rules: { fits: (command: RemoteCommand, host: RemoteHost) => boolean; does: FakeProgram }[] = [];
  /** Which Node answers at an address, where that matters to a test. */
  readonly machines = new Map<string, { readonly node: string; readonly machineId: string }>();
  /** Every command that was begun, in order. */
  readonly ran: { node: string; command: RemoteCommand }[] = [];

  /** The rule that was added last counts before those that were there. */
  when(fits: (command: RemoteCommand, host: RemoteHost) => boolean, does: FakeAnswer | FakeProgram): this {
    this.#rules.unshift({ fits, does: typeof does === 'function' ? does : () => does });
    return this;
  }

  /** By a part of the script. */
  whenScript(part: string | RegExp, does: FakeAnswer | FakeProgram): this {
    return this.when(({ script }) => (typeof part === 'string' ? script.includes(part) : part.test(script)), does);
  }

  async run(host: RemoteHost, command: RemoteCommand, onLine?: (line: string) => void): Promise<RemoteResult> {
    this.#prove(host);
    const rule = this.#rules.find(({ fits }) => fits(command, host));
    if (rule === undefined) throw new Error(`FakeRemote has no rule for ${host.node}: ${command.script}`);
    this.ran.push({ node: host.node, command });
    const answer = await rule.does(command, host);
    if (answer instanceof Error) throw answer;
    if (answer === 'hangs') throw timedOut(host, command);
    if (answer === 'unreachable') throw unreachable(host);
    const result: RemoteResult = { exitCode: 0, stdout: '', stderr: '', ...answer };
    for (const line of [...linesOf(result.stdout), ...linesOf(result.stderr)]) onLine?.(line);
    return result;
  }

  #prove(host: RemoteHost): void {
    const { node, address, machineId } = host;
    const machine = this.machines.get(address);
    if (machine === undefined || (machine.node === node && machine.machineId === machineId)) return;
    throw refused(`${node} (${address}) is not proven to be Node ${node}: the machine that answers is ${machine.node}`);
  }
}

const unreachable = ({ node, address }: RemoteHost): Error =>
  tryAgain(`cannot log in to ${node} (${address}) on port 22: connect ECONNREFUSED ${address}:22`);

/** Every sshd accepts the keys that `accepted` gives for its Node; none answers where that is undefined. */
export class FakeKeyProbe implements KeyProbe {
  readonly #accepted: (node: string) => readonly string[] | undefined;

  constructor(accepted: (node: string) => readonly string[] | undefined) {
    this.#accepted = accepted;
  }

  async letsIn(host: RemoteHost, publicKey: string): Promise<boolean> {
    const accepted = this.#accepted(host.node);
    if (accepted === undefined) throw unreachable(host);
    return accepted.includes(publicKey);
  }
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** Keys in memory, by UID; `learns: false` is a fixed list. */
export class FakeHostKeys implements HostKeys {
  readonly keys = new Map<string, readonly string[]>();
  /** Names of the Nodes that are there, by UID. */
  readonly nodes = new Map<string, string>();
  readonly remember: ((host: RemoteHost, key: string) => Promise<void>) | undefined;

  constructor({ learns = true } = {}) {
    this.remember = learns ? (host, key) => this.#add(host, key) : undefined;
  }

  async known({ uid }: RemoteHost): Promise<readonly string[] | undefined> {
    return this.keys.get(uid);
  }

  whereKept({ uid }: RemoteHost): string {
    return `key ${uid} of the fake`;
  }

  async #add(host: RemoteHost, key: string): Promise<void> {
    const known = this.keys.get(host.uid);
    if (known?.includes(key)) return;
    if (known !== undefined) throw refused(otherKey(host, 'the fake'));
    for (const [uid, node] of this.nodes)
      if (this.keys.get(uid)?.includes(key)) throw refused(sharedKey(host, node, key, 'the fake'));
    this.keys.set(host.uid, [key]);
  }
}
