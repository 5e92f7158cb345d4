import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { must, REPO } from './commands.ts';

interface Point {
  readonly point: string;
  readonly expected: string;
  readonly seen: string;
  readonly passed: boolean;
}

/** What a part set out to see and what it saw: a line per point, as it happens and in the record. */
export class PartRecord {
  readonly #points: Point[] = [];
  readonly #notes: string[] = [];
  readonly #began = Date.now();
  /** The commit under test. Later commits do not count. */
  readonly #commit = commit();

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

  /** Returns the section of the part, as Markdown. Everything in it was printed. */
  async section(title: string, versions: readonly string[]): Promise<string> {
    const rows = this.#points.map(
      ({ point, expected, seen, passed }) =>
        `| ${[point, expected, seen, passed ? 'passed' : '**FAILED**'].map(cell).join(' | ')} |`,
    );
    return [
      `## ${title}`,
      '',
      `- date: ${new Date().toISOString().slice(0, 16)}Z`,
      `- commit: ${await this.#commit}`,
      ...versions.map((version) => `- ${version}`),
      `- result: ${this.passed} passed, ${this.failed} failed, in ${this.#seconds()} s`,
      '',
      '| point | expected | seen | |',
      '| --- | --- | --- | --- |',
      ...rows,
      '',
      '```text',
      ...this.#notes,
      '```',
    ].join('\n');
  }

  #print(line: string): void {
    process.stdout.write(`${String(this.#seconds()).padStart(5)} s  ${line}\n`);
  }

  #seconds(): number {
    return Math.round((Date.now() - this.#began) / 1000);
  }
}

/** The record of the part that runs. Parts run one after the other. */
let current: PartRecord | undefined;

export function beginRecord(): PartRecord {
  current = new PartRecord();
  return current;
}

function running(): PartRecord {
  if (current === undefined) throw new Error('No part of a campaign runs, so there is no record.');
  return current;
}

/** Records a point: what was expected and what was seen. It passes when both are equal, or as `passed` says. */
export function check(point: string, expected: string, found: string, passed?: boolean): void {
  running().check(point, expected, found, passed);
}

/** Records whether a longer message contains a sentence. A message without it is shown whole. */
export function checkSays(point: string, message: string, sentence: string): void {
  check(point, sentence, message.includes(sentence) ? sentence : message);
}

/** Notes a line for the reader. It judges nothing. */
export function note(text: string): void {
  running().note(text);
}

/** Notes every line, indented. */
export function noteLines(lines: string | readonly string[]): void {
  for (const line of typeof lines === 'string' ? lines.split('\n') : lines) note(`  ${line}`);
}

/** Where a record is written. Throws when a file is there that is no record of this campaign, since it would be lost. */
export function recordPath(file: string, title: string, root = REPO): string {
  const path = resolve(root, file);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  const isRecord = stat?.isFile() === true && readFileSync(path, 'utf8').startsWith(`# ${title}\n`);
  if (stat === undefined || isRecord) return path;
  throw new Error(`--record ${file}: saw a file that does not begin with "# ${title}", expected a record or no file`);
}

/** Puts the section of a part in the place of its former one, or behind all others. */
export function writeSection(path: string, title: string, section: string): void {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const sections = before.split(/^(?=## )/m).filter((text) => text.startsWith('## '));
  const head = section.slice(0, section.indexOf('\n') + 1);
  const index = sections.findIndex((other) => other.startsWith(head));
  if (index >= 0) sections[index] = section;
  else sections.push(section);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, [`# ${title}`, ...sections.map((text) => text.trimEnd())].join('\n\n') + '\n');
}

/** Removes the path of the repository on this host. */
const withoutFolder = (text: string): string => text.replaceAll(`${REPO}/`, '');

/** Twelve digits, and `-dirty` when a tracked file differs: the records themselves are not part of what is tested. */
async function commit(): Promise<string> {
  const changed = await must('git', ['status', '--porcelain', '--untracked-files=no', '--', '.', ':!docs/proof']);
  return `${await must('git', ['rev-parse', '--short=12', 'HEAD'])}${changed === '' ? '' : '-dirty'}`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
