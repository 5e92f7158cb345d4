import { kubectl } from '../../kit/commands.ts';
import { said, type CampaignRecord } from '../../kit/record.ts';
import { nodeLines } from '../../kit/nodes.ts';
import { attemptsFor } from '../../kit/attempts.ts';
import { runMarks } from '../../kit/namespace.ts';
import { endOf, firstLine, messageOf, startNight, whenEnded, whenStepRuns } from '../../kit/runs.ts';
import { CLUSTER, MANIFESTS, NEXT, RUNNING } from './cluster.ts';
import { documented, submitted } from './documented.ts';
import { checkPlan } from './plans.ts';
import { stopped } from './stopped.ts';
import { workerByHand } from './worker-by-hand.ts';

const LIMIT_SECONDS = 1200;

/** What an operator has done by one command, on a cluster that is done. */
export async function handles(record: CampaignRecord): Promise<void> {
  const detect = await submitted(record, 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-detect');
  record.check(
    'k8s-upgrade-detect: it ends',
    'Succeeded, nothing-to-do',
    endOf(await whenEnded(detect, LIMIT_SECONDS)),
  );

  await rolledBack(
    record,
    'w1',
    await submitted(
      record,
      'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-rollback-worker -p node=worker-1',
      { 'worker-1': 'w1' },
    ),
  );
  await checkPlan(record, 'with one worker behind', { exitCode: 0, nodes: ['w1'] });
  await oneNode(record);
  await resetAfterDeath(record);

  await workerByHand(record, 'w1');
  const named = await submitted(
    record,
    'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-rollback-worker -p node=<worker> -p target=<version>',
    { '<worker>': 'w2', '<version>': RUNNING },
  );
  record.check(
    `k8s-upgrade-rollback-worker -p target=${RUNNING}: it ends`,
    'Succeeded, done',
    endOf(await whenEnded(named, LIMIT_SECONDS)),
  );
  await stopped(record);
}

async function oneNode(record: CampaignRecord): Promise<void> {
  const name = await submitted(
    record,
    'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-node -p nodes=worker-1',
    { 'worker-1': 'w1' },
  );
  const log = await documented(record, 'argo logs -n k8s-upgrade <run> --follow', { '<run>': name });
  const one = await whenEnded(name, LIMIT_SECONDS);
  record.check('k8s-upgrade-node -p nodes=w1: it ends', 'Succeeded, upgraded', endOf(one));
  record.check('… the log, followed, goes to its end', ...said(log.stdout, firstLine(one)));
  record.check('… the nodes', all(NEXT), await nodeLines());
  const again = await submitted(
    record,
    'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-node -p nodes=<node>',
    { '<node>': 'w1' },
  );
  record.check('… once more: it ends', 'Succeeded, nothing-to-do', endOf(await whenEnded(again, LIMIT_SECONDS)));
}

const all = (version: string): string => ['cp1', 'w1', 'w2'].map((node) => `${node} v${version} Ready`).join(', ');

/** From B to A, which the node itself remembers. */
async function rolledBack(record: CampaignRecord, node: string, name: string): Promise<void> {
  const ended = await whenEnded(name, LIMIT_SECONDS);
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
  await rolledBack(
    record,
    'w2',
    await submitted(
      record,
      'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-rollback-worker -p node=<worker> --watch',
      { '<worker>': 'w2' },
    ),
  );
  const name = await startNight();
  await whenStepRuns(name, 'drain', 'w2', LIMIT_SECONDS);
  await documented(record, 'argo terminate -n k8s-upgrade <run>', { '<run>': name });
  await kubectl('delete', 'workflow', name, '-n', 'k8s-upgrade');
  record.check('terminated and deleted: in flight, says the namespace', name, await inFlight());
  const reset = await submitted(record, 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-reset');
  const ended = await whenEnded(reset, LIMIT_SECONDS);
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

const inFlight = async (): Promise<string> => (await runMarks())['in-flight'] ?? 'nobody';

/** Paused by the operator, and still so after a sync. */
export async function cronSuspended(record: CampaignRecord): Promise<void> {
  const suspended = (): Promise<string> =>
    kubectl('get', 'cronworkflow', 'k8s-upgrade-nightly', '-n', 'k8s-upgrade', '-o', 'jsonpath={.spec.suspend}');
  await documented(record, 'argo cron suspend -n k8s-upgrade k8s-upgrade-nightly');
  await documented(record, 'kubectl apply -k dist/<name>', MANIFESTS);
  record.check('argo cron suspend, then kubectl apply -k: suspended', 'true', await suspended());
  await documented(record, 'argo cron resume -n k8s-upgrade k8s-upgrade-nightly');
  record.check('argo cron resume: suspended', 'false', (await suspended()) || 'false');
}

/** `npm run doctor` as an operator has it. */
export async function doctor(record: CampaignRecord): Promise<void> {
  const well = await documented(record, 'npm run doctor -- --cluster <name>', CLUSTER);
  for (const line of `${well.stdout}${well.stderr}`.trimEnd().split('\n')) record.note(`  ${line}`);
  await kubectl('delete', 'rolebinding', 'k8s-upgrade-drain', '-n', 'k8s-upgrade');
  const ill = await documented(record, 'npm run doctor -- --cluster <name>', CLUSTER, { exitCodes: [10] });
  await documented(record, 'kubectl apply -k dist/<name>', MANIFESTS);
  record.check('… without a RoleBinding it names whose', ...said(ill.stdout, 'ServiceAccount k8s-upgrade-drain'));
  for (const line of ill.stdout.split('\n').filter((each) => each.startsWith('✗'))) record.note(`  ${line}`);
}
