import { must } from '../../kit/commands.ts';
import { holdingLease } from '../../kit/namespace.ts';
import { check, noteLines } from '../../kit/record.ts';
import { stepByHand, type StepEnd } from '../../kit/step-by-hand.ts';
import { NEXT, SETTINGS } from './cluster.ts';
import { alarm, ALERTMANAGER, FAULTY, PROMETHEUS } from './monitoring.ts';

const STATES = ['slow', 'html', 'partial', 'warned', 'broken'] as const;

/** Monitoring in every state that it may be met in: before a run, and once it has begun. Not knowing never passes. */
export async function faultyMonitoring(): Promise<void> {
  const before = (url: string, source = 'prometheus'): Promise<StepEnd> =>
    stepByHand(SETTINGS.folder, 'preflight', { TARGET: NEXT, ALERT_SOURCE: source, ALERT_URL: url });
  check('before a run, a Prometheus that answers', 'clear', verdictOf(await before(PROMETHEUS)));
  // Each waits for its own patience; they do not disturb each other.
  await Promise.all(
    STATES.map(async (state) => {
      const end = await before(`${FAULTY}/${state}`);
      check(`before a run, a Prometheus that is ${state}`, 'halt, unknown', verdictOf(end));
      noteLines(unknownIn(end));
    }),
  );
  await silences((url) => before(url, 'alertmanager'));

  await holdingLease(onceBegun);
}

/** Admits a node for a run that holds the Lease. */
async function onceBegun(): Promise<void> {
  const admit = (state: string, waitSeconds: string): Promise<StepEnd> => {
    const alerts = { ALERT_URL: `${FAULTY}/${state}`, ALERT_WAIT_SECONDS: waitSeconds };
    return stepByHand(SETTINGS.folder, 'admit', { NODE: 'w1', TARGET: NEXT, ...alerts });
  };
  const refused = 'refused: nobody says which alerts fire';
  await Promise.all(
    STATES.map(async (state) => {
      const { exitCode, log } = await admit(state, '20');
      const seen = /nobody says which alerts fire/.test(log) ? refused : log;
      const what = `a run has begun, and Prometheus stays ${state}: the next node`;
      check(what, refused, exitCode === 0 ? `let through: ${log}` : seen);
    }),
  );
  const { exitCode, outputs, log } = await admit('recovering', '300');
  const { verdict = '', because = '' } = outputs;
  const what = 'a run has begun, and Prometheus comes back after a while: the next node';
  check(what, 'go', exitCode === 0 ? verdict : log);
  noteLines(`${/ waits for up to /.test(log) ? 'waited, then ' : ''}${verdict}: ${because}`);
}

/** A silenced alert does not count where Alertmanager is asked. */
async function silences(before: (url: string) => Promise<StepEnd>): Promise<void> {
  await alarm('LabTeam', true);
  const told = await before(ALERTMANAGER);
  check('Alertmanager has an alert of severity info with upgrade_gate="true"', 'halt', verdictOf(told));
  const start = new Date();
  const silence = {
    matchers: [{ name: 'alertname', value: 'LabTeam', isRegex: false, isEqual: true }],
    startsAt: start.toISOString(),
    endsAt: new Date(start.getTime() + 3_600_000).toISOString(),
    createdBy: 'lab',
    comment: 'known',
  };
  await must(
    'lab/in-lab.sh',
    ['curl', '-sf', '-H', 'Content-Type: application/json', '--data-binary', '@-', `${ALERTMANAGER}/api/v2/silences`],
    JSON.stringify(silence),
  );
  check('… silenced', 'clear', verdictOf(await before(ALERTMANAGER)));
  await alarm('LabTeam', false);
}

/** `halt, unknown`: the verdict, and of what class the findings are that are in the way. */
function verdictOf({ exitCode, outputs, log }: StepEnd): string {
  const { preflightVerdict: verdict, preflightMessage: message = '' } = outputs;
  if (verdict === undefined) return `exit ${exitCode}: ${log.slice(-500)}`;
  return message.includes('[unknown: ') ? `${verdict}, unknown` : verdict;
}

const unknownIn = ({ outputs, log }: StepEnd): string =>
  (outputs['preflightMessage'] ?? log).split('\n').find((line) => line.startsWith('[unknown: ')) ?? '';
