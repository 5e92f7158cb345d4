import type { PatchFile, PatchFolder } from '../../upgrade/gate/kubeadm-patches.ts';
import { known, notKnown, type Reading } from '../../upgrade/reading.ts';
import { shellWord } from '../../text/shell.ts';
import { parsed, unexpected } from '../runtime/step-error.ts';
import { parseYaml } from './yaml.ts';

/** More is no directory of patches, and would not fit into the output that is kept. */
const MOST_FILES = 100;
const MOST_BYTES = 150_000;

/**
 * Says owner and mode of the directory and of each file below it, and the files in base64: kubeadm reads subdirectories too,
 * follows links to files, and takes the files in the order of their paths.
 */
export const lookAtPatches = (directory: string): string =>
  [
    `patches=${shellWord(directory)}`,
    'if [ -h "$patches" ]; then echo "patches no-directory"',
    'elif [ ! -e "$patches" ]; then echo "patches absent"',
    'elif [ ! -d "$patches" ]; then echo "patches no-directory"',
    `elif [ "$(find "$patches" ! -type d | wc -l)" -gt ${MOST_FILES} ] || [ "$(find "$patches" ! -type d -exec cat {} + 2>/dev/null | wc -c)" -gt ${MOST_BYTES} ]; then`,
    '  echo "patches too-many"',
    'else',
    '  echo "patches directory $(find "$patches" -type d -exec stat -c %u:%a {} + | tr "\\n" " ")"',
    '  find "$patches" ! -type d | LC_ALL=C sort | while IFS= read -r file; do',
    '    echo "patch $(basename "$file" | base64 -w 0) $(stat -L -c %u:%a "$file" 2>/dev/null || echo none) $(base64 -w 0 "$file" 2>/dev/null)"',
    '  done',
    'fi',
  ].join('\n');

export function patchesIn(lines: readonly string[], where: string): Reading<PatchFolder> {
  const [, kind, ...owners] =
    lines
      .find((line) => line.startsWith('patches '))
      ?.trim()
      .split(' ') ?? [];
  switch (kind) {
    case 'absent':
    case 'no-directory':
      return known({ kind });
    case 'directory':
      return known({ kind, secure: owners.every(isSecure), files: lines.flatMap((line) => fileOf(line, where)) });
    case 'too-many':
      return notKnown(`${where} has more than ${MOST_FILES} files or ${MOST_BYTES} bytes`);
    case undefined:
    default:
      return notKnown(`nothing was said about ${where}`);
  }
}

function fileOf(line: string, where: string): PatchFile[] {
  const [word, name = '', owner = '', content] = line.split(' ');
  if (word !== 'patch') return [];
  const file = { name: decoded(name).trimEnd(), secure: isSecure(owner) };
  const what = `${file.name} in ${where}`;
  return [
    { ...file, documents: parsed(() => documentsIn(owner === 'none' ? undefined : decoded(content ?? ''), what)) },
  ];
}

function documentsIn(text: string | undefined, what: string): readonly unknown[] {
  if (text === undefined) throw unexpected(`${what} cannot be read`);
  return parseYaml(text, what);
}

const decoded = (text: string): string => Buffer.from(text, 'base64').toString('utf8');

/** `<uid>:<mode in octal>`: of root, and not writable for group and others. */
function isSecure(owner: string): boolean {
  const [, uid, mode = ''] = /^(\d+):([0-7]+)$/.exec(owner) ?? [];
  return uid === '0' && (Number.parseInt(mode, 8) & 0o022) === 0;
}
