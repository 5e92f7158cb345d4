import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { must, REPO } from './commands.ts';

interface Point {
  readonly point: string;
  readonly expected: string;
  readonly seen: string;
  readonly passed: boolean;
}

/** Where a record is written. Throws when a file is there that is no record of this campaign, since it would be lost. */
export function recordPath(file: string, title: string, root = REPO): string {
  const path = resolve(root, file);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  const isRecord = stat?.isFile() === true && readFileSync(path, 'utf8').startsWith(`# ${title}\n`);
  if (stat === undefined || isRecord) return path;
  throw new Error(`--record ${file}: saw a file that does not begin with "# ${title}", expected a record or no file`);
}

/** What a campaign set out to see and what it saw: a line per point, as it happens and in the record. */
export class CampaignRecord {
  readonly #points: Point[] = [];
  readonly #notes: string[] = [];
  readonly #began = Date.now();
  /** The commit under test. Later commits do not count. */
  readonly #commit = commit();

  /** A line for the reader that judges nothing. */
  note(text: string): void {
    const line = withoutFolder(text);
    this.#notes.push(line);
    this.#print(line);
  }

  check(point: string, expected: string, found: string, passed = found === expected): void {
    const seen = withoutFolder(found);
    this.#points.push({ point, expected, seen, passed });
    this.#print(`${passed ? 'passed' : 'FAILED'}  ${point}: expected ${expected}; seen ${seen}`);
  }

  get failed(): number {
    return this.#points.filter(({ passed }) => !passed).length;
  }

  get passed(): number {
    return this.#points.length - this.failed;
  }

  closingLine(): string {
    return `${this.passed} passed, ${this.failed} failed`;
  }

  /** Writes the record as Markdown; nothing is in it that was not printed. */
  async write(file: string, title: string, versions: readonly string[]): Promise<void> {
    const path = recordPath(file, title);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `# ${title}\n\n${await this.#body(versions)}`);
    this.#print(`written: ${file}`);
  }

  /** Returns the record as a section of a longer one. */
  async section(title: string, versions: readonly string[]): Promise<string> {
    return `## ${title}\n\n${await this.#body(versions)}`;
  }

  async #body(versions: readonly string[]): Promise<string> {
    const commit = await this.#commit;
    const rows = this.#points.map(
      ({ point, expected, seen, passed }) =>
        `| ${[point, expected, seen, passed ? 'passed' : '**FAILED**'].map(cell).join(' | ')} |`,
    );
    return [
      `- date: ${new Date().toISOString().slice(0, 16)}Z`,
      `- commit: ${commit}`,
      ...versions.map((version) => `- ${version}`),
      `- result: ${this.closingLine()}, in ${this.#seconds()} s`,
      '',
      '| point | expected | seen | |',
      '| --- | --- | --- | --- |',
      ...rows,
      '',
      '```text',
      ...this.#notes,
      '```',
      '',
    ].join('\n');
  }

  #print(line: string): void {
    process.stdout.write(`${String(this.#seconds()).padStart(5)} s  ${line}\n`);
  }

  #seconds(): number {
    return Math.round((Date.now() - this.#began) / 1000);
  }
}

/** Removes the path of the repository on this host. */
const withoutFolder = (text: string): string => text.replaceAll(`${REPO}/`, '');

/** Twelve digits, and `-dirty` when a tracked file differs: the records themselves are not part of what is tested. */
async function commit(): Promise<string> {
  const changed = await must('git', ['status', '--porcelain', '--untracked-files=no', '--', '.', ':!docs/proof']);
  return `${await must('git', ['rev-parse', '--short=12', 'HEAD'])}${changed === '' ? '' : '-dirty'}`;
}

/** For a message that says more than the one sentence: expected is the sentence, seen is it or all that was said. */
export const said = (message: string, sentence: string): [expected: string, seen: string] => [
  sentence,
  message.includes(sentence) ? sentence : message,
];

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
