import type { CampaignRecord } from '../../kit/record.ts';
import { stepByHand, type StepEnd } from '../../kit/step-by-hand.ts';
import { NEXT, SETTINGS } from './cluster.ts';
import { ALERTMANAGER, alarm, FAULTY, PROMETHEUS } from './monitoring.ts';
import { kubectl, must } from '../../kit/commands.ts';

const STATES = ['slow', 'html', 'partial', 'warned', 'broken'] as const;

/** Monitoring in every state that it may be met in: before a run, and once it has begun. Not knowing never passes. */
export async function faultyMonitoring(record: CampaignRecord): Promise<void> {
  const before = (url: string, source = 'prometheus'): Promise<StepEnd> =>
    stepByHand(SETTINGS.folder, 'preflight', { TARGET: NEXT, ALERT_SOURCE: source, ALERT_URL: url });
  record.check('before a run, a Prometheus that answers', 'clear', verdictOf(await before(PROMETHEUS)));
  // Each waits for its own patience; they do not disturb each other.
  await Promise.all(
    STATES.map(async (state) => {
      const end = await before(`${FAULTY}/${state}`);
      record.check(`before a run, a Prometheus that is ${state}`, 'halt, unknown', verdictOf(end));
      record.note(`  ${unknownIn(end)}`);
    }),
  );
  await silences(record, (url) => before(url, 'alertmanager'));

  const begun = (state: string, waitSeconds: string): Promise<StepEnd> =>
    stepByHand(SETTINGS.folder, 'admit', {
      ...{ NODE: 'w1', TARGET: NEXT, ALERT_URL: `${FAULTY}/${state}`, ALERT_WAIT_SECONDS: waitSeconds },
    });
  await giveLease('by-hand');
  await Promise.all(
    STATES.map(async (state) => {
      const { exitCode, log } = await begun(state, '20');
      const seen = /nobody says which alerts fire/.test(log) ? 'refused: nobody says which alerts fire' : log;
      record.check(
        `a run has begun, and Prometheus stays ${state}: the next node`,
        'refused: nobody says which alerts fire',
        exitCode === 0 ? `let through: ${log}` : seen,
      );
    }),
  );
  const { exitCode, outputs, log } = await begun('recovering', '300');
  const waited = / waits for up to /.test(log) ? 'waited, then ' : '';
  record.check(
    'a run has begun, and Prometheus comes back after a while: the next node',
    'go',
    exitCode === 0 ? (outputs['verdict'] ?? '') : log,
  );
  await kubectl('delete', 'lease', 'k8s-upgrade', '-n', 'k8s-upgrade');
  record.note(`  ${waited}${outputs['verdict'] ?? ''}: ${outputs['because'] ?? ''}`);
}

/** A step changes and admits nothing for a run that does not hold it. */
async function giveLease(run: string): Promise<void> {
  const annotations = { 'argo-kubeadm-upgrade.io/holder-name': run };
  const lease = {
    ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
    metadata: { name: 'k8s-upgrade', namespace: 'k8s-upgrade', annotations },
    spec: { holderIdentity: run, renewTime: `${new Date().toISOString().slice(0, -1)}000Z` },
  };
  await must('lab/in-lab.sh', ['kubectl', 'apply', '-f', '-'], JSON.stringify(lease));
}

/** A silenced alert does not count where Alertmanager is asked. */
async function silences(record: CampaignRecord, before: (url: string) => Promise<StepEnd>): Promise<void> {
  await alarm('LabTeam', true);
  const told = await before(ALERTMANAGER);
  record.check('Alertmanager has an alert of severity info with upgrade_gate="true"', 'halt', verdictOf(told));
  const start = new Date();
  const silence = {
    matchers: [{ name: 'alertname', value: 'LabTeam', isRegex: false, isEqual: true }],
    ...{ startsAt: start.toISOString(), endsAt: new Date(start.getTime() + 3_600_000).toISOString() },
    ...{ createdBy: 'lab', comment: 'known' },
  };
  await must(
    'lab/in-lab.sh',
    ['curl', '-sf', '-H', 'Content-Type: application/json', '--data-binary', '@-', `${ALERTMANAGER}/api/v2/silences`],
    JSON.stringify(silence),
  );
  record.check('… silenced', 'clear', verdictOf(await before(ALERTMANAGER)));
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
