import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandsIn } from './blocks.ts';

/** What tells people what to type. Records say what was typed, decisions why. */
const FILES = ['README.md', 'CONTRIBUTING.md', 'lab/README.md'];
const FOLDERS = ['docs', 'docs/runbook'];

/** Each command once, with the places where it stands (`docs/rollback.md:15`). */
export function documentedCommands(root: string): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const file of documents(root))
    for (const { text, line } of commandsIn(readFileSync(join(root, file), 'utf8')))
      places.set(text, [...(places.get(text) ?? []), `${file}:${line}`]);
  return places;
}

const documents = (root: string): string[] => [
  ...FILES,
  ...FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .sort()
      .map((name) => `${folder}/${name}`),
  ),
];
