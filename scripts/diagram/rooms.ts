import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** Rooms below src/steps that are no step. */
const ROOMS_OF_STEPS = ['ports', 'adapters', 'runtime', 'guards', 'wiring'];

/** The room of a file below `src`, such as `upgrade`. All steps are one room, and their contracts are another. */
export function roomOf(path: string): string {
  const [top = '', below = '', file = ''] = path.split('/');
  if (top !== 'steps') return top;
  if (below.endsWith('.ts')) return 'steps/catalog.ts';
  if (ROOMS_OF_STEPS.includes(below)) return `steps/${below}`;
  return file === 'contract.ts' ? 'steps/<step>/contract.ts' : 'steps/<step>';
}

/** Room → the rooms that its files import, without itself. Both sorted. */
export function roomImports(src: string): ReadonlyMap<string, readonly string[]> {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const pairs = files.flatMap((file) =>
    ts
      .preProcessFile(readFileSync(join(src, file), 'utf8'))
      .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
      .map(({ fileName }) => [roomOf(file), roomOf(join(dirname(file), fileName))] as const),
  );
  const rooms = [...new Set(files.map(roomOf))].sort();
  return new Map(
    rooms.map((room) => {
      const imported = pairs.flatMap(([from, to]) => (from === room && to !== room ? [to] : []));
      return [room, [...new Set(imported)].sort()];
    }),
  );
}

/** Arrows of the diagram: an import that another arrow implies is left out. */
export function toRoomDiagram(imports: ReadonlyMap<string, readonly string[]>): string {
  const reaches = (from: string, to: string): boolean =>
    (imports.get(from) ?? []).some((next) => next === to || reaches(next, to));
  const id = (room: string): string => room.replaceAll(/[^a-z]+/g, '_');
  const shown = (room: string): string => room.replace('<step>', '&lt;step&gt;');
  const boxes = [...imports.keys()].map((room) => `  ${id(room)}["${shown(room)}"]`);
  const arrows = [...imports].flatMap(([room, imported]) =>
    imported
      .filter((to) => !imported.some((other) => other !== to && reaches(other, to)))
      .map((to) => `  ${id(room)} --> ${id(to)}`),
  );
  return ['flowchart TD', ...boxes, ...arrows, ''].join('\n');
}

const BEGIN = '<!-- rooms: drawn from the imports of src/ by npm run diagram -->';
const END = '<!-- /rooms -->';

/** Returns the page with the diagram between its two markers. Throws when the page lacks one. */
export function withRoomDiagram(page: string, src: string): string {
  const [before, rest = ''] = page.split(BEGIN);
  const after = rest.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/architecture.md needs ${BEGIN} and ${END}`);
  return `${before}${BEGIN}\n\n\`\`\`mermaid\n${toRoomDiagram(roomImports(src))}\`\`\`\n\n${END}${after}`;
}
