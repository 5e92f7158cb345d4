// Starts every command of package.json: `node scripts/run.ts plan --help`. Options are read before a command is loaded, since that takes seconds.
import { parse, type Command } from '../src/command-line/command.ts';
import * as commands from '../src/command-line/commands.ts';
import { runProgram, type Streams } from '../src/command-line/program.ts';
import { EXIT } from '../src/contract/exit-code.ts';
import { redact } from '../src/text/redact.ts';

type Main = (args: string[], streams: Streams, signal: AbortSignal) => number | Promise<number>;

interface Entry {
  readonly command: Command;
  readonly load: () => Promise<Main>;
}

const ENTRIES: Readonly<Record<string, Entry>> = {
  plan: {
    command: commands.PLAN,
    load: async () => {
      const { plan } = await import('../src/cli/plan.ts');
      return (args, streams, signal) => plan(args, process.env, streams, signal);
    },
  },
  doctor: {
    command: commands.DOCTOR,
    load: async () => {
      const { doctor } = await import('../src/cli/doctor.ts');
      return (args, streams, signal) => doctor(args, process.env, streams, signal);
    },
  },
  synth: {
    command: commands.SYNTH,
    load: async () => (await import('../src/synth/command.ts')).synth,
  },
  'check:dist': {
    command: commands.CHECK_DIST,
    load: async () => (await import('../src/synth/command.ts')).checkDist,
  },
  diff: { command: commands.DIFF, load: async () => (await import('../src/cli/diff.ts')).main },
  rules: { command: commands.RULES, load: async () => (await import('../src/cli/rules.ts')).main },
  diagram: { command: commands.DIAGRAM, load: async () => (await import('./diagram.ts')).main },
  schema: { command: commands.SCHEMA, load: async () => (await import('./schema.ts')).main },
  docs: { command: commands.DOCS, load: async () => (await import('./docs.ts')).main },
  'lint:argo': { command: commands.LINT_ARGO, load: async () => (await import('./lint-argo.ts')).main },
  'test:rules': { command: commands.TEST_RULES, load: async () => (await import('./test-rules.ts')).main },
  bundle: { command: commands.BUNDLE, load: async () => (await import('./bundle.ts')).main },
  bench: { command: commands.BENCH, load: async () => (await import('./bench.ts')).main },
};

async function run(name: string, args: string[], streams: Streams, signal: AbortSignal): Promise<number> {
  const entry = ENTRIES[name];
  if (entry === undefined) {
    streams.err(`saw ${JSON.stringify(name)}, expected one of ${Object.keys(ENTRIES).join(', ')}\n`);
    return EXIT.BadInput;
  }
  const parsed = parse(entry.command, args);
  if ('says' in parsed) {
    (parsed.exitCode === EXIT.Done ? streams.out : streams.err)(parsed.says);
    return parsed.exitCode;
  }
  try {
    const main = await entry.load();
    return await main(args, streams, signal);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    streams.err(redact(`${name}: this is a bug in argo-kubeadm-upgrade: ${text}\n`));
    return EXIT.Bug;
  }
}

/** Commands that ask a cluster. */
const ASKING = ['plan', 'doctor'];

const [name = '', ...args] = process.argv.slice(2);
await runProgram((streams, signal) => run(name, args, streams, signal), { asksOthers: ASKING.includes(name) });
