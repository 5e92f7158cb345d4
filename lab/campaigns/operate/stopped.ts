import { argo } from '../../kit/commands.ts';
import { said, type CampaignRecord } from '../../kit/record.ts';
import { nodeLines } from '../../kit/nodes.ts';
import { workersInOrder } from '../nodes/night.ts';
import { endOf, firstLine, getWorkflow, whenEnded, whenStepRuns } from '../../kit/runs.ts';
import { outputOf } from '../../kit/workflow.ts';
import { NEXT } from './cluster.ts';
import { documented, submitted } from './documented.ts';
import { lookAround } from './look-around.ts';

const LIMIT_SECONDS = 1200;

/**
 * With both workers behind: a run that is suspended at its second worker, looked at from all sides, resumed and stopped; the
 * run that goes on from there; and the report of all that.
 */
export async function stopped(record: CampaignRecord): Promise<void> {
  const [first = '', second = ''] = await workersInOrder();
  const run = await submitted(record, 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade');
  const pod = await whenStepRuns(run, 'drain', second, LIMIT_SECONDS);
  await argo('suspend', '-n', 'k8s-upgrade', run);
  await lookAround(record, { run, pod, node: second, done: first });
  await killSwitch(record);
  await documented(record, 'argo resume -n k8s-upgrade <run>', { '<run>': run });
  await documented(record, 'argo stop -n k8s-upgrade <run>', { '<run>': run });
  const ended = await whenEnded(run, LIMIT_SECONDS);
  record.check('suspended, resumed, stopped: the run ends', 'Failed, failed', endOf(ended));
  await documented(record, 'argo get -n k8s-upgrade <run>', { '<run>': run });
  const log = await documented(record, 'argo logs -n k8s-upgrade <run>', { '<run>': run });
  record.check('… its log has what its message says', ...said(log.stdout, firstLine(ended)));
  const itsPod = { '<namespace>': 'k8s-upgrade', '<pod>': pod };
  await documented(record, 'kubectl -n <namespace> delete pod <pod>', itsPod);

  const watched = 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade --watch';
  const next = await submitted(record, watched, {}, { limitSeconds: LIMIT_SECONDS });
  record.check('a new run, watched: it ends', 'Succeeded, upgraded', endOf(await getWorkflow(next)));
  const nodes = ['cp1', 'w1', 'w2'].map((node) => `${node} v${NEXT} Ready`).join(', ');
  record.check('… the nodes', nodes, await nodeLines());

  const report = await submitted(record, 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-report');
  const told = await whenEnded(report, 400);
  const outcome = outputOf(told, 'report', 'outcome');
  record.check('k8s-upgrade-report: it ends', 'Succeeded, upgraded', `${told.status.phase ?? ''}, ${outcome}`);
  for (const line of outputOf(told, 'report', 'message').split('\n')) record.note(`  ${line}`);

  const reset = await submitted(
    record,
    'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-reset -p evenUnseen=true',
  );
  record.check(
    'k8s-upgrade-reset, with nothing to put right: it ends',
    'Succeeded, done',
    endOf(await whenEnded(reset, 400)),
  );
}

/** Thrown and taken away while the run stands still: it never sees it. */
async function killSwitch(record: CampaignRecord): Promise<void> {
  const reasons = [
    "kubectl -n k8s-upgrade create configmap k8s-upgrade-killswitch --from-literal=reason='disk swap'",
    "kubectl -n k8s-upgrade create configmap k8s-upgrade-killswitch --from-literal=reason='…'",
  ] as const;
  for (const create of reasons) {
    await documented(record, create);
    const shown = await documented(
      record,
      "kubectl -n k8s-upgrade get configmap k8s-upgrade-killswitch -o jsonpath='{.data.reason}'",
    );
    record.check('… its reason', /reason='(.*)'$/.exec(create)?.[1] ?? '', shown.stdout);
    await documented(record, 'kubectl -n k8s-upgrade delete configmap k8s-upgrade-killswitch');
  }
}
