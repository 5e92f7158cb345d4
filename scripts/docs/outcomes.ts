/** A test by its file below `test/` and a part of its title. */
interface TestTitle {
  readonly file: string;
  readonly title: string;
}

/** What became of a reported fault: a mend with the tests that hold it, or the reason why the behaviour stays. */
export type Outcome = { readonly mended: string; readonly tests: readonly TestTitle[] } | { readonly stays: string };

/** The heads of the last two columns of a table of faults. */
export const OUTCOME_HEADS = ['mended by, or why it stays', 'tests'] as const;

/**
 * Writes the last two cells of a row.
 *
 * @param outcome Left out while the fault is open.
 */
export function outcomeCells(outcome: Outcome | undefined): [string, string] {
  if (outcome === undefined) return ['Open.', ''];
  if ('stays' in outcome) return [`Stays: ${outcome.stays}`, ''];
  return [outcome.mended, outcome.tests.map(({ file, title }) => `\`test/${file}\`: ${title}`).join('; ')];
}
