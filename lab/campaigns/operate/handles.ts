import { kubectl } from '../../kit/commands.ts';
import { inFlight } from '../../kit/namespace.ts';
import { attemptsFor, nodeLines, NODES, readyAt } from '../../kit/nodes.ts';
import { whenStepRuns } from '../../kit/pods.ts';
import { check, checkSays, noteLines } from '../../kit/record.ts';
import {
  checkUpgraded,
  endOf,
  firstLine,
  messageOf,
  night,
  noteMessage,
  startNight,
  whenEnded,
} from '../../kit/runs.ts';
import { CLUSTER, MANIFESTS, NEXT, RUNNING } from './cluster.ts';
import { documented, endOfSubmitted, submitted } from './documented.ts';
import { workerByHand } from './going-back.ts';
import { checkPlan } from './plans.ts';
import { stopped } from './stopped.ts';

const LIMIT_SECONDS = 1200;

/** What an operator has done by one command, on a cluster that is done. */
export async function handles(): Promise<void> {
  const detected = await endOfSubmitted('argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-detect');
  check('k8s-upgrade-detect: it ends', 'Succeeded, nothing-to-do', endOf(detected));

  const example = 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-rollback-worker -p node=worker-1';
  await rolledBack('w1', await submitted(example, { 'worker-1': 'w1' }));
  await checkPlan('with one worker behind', { exitCode: 0, nodes: ['w1'] });
  await oneNode();
  await resetAfterDeath();

  await workerByHand('w1');
  const named = await endOfSubmitted(
    'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-rollback-worker -p node=<worker> -p target=<version>',
    { '<worker>': 'w2', '<version>': RUNNING },
  );
  check(`k8s-upgrade-rollback-worker -p target=${RUNNING}: it ends`, 'Succeeded, done', endOf(named));
  await stopped();
}

async function oneNode(): Promise<void> {
  const example = 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-node -p nodes=worker-1';
  const name = await submitted(example, { 'worker-1': 'w1' });
  const log = await documented('argo logs -n k8s-upgrade <run> --follow', { '<run>': name });
  const one = await whenEnded(name, LIMIT_SECONDS);
  check('k8s-upgrade-node -p nodes=w1: it ends', 'Succeeded, upgraded', endOf(one));
  checkSays('… the log, followed, goes to its end', log.stdout, firstLine(one));
  check('… the nodes', readyAt(NODES, NEXT), await nodeLines());
  const command = 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-node -p nodes=<node>';
  const again = await endOfSubmitted(command, { '<node>': 'w1' });
  check('… once more: it ends', 'Succeeded, nothing-to-do', endOf(again));
}

/** Back to the version that the node itself remembers. */
async function rolledBack(node: string, name: string): Promise<void> {
  const ended = await whenEnded(name, LIMIT_SECONDS);
  check(`k8s-upgrade-rollback-worker -p node=${node}: it ends`, 'Succeeded, done', endOf(ended));
  check('… the nodes', readyAt(NODES, NEXT).replace(`${node} v${NEXT}`, `${node} v${RUNNING}`), await nodeLines());
  checkSays('… it says from where to where', messageOf(ended), `${node} is back at v${RUNNING}, from v${NEXT}.`);
  check('… attempts that it took on the node', '1', String((await attemptsFor(node, RUNNING)).length));
  noteMessage(ended);
}

/** A run is terminated and deleted with a worker drained: its marks, its Lease, its cordon. */
async function resetAfterDeath(): Promise<void> {
  const watched =
    'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-rollback-worker -p node=<worker> --watch';
  await rolledBack('w2', await submitted(watched, { '<worker>': 'w2' }));
  const name = await startNight();
  await whenStepRuns(name, 'drain', 'w2', LIMIT_SECONDS);
  await documented('argo terminate -n k8s-upgrade <run>', { '<run>': name });
  await kubectl('delete', 'workflow', name, '-n', 'k8s-upgrade');
  check('terminated and deleted: in flight, says the namespace', name, await inFlight());
  const ended = await endOfSubmitted('argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-reset');
  check('k8s-upgrade-reset: it ends', 'Succeeded, done', endOf(ended));
  check('… in flight, says the namespace', 'nobody', await inFlight());
  const behind = readyAt(['cp1', 'w1'], NEXT, `w2 v${RUNNING} Ready`);
  check('… no node is cordoned, no ledger open', behind, await nodeLines());
  noteMessage(ended);
  await checkUpgraded('the next night: it ends', await night(LIMIT_SECONDS), NEXT, NODES);
}

/** Paused by the operator, and still so after a sync. */
export async function cronSuspended(): Promise<void> {
  const suspended = (): Promise<string> =>
    kubectl('get', 'cronworkflow', 'k8s-upgrade-nightly', '-n', 'k8s-upgrade', '-o', 'jsonpath={.spec.suspend}');
  await documented('argo cron suspend -n k8s-upgrade k8s-upgrade-nightly');
  await documented('kubectl apply -k dist/<name>', MANIFESTS);
  check('argo cron suspend, then kubectl apply -k: suspended', 'true', await suspended());
  await documented('argo cron resume -n k8s-upgrade k8s-upgrade-nightly');
  check('argo cron resume: suspended', 'false', (await suspended()) || 'false');
}

/** `npm run doctor` as an operator has it. */
export async function doctor(): Promise<void> {
  const well = await documented('npm run doctor -- --cluster <name>', CLUSTER);
  noteLines(`${well.stdout}${well.stderr}`.trimEnd());
  await kubectl('delete', 'rolebinding', 'k8s-upgrade-drain', '-n', 'k8s-upgrade');
  const ill = await documented('npm run doctor -- --cluster <name>', CLUSTER, { exitCodes: [10] });
  await documented('kubectl apply -k dist/<name>', MANIFESTS);
  checkSays('… without a RoleBinding it names whose', ill.stdout, 'ServiceAccount k8s-upgrade-drain');
  noteLines(ill.stdout.split('\n').filter((each) => each.startsWith('✗')));
}
