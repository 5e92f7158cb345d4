import { STEPS } from '../../src/steps/catalog.ts';

const NAMES = STEPS.map(({ name }) => name);

/** Returns the README with every step of the catalog in the loop that builds the images. */
export const withImageLoop = (readme: string, names: readonly string[] = NAMES): string =>
  replaced(readme, /(?<=\bfor step in )[a-z -]+(?=; do\n)/, names.join(' '));

/** Returns the workflow that builds the images of a release, with every step of the catalog in its matrix. */
export const withImageMatrix = (workflow: string, names: readonly string[] = NAMES): string =>
  replaced(workflow, /(?<=\n {8}step:\n)(?: {10}- [a-z-]+\n)+/, names.map((name) => `          - ${name}\n`).join(''));

function replaced(text: string, list: RegExp, by: string): string {
  if (!list.test(text)) throw new Error(`no list of steps that matches ${String(list)}`);
  return text.replace(list, by);
}
