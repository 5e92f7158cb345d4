import { expect } from 'chai';

/** Something that holds for every subject, and a way to break it: a check that sees nothing proves nothing. */
export interface Pledge<T> {
  readonly says: string;
  /** What is wrong; nothing when the promise is kept. */
  readonly check: (subject: T) => readonly string[];
  /** A copy that breaks the promise. */
  readonly spoil: (subject: T) => unknown;
}

export function keeps<T>(
  subjects: () => readonly T[],
  nameOf: (subject: T) => string,
  pledges: readonly Pledge<T>[],
): void {
  for (const { says, check, spoil } of pledges)
    it(says, () => {
      const all = subjects();
      expect(all, 'nothing was checked').to.not.be.empty;
      expect(all.flatMap((subject) => check(subject).map((problem) => `${nameOf(subject)}: ${problem}`))).to.deep.equal(
        [],
      );
      const noticed = all.filter((subject) => check(spoil(subject) as T).length > 0);
      expect(noticed.map(nameOf), 'a spoiled copy passes').to.deep.equal(all.map(nameOf));
    });
}

/** `says` when the condition does not hold. */
export const unless = (holds: boolean, says: string): readonly string[] => (holds ? [] : [says]);
