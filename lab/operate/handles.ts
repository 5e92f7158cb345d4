import { argo, kubectl, run } from '../campaign/commands.ts';
import { said, type CampaignRecord } from '../campaign/record.ts';
import { nodeLines } from '../e2e/cluster-state.ts';
import { attemptsFor } from '../nodes/attempts.ts';
import { namespaceAnnotations } from '../nodes/namespace.ts';
import { endOf, messageOf, startNight, submit, whenEnded, whenStepRuns } from '../nodes/runs.ts';
import { NEXT, RUNNING, SETTINGS } from './cluster.ts';
import { checkPlan } from './plans.ts';

const LIMIT_SECONDS = 1200;

/** What an operator has done by one command, on a cluster that is done. */
export async function handles(record: CampaignRecord): Promise<void> {
  const detected = await whenEnded(await submit('workflowtemplate/k8s-upgrade-detect'), LIMIT_SECONDS);
  record.check('k8s-upgrade-detect: it ends', 'Succeeded, nothing-to-do', endOf(detected));

  await rollBack(record, 'w1');
  await checkPlan(record, 'with one worker behind', { exitCode: 0, nodes: ['w1'] });
  const one = await whenEnded(await submit('workflowtemplate/k8s-upgrade-node', 'nodes=w1'), LIMIT_SECONDS);
  record.check('k8s-upgrade-node -p nodes=w1: it ends', 'Succeeded, upgraded', endOf(one));
  record.check('… the nodes', all(NEXT), await nodeLines());

  await resetAfterDeath(record);
}

const all = (version: string): string => ['cp1', 'w1', 'w2'].map((node) => `${node} v${version} Ready`).join(', ');

/** From B to A, which the node itself remembers. */
async function rollBack(record: CampaignRecord, node: string): Promise<void> {
  const ended = await whenEnded(
    await submit('workflowtemplate/k8s-upgrade-rollback-worker', `node=${node}`),
    LIMIT_SECONDS,
  );
  record.check(`k8s-upgrade-rollback-worker -p node=${node}: it ends`, 'Succeeded, done', endOf(ended));
  record.check('… the nodes', all(NEXT).replace(`${node} v${NEXT}`, `${node} v${RUNNING}`), await nodeLines());
  record.check(
    '… it says from where to where',
    ...said(messageOf(ended), `${node} is back at v${RUNNING}, from v${NEXT}.`),
  );
  record.check('… attempts that it took on the node', '1', String((await attemptsFor(node, RUNNING)).length));
  for (const line of messageOf(ended).split('\n')) record.note(`  ${line}`);
}

/** A run is terminated and deleted with a worker drained: its marks, its Lease, its cordon. */
async function resetAfterDeath(record: CampaignRecord): Promise<void> {
  await rollBack(record, 'w2');
  const name = await startNight();
  await whenStepRuns(name, 'drain', 'w2', LIMIT_SECONDS);
  await argo('terminate', '-n', 'k8s-upgrade', name);
  await kubectl('delete', 'workflow', name, '-n', 'k8s-upgrade');
  record.check('terminated and deleted: in flight, says the namespace', name, await inFlight());
  const ended = await whenEnded(await submit('workflowtemplate/k8s-upgrade-reset'), LIMIT_SECONDS);
  record.check('k8s-upgrade-reset: it ends', 'Succeeded, done', endOf(ended));
  record.check('… in flight, says the namespace', 'nobody', await inFlight());
  record.check(
    '… no node is cordoned, no ledger open',
    all(NEXT).replace(`w2 v${NEXT}`, `w2 v${RUNNING}`),
    await nodeLines(),
  );
  for (const line of messageOf(ended).split('\n')) record.note(`  ${line}`);
  const night = await whenEnded(await startNight(), LIMIT_SECONDS);
  record.check('the next night: it ends', 'Succeeded, upgraded', endOf(night));
  record.check('… the nodes', all(NEXT), await nodeLines());
}

const inFlight = async (): Promise<string> => (await namespaceAnnotations())['in-flight'] ?? 'nobody';

/** Paused by the operator, and still so after a sync. */
export async function cronSuspended(record: CampaignRecord): Promise<void> {
  const suspended = (): Promise<string> =>
    kubectl('get', 'cronworkflow', 'k8s-upgrade-nightly', '-n', 'k8s-upgrade', '-o', 'jsonpath={.spec.suspend}');
  await argo('cron', 'suspend', '-n', 'k8s-upgrade', 'k8s-upgrade-nightly');
  await kubectl('apply', '-k', SETTINGS.folder);
  record.check('argo cron suspend, then kubectl apply -k: suspended', 'true', await suspended());
  await argo('cron', 'resume', '-n', 'k8s-upgrade', 'k8s-upgrade-nightly');
  record.check('argo cron resume: suspended', 'false', (await suspended()) || 'false');
}

/** `npm run doctor` as an operator has it. */
export async function doctor(record: CampaignRecord): Promise<void> {
  const script = `exec npm run -s doctor -- --cluster ${SETTINGS.file}`;
  const well = await run('lab/in-lab.sh', ['bash', '-c', script]);
  record.check('npm run doctor on a cluster in which everything is in place: exit code', '0', String(well.exitCode));
  for (const line of `${well.stdout}${well.stderr}`.trimEnd().split('\n')) record.note(`  ${line}`);
  await kubectl('delete', 'rolebinding', 'k8s-upgrade-drain', '-n', 'k8s-upgrade');
  const ill = await run('lab/in-lab.sh', ['bash', '-c', script]);
  await kubectl('apply', '-k', SETTINGS.folder);
  record.check('… without a RoleBinding: exit code', '10', String(ill.exitCode));
  record.check('… it names whose', ...said(ill.stdout, 'ServiceAccount k8s-upgrade-drain'));
  for (const line of ill.stdout.split('\n').filter((each) => each.startsWith('✗'))) record.note(`  ${line}`);
}
