import { get, kubectl, until } from '../../kit/commands.ts';
import { said, type CampaignRecord } from '../../kit/record.ts';
import { listWorkflows, outputOf, podsOf, whenEnded } from '../../kit/workflow.ts';
import { fingerprint, nodeLines, touchedSince } from '../../kit/nodes.ts';

const CRON = ['cronworkflow', 'k8s-upgrade-nightly', '-n', 'k8s-upgrade'];

/** A night that the CronWorkflow itself starts, with nothing newer in the repository. */
export async function nothingToDo(record: CampaignRecord, running: string): Promise<void> {
  const before = await fingerprint();
  const schedule = (await get<{ spec: { schedules: string[] } }>(...CRON)).spec.schedules;
  record.check('the nightly CronWorkflow is scheduled as the settings say', '0 23 * * *', schedule.join(', '));

  const name = await startedByCron(schedule);
  const night = await whenEnded(name, 300);
  record.check('nothing newer: the Workflow ends', 'Succeeded', night.status.phase ?? '');
  record.check('nothing newer: the outcome', 'nothing-to-do', outputOf(night, 'finish', 'outcome'));
  const message = outputOf(night, 'finish', 'message');
  record.check('nothing newer: the reason', ...said(message, `No patch of 1.34 newer than v${running} is offered.`));
  record.note(`  ${message}`);
  record.check(
    'nothing newer: pods used',
    'detect, finish',
    podsOf(night)
      .map(({ templateName }) => templateName)
      .join(', '),
  );

  const parts = Object.keys(before).join(', ');
  record.check(`nothing newer: touched (of ${parts})`, 'nothing', await touchedSince(before));
  record.note(`Nodes: ${await nodeLines()}`);
}

/** Has the schedule name the next minute, waits for the run, and puts the schedule back. */
async function startedByCron(schedule: readonly string[]): Promise<string> {
  const known = new Set((await listWorkflows()).map(({ metadata }) => metadata.name));
  // 20 s, so that the controller has seen the change when the minute comes.
  const minute = new Date(Date.now() + 80_000).getUTCMinutes();
  await patchSchedule([`${minute} * * * *`]);
  try {
    const started = await until('the CronWorkflow starts a run', 180, listWorkflows, (list) =>
      list.some(({ metadata }) => !known.has(metadata.name)),
    );
    return started.find(({ metadata }) => !known.has(metadata.name))?.metadata.name ?? '';
  } finally {
    await patchSchedule(schedule);
  }
}

const patchSchedule = (schedules: readonly string[]): Promise<string> =>
  kubectl('patch', ...CRON, '--type=merge', '-p', JSON.stringify({ spec: { schedules } }));
