import { fingerprint, touchedSince } from '../../../kit/nodes.ts';
import { check, note } from '../../../kit/record.ts';

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
