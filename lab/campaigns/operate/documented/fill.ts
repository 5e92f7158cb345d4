/** What stands in a document and what it is here: `<node>`, or an example such as `worker-1`. */
export type Values = Readonly<Record<string, string>>;

/** A command with everything that a reader must fill in; throws for a value that it has no place for, and for a place without one. */
export function filledIn(command: string, values: Values): string {
  const lost = Object.keys(values).filter((place) => !command.includes(place));
  if (lost.length > 0) throw new Error(`${command}: has no ${lost.join(', ')}`);
  const filled = Object.entries(values).reduce((text, [place, value]) => text.replaceAll(place, () => value), command);
  const open = placesIn(filled);
  if (open.length > 0) throw new Error(`${command}: nobody said what ${open.join(', ')} is`);
  return filled;
}

/** `<none>` is what kubectl prints. */
const placesIn = (command: string): string[] =>
  [...command.matchAll(/<[a-z][\w .-]*>/g)].map(([place]) => place).filter((place) => place !== '<none>');
