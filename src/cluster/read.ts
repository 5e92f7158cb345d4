import { SettingsDocument } from './document.ts';
import { formatPath, type Problem } from './problem.ts';
import type { ClusterSettings } from '../settings/cluster.ts';
import { validateSettings } from './validate.ts';

interface Read {
  /** Absent when there is a problem. */
  readonly settings?: Omit<ClusterSettings, 'name'>;
  readonly problems: Problem[];
}

/** The text of one file; `file` is only what the problems call it. */
export function readSettings(text: string, file: string): Read {
  const document = new SettingsDocument(text);
  const broken = document.syntaxProblems();
  if (broken.length > 0) return { problems: broken.map((each) => ({ file, ...each })) };

  const { settings, settingProblems } = validateSettings(document);
  const repeated = document.repeatedKeys().map(({ path, place, first }) => ({
    file,
    ...place,
    says: `${formatPath(path)}: set a second time, expected once; line ${first.line} sets it first`,
  }));
  const wrong = settingProblems.map(({ path, says }) => ({
    file,
    ...document.placeOf(path),
    says: `${formatPath(path) || 'the file'}: ${says}`,
  }));
  const problems = [...repeated, ...wrong];
  return problems.length > 0 ? { problems } : { settings, problems };
}
