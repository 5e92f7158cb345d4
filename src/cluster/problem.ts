import { redactValue } from '../text/redact.ts';

/** Where a setting is: ['policy', 'skipVersions', 0]. */
export type SettingPath = readonly (string | number)[];

/** Something wrong with a setting, before anyone has looked up where in the file it is written. */
export interface SettingProblem {
  readonly path: SettingPath;
  readonly says: string;
}

/** Something wrong at a place; without a line it is about the file or directory as such. */
export interface Problem {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly says: string;
}

/** Every problem of every file, one per line, in the order of the files. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const sorted = [...problems].sort(byPlace);
    super(sorted.map(formatProblem).join('\n'));
    this.problems = sorted;
  }
}

export function formatPath(path: SettingPath): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${plainKey(part)}`)).join('');
  return text.replace(/^\./, '');
}

/** A key that would garble the report is quoted. */
function plainKey(key: string): string {
  const shown = redactValue(key);
  return /^[\w/<-]+$/.test(shown) ? shown : JSON.stringify(shown);
}

function formatProblem({ file, line, column, says }: Problem): string {
  const text = redactValue(says);
  return line === undefined ? `${file}  ${text}` : `${file}:${line}:${column ?? 1}  ${text}`;
}

function byPlace(a: Problem, b: Problem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
