import { isMap, isScalar, isSeq, LineCounter, parseDocument, Scalar, visit, type Node, type Pair } from 'yaml';
import type { SettingPath } from './problem.ts';
import { describeFault, mainFaults } from './yaml-faults.ts';

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A setting as it is written; a report points at the key and quotes the value. */
interface Written {
  readonly at: Node;
  readonly value: Node | null;
}

type MapPair = Pair<Node, Node | null>;

/** YAML 1.2 whatever the file asks for: in 1.1 `off` would be false and `<<` would merge. */
const STRICT = {
  schema: 'core',
  merge: false,
  stringKeys: true,
  uniqueKeys: false, // repeatedKeys() names the setting
  resolveKnownTags: false,
  prettyErrors: false,
} as const;

/** One parsed file, able to say where each setting is written. */
export class SettingsDocument {
  readonly #lines = new LineCounter();
  readonly #yaml;

  constructor(text: string) {
    this.#yaml = parseDocument(text, { ...STRICT, lineCounter: this.#lines });
  }

  syntaxProblems(): (Place & { says: string })[] {
    const { errors, warnings } = this.#yaml;
    const faults = mainFaults([...errors, ...warnings], ({ pos }) => this.#place(pos[0]).line);
    return faults.map((fault) => ({ ...this.#place(fault.pos[0]), says: describeFault(fault) }));
  }

  /** Keys set twice in the same section, from the second time on. */
  repeatedKeys(): { path: SettingPath; place: Place; first: Place }[] {
    return repeated(this.#yaml.contents, []).map(({ path, key, first }) => ({
      path,
      place: this.#placeOfNode(key),
      first: this.#placeOfNode(first),
    }));
  }

  /** Plain data. An empty file holds no settings; an alias counts as nothing, so that every one of them is refused. */
  data(): unknown {
    const plain = this.#yaml.clone();
    visit(plain, { Alias: () => new Scalar(null) });
    return plain.toJS() ?? {};
  }

  find(path: SettingPath): Written | undefined {
    const top = this.#yaml.contents;
    let found: Written | undefined = top === null ? undefined : { at: top, value: top };
    for (const part of path) found = found && child(found.value, part);
    return found;
  }

  /** Where a setting is written, else its section, else the top of the file. */
  placeOf(path: SettingPath): Place {
    if (path.length === 0) return { line: 1, column: 1 };
    const found = this.find(path);
    return found === undefined ? this.placeOf(path.slice(0, -1)) : this.#placeOfNode(found.at);
  }

  #placeOfNode(node: Node): Place {
    return this.#place(node.range?.[0] ?? 0);
  }

  #place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }
}

function child(node: Node | null, part: string | number): Written | undefined {
  if (isSeq<Node>(node)) {
    const item = typeof part === 'number' ? node.items[part] : undefined;
    return item && { at: item, value: item };
  }
  // YAML readers use the last of two equal keys.
  const pair = isMap<Node, Node | null>(node) ? node.items.findLast((each) => keyOf(each) === part) : undefined;
  return pair && { at: pair.key, value: pair.value };
}

function repeated(node: Node | null, path: SettingPath): { path: SettingPath; key: Node; first: Node }[] {
  if (!isMap<Node, Node | null>(node)) return [];
  return node.items.flatMap((pair) => {
    const [key, here] = [pair.key, [...path, keyOf(pair)]];
    const first = node.items.find((each) => keyOf(each) === keyOf(pair))?.key ?? key;
    return [...(first === key ? [] : [{ path: here, key, first }]), ...repeated(pair.value, here)];
  });
}

function keyOf({ key }: MapPair): string {
  return isScalar(key) ? String(key.value) : '';
}
