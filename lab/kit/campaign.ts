import { must } from './commands.ts';
import { diagnose, versions } from './diagnose.ts';
import { campaignOptions } from './options.ts';
import { CampaignRecord, recordPath } from './record.ts';

/** A part of a campaign that may break off while the others still have something to tell. */
export async function attempt(record: CampaignRecord, what: string, body: () => Promise<unknown>): Promise<void> {
  try {
    await body();
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    record.check(`${what} runs to its end`, 'no error', seen, false);
    await diagnose();
  }
}

/**
 * Runs a campaign to its end: a line per point, a closing line, and an exit code that tells the truth. What breaks off is
 * a failed point, with what a person would ask for first. `--keep` leaves the lab up; `--record FILE` writes the record.
 */
export async function campaign(title: string, body: (record: CampaignRecord) => Promise<void>): Promise<void> {
  const values = campaignOptions(title);
  if (values.record !== undefined) recordPath(values.record, title);
  const record = new CampaignRecord();
  try {
    await attempt(record, 'the campaign', async () => {
      // Removes what an earlier campaign left, since a campaign begins on a new cluster.
      await must('lab/down.sh', ['--purge']);
      await body(record);
    });
  } finally {
    if (values.record !== undefined) await record.write(values.record, title, await versions().catch(() => []));
    if (!values.keep) await must('lab/down.sh', ['--purge']);
  }
  process.stdout.write(`${record.closingLine()}\n`);
  process.exitCode = record.failed > 0 ? 1 : 0;
}
