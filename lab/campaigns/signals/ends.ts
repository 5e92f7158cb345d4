import type { CampaignRecord } from '../../kit/record.ts';
import type { Workflow } from '../../kit/workflow.ts';
import { nodeLines } from '../../kit/nodes.ts';
import { runMarks } from '../../kit/namespace.ts';
import { endOf, messageOf } from '../../kit/runs.ts';
import { headerOf, postsAbout } from '../../kit/chat.ts';
import { history, settle } from './monitoring.ts';

/** A line of the truth table, as everything that watches or is told has it. */
export interface Expected {
  /** `Succeeded, upgraded`: of the Workflow, and of its exit handler. */
  readonly end: string;
  /** Which gauge was up, one after the other, from before the run on; `none`: no gauge. */
  readonly gauges: string;
  /** The run that the namespace names as in flight afterwards. */
  readonly inFlight: 'nobody' | 'this run';
  /** Events that were told, in order. */
  readonly told: readonly string[];
}

const FLAGS = ['in_flight', 'blocked', 'held', 'failed'] as const;

/** Looks at every one of them. */
export async function checkEnd(
  record: CampaignRecord,
  what: string,
  run: Workflow,
  { end, gauges, inFlight, told }: Expected,
): Promise<void> {
  await settle();
  record.check(`${what}: the run ends`, end, endOf(run));
  record.check('… the gauges over it', gauges, await gaugesOver(run));
  const { 'in-flight': marked = '' } = await runMarks();
  const seen = marked === '' ? 'nobody' : marked === run.metadata.name ? 'this run' : marked;
  record.check('… in flight, says the namespace', inFlight, seen);
  const { slack, webhook } = postsAbout(run.metadata.name);
  const words = told.join(', ') || 'nothing';
  record.check('… the webhook is told', words, webhook.map(({ event }) => event).join(', ') || 'nothing');
  record.check(
    '… Slack is told the same',
    webhook.map(({ title }) => title).join('; ') || 'nothing',
    slack.map(headerOf).join('; ') || 'nothing',
  );
  const wrong = [...slack, ...webhook].filter((post) => JSON.stringify(post).includes('not-to-be-told')).length;
  if (wrong > 0) record.check('… the secret is in no post', '0', String(wrong));
  for (const line of messageOf(run).split('\n')) record.note(`  ${line}`);
  record.note(`  ${await nodeLines()}`);
}

/** `none → in_flight → none`, as Prometheus has scraped it from the Pushgateway. */
async function gaugesOver({ status }: Workflow): Promise<string> {
  const from = new Date(status.startedAt).getTime() - 2000;
  const to = new Date(status.finishedAt ?? Date.now()).getTime() + 8000;
  const all = await Promise.all(FLAGS.map((flag) => history(`max(k8s_upgrade_${flag})`, from, to)));
  const stands: string[] = [];
  const known = (at: number): boolean => all.every((values) => values.has(at));
  const last = Math.floor(to / 1000);
  for (let at = Math.floor(from / 1000); at <= last; at++) {
    // A scrape that a busy machine missed says nothing. At the beginning and at the end not to know is an answer.
    if (!known(at) && at < last && stands.some((stand) => stand !== 'unknown')) continue;
    const up = FLAGS.filter((_, index) => all[index]?.get(at) === 1);
    const stand = known(at) ? up.join('+') || 'none' : 'unknown';
    if (stands.at(-1) !== stand) stands.push(stand);
  }
  return stands.join(' → ');
}
