import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from '../runtime/retry.ts';
import { reading, unexpected } from '../runtime/step-error.ts';
import type { Checkup } from '../ports/checkup.ts';

/** A folder, and the keys that a pod may be given there. */
type Places = readonly (readonly [string, readonly string[]])[];

/** What a pod is given of a Secret: its role needs no right to read Secrets. A key that is not there is no file. */
export const mountedSecret = (places: Places): Pick<Checkup, 'secret'> => ({
  secret: () => reading(read(places)),
});

async function read(places: Places): Promise<ReadonlyMap<string, string>> {
  const files = places.flatMap(([folder, keys]) => keys.map((key) => [key, join(folder, key)] as const));
  return new Map(files.filter(([, path]) => existsSync(path)).map(([key, path]) => [key, textOf(path)]));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unexpected(`cannot read ${path}: ${describe(error)}`, error);
  }
}
