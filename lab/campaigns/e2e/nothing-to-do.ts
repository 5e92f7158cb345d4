import { get, kubectl, until } from '../../kit/commands.ts';
import { fingerprint, nodeLines, touchedSince } from '../../kit/nodes.ts';
import { check, checkSays, note } from '../../kit/record.ts';
import {
  listWorkflows,
  messageOf,
  noteMessage,
  outcomeOf,
  phaseOf,
  stepsOf,
  whenEnded,
  type Workflow,
} from '../../kit/runs.ts';
import { RUNNING } from './cluster.ts';

const CRON = ['cronworkflow', 'k8s-upgrade-nightly', '-n', 'k8s-upgrade'];

/** A night that the CronWorkflow itself starts, with nothing newer in the repository. */
export async function nothingToDo(): Promise<void> {
  const before = await fingerprint();
  const schedule = (await get<{ spec: { schedules: string[] } }>(...CRON)).spec.schedules;
  check('the nightly CronWorkflow is scheduled as the settings say', '0 23 * * *', schedule.join(', '));

  const ended = await whenEnded(await startedByCron(schedule), 300);
  check('nothing newer: the Workflow ends', 'Succeeded', phaseOf(ended));
  check('nothing newer: the outcome', 'nothing-to-do', outcomeOf(ended));
  const reason = `No patch of 1.34 newer than v${RUNNING} is offered.`;
  checkSays('nothing newer: the reason', messageOf(ended), reason);
  noteMessage(ended);
  check('nothing newer: pods used', 'detect, finish', stepsOf(ended));

  const parts = Object.keys(before).join(', ');
  check(`nothing newer: touched (of ${parts})`, 'nothing', await touchedSince(before));
  note(`Nodes: ${await nodeLines()}`);
}

/** Has the schedule name the next minute, waits for the run, and puts the schedule back. */
async function startedByCron(schedule: readonly string[]): Promise<string> {
  const known = new Set((await listWorkflows()).map(({ metadata }) => metadata.name));
  const isNew = ({ metadata }: Workflow): boolean => !known.has(metadata.name);
  // 20 s, so that the controller has seen the change when the minute comes.
  const minute = new Date(Date.now() + 80_000).getUTCMinutes();
  await patchSchedule([`${minute} * * * *`]);
  try {
    const started = await until('the CronWorkflow starts a run', 180, listWorkflows, (list) => list.some(isNew));
    return started.find(isNew)?.metadata.name ?? '';
  } finally {
    await patchSchedule(schedule);
  }
}

const patchSchedule = (schedules: readonly string[]): Promise<string> =>
  kubectl('patch', ...CRON, '--type=merge', '-p', JSON.stringify({ spec: { schedules } }));
