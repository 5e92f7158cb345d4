import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { attempt } from './campaign.ts';
import { must } from './commands.ts';
import { versions } from './diagnose.ts';
import { campaignOptions } from './options.ts';
import { CampaignRecord, recordPath } from './record.ts';

/** A part of a campaign, on a cluster of its own. */
export interface Part {
  readonly name: string;
  readonly title: string;
  readonly bringUp: () => Promise<void>;
  readonly body: (record: CampaignRecord) => Promise<void>;
}

/**
 * A campaign in parts. One that breaks off does not keep the next from telling what it knows. A record has a section per
 * part, with the date and the commit of its last run: the sections of parts that did not run stay as they were.
 */
export async function parts(title: string, all: readonly Part[]): Promise<void> {
  const values = campaignOptions(
    title,
    all.map(({ name }) => name),
  );
  const chosen = choose(all, values.only);
  if (values.record !== undefined) recordPath(values.record, title);
  await must('npm', ['run', '-s', 'bundle']);
  let [passed, failed] = [0, 0];
  for (const part of chosen) {
    const record = new CampaignRecord();
    record.note(`=== ${part.title}`);
    await runPart(part, record);
    if (values.record !== undefined)
      writeSection(
        values.record,
        title,
        part.title,
        await record.section(part.title, await versions().catch(() => [])),
      );
    passed += record.passed;
    failed += record.failed;
  }
  if (!values.keep) await must('lab/down.sh', ['--purge']);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}

function choose(all: readonly Part[], names: readonly string[] | undefined): readonly Part[] {
  if (names === undefined) return all;
  const unknown = names.filter((name) => !all.some((part) => part.name === name));
  if (unknown.length > 0)
    throw new Error(`no such part: ${unknown.join(', ')}; there are ${all.map(({ name }) => name).join(', ')}`);
  return all.filter(({ name }) => names.includes(name));
}

const runPart = ({ bringUp, body }: Part, record: CampaignRecord): Promise<void> =>
  attempt(record, 'the part', async () => {
    await bringUp();
    await body(record);
  });

/** Puts a part's section in the place of its former one, or behind all others. */
function writeSection(file: string, title: string, name: string, section: string): void {
  const path = recordPath(file, title);
  const before = existsSync(path) ? readFileSync(path, 'utf8') : `# ${title}\n`;
  const [head = '', ...sections] = before.split(/^(?=## )/m);
  const index = sections.findIndex((other) => other.startsWith(`## ${name}\n`));
  if (index >= 0) sections[index] = section;
  else sections.push(section);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, [head.trimEnd(), ...sections.map((text) => text.trimEnd())].join('\n\n') + '\n');
}
