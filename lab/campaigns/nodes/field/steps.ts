import { fingerprint, touchedSince } from '../../../kit/nodes.ts';
import { check, checkSays, note, noteLines } from '../../../kit/record.ts';
import { stepByHand, type StepEnd } from '../../../kit/step-by-hand.ts';
import { NEXT, SETTINGS } from '../cluster.ts';

type Values = Readonly<Record<string, string>>;

/** Runs a step as a program of this host, with the environment of the rendered template. */
export const step = (name: string, values: Values = {}): Promise<StepEnd> =>
  stepByHand(SETTINGS.folder, name, { TARGET: NEXT, PUSHGATEWAY_URL: '', ...values });

/** The node lists that `inventory` hands to the later steps. */
export function tasks(...nodes: readonly string[]): Values {
  const isControlPlane = (node: string): boolean => node.startsWith('cp');
  const listOf = (names: readonly string[], role: string): string =>
    JSON.stringify(names.map((name) => ({ name, role })));
  return {
    CONTROL_PLANES: listOf(nodes.filter(isControlPlane), 'first-control-plane'),
    WORKERS: listOf(
      nodes.filter((node) => !isControlPlane(node)),
      'worker',
    ),
  };
}

export const EVERY_NODE = tasks('cp1', 'w1', 'w2');

/** Records how a step ended, and each sentence that it must say. The log of the step is noted. */
export function checkStep(
  what: string,
  { exitCode, log, outputs }: StepEnd,
  { exit = 0, says = [] }: { readonly exit?: number; readonly says?: readonly string[] },
): void {
  const told = [log, ...Object.values(outputs)].join('\n');
  check(`${what} ends`, `exit code ${exit}`, `exit code ${exitCode}`);
  for (const sentence of says) checkSays('… it says', told, sentence);
  noteLines(log.trim());
}

/** How `prepare` and `rehearse` end when something stands in the way: refused, and not tried again. */
export const REFUSED = 77;
export const NO_CORDON = 'No node was cordoned, and nothing was installed.';

/** Something that operators do to a cluster. */
export interface Quirk {
  /** For the reader of the record. */
  readonly what: string;
  readonly make: () => Promise<unknown>;
  /** Also after a `make` that broke off. */
  readonly undo: () => Promise<unknown>;
}

/** Makes quirks, looks at what the steps say, checks that they touched nothing, and removes the quirks. */
export async function withQuirks(quirks: readonly Quirk[], look: () => Promise<void>): Promise<void> {
  for (const { what } of quirks) note(`- ${what}`);
  try {
    for (const { make } of quirks) await make();
    const before = await fingerprint();
    await look();
    check('… touched', 'nothing', await touchedSince(before));
  } finally {
    for (const { undo } of [...quirks].reverse()) await undo();
  }
}
