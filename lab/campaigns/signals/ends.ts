import { eventsOf, headerOf, postsAbout } from '../../kit/daemons.ts';
import { inFlight } from '../../kit/namespace.ts';
import { nodeLines } from '../../kit/nodes.ts';
import { check, noteLines } from '../../kit/record.ts';
import { endOf, noteMessage, type Workflow } from '../../kit/runs.ts';
import { history, settle } from './monitoring.ts';

/** What Argo, Prometheus, the namespace, and the chat have of a run. */
interface Expected {
  /** `Succeeded, upgraded`: of the Workflow, and of its exit handler. */
  readonly end: string;
  /** Which gauge was up, one after the other, from before the run on; `none`: no gauge. */
  readonly gauges: string;
  /** The run that the namespace names as in flight afterwards; undefined: no run. */
  readonly inFlight?: 'this run';
  /** Events that were told, in order; undefined: none. */
  readonly told?: readonly string[];
}

const FLAGS = ['in_flight', 'blocked', 'held', 'failed'] as const;

/** Looks at every one of them. */
export async function checkEnd(what: string, run: Workflow, expected: Expected): Promise<void> {
  await settle();
  check(`${what}: the run ends`, expected.end, endOf(run));
  check('… the gauges over it', expected.gauges, await gaugesOver(run));
  const marked = await inFlight();
  const seen = marked === run.metadata.name ? 'this run' : marked;
  check('… in flight, says the namespace', expected.inFlight ?? 'nobody', seen);
  const posts = postsAbout(run.metadata.name);
  check('… the webhook is told', expected.told?.join(', ') ?? 'nothing', eventsOf(posts) || 'nothing');
  const titles = posts.webhook.map(({ title }) => title).join('; ');
  check('… Slack is told the same', titles || 'nothing', posts.slack.map(headerOf).join('; ') || 'nothing');
  const wrong = [...posts.slack, ...posts.webhook].filter((post) => JSON.stringify(post).includes('not-to-be-told'));
  if (wrong.length > 0) check('… the secret is in no post', '0', String(wrong.length));
  noteMessage(run);
  noteLines(await nodeLines());
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
