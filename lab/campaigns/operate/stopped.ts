import { argo } from '../../kit/commands.ts';
import { attemptsOn, nodeLines, NODES, readyAt, workersInOrder } from '../../kit/nodes.ts';
import { whenStepRuns } from '../../kit/pods.ts';
import { check, checkSays, noteLines } from '../../kit/record.ts';
import { endOf, firstLine, getWorkflow, outputOf, phaseOf, whenEnded } from '../../kit/runs.ts';
import { NEXT } from './cluster.ts';
import { documented, type DocumentedCommand, endOfSubmitted, submitted } from './documented.ts';
import { LOOKS, LOOKS_ON_A_NODE } from './documented/by-operate.ts';
import type { Values } from './documented/fill.ts';

const LIMIT_SECONDS = 1200;

/**
 * With both workers behind: a run that is suspended at its second worker, looked at from all sides, resumed and stopped; the
 * run that goes on from there; and the report of all that.
 */
export async function stopped(): Promise<void> {
  const [first = '', second = ''] = await workersInOrder();
  const run = await submitted('argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade');
  const pod = await whenStepRuns(run, 'drain', second, LIMIT_SECONDS);
  await argo('suspend', '-n', 'k8s-upgrade', run);
  await lookAround({ run, pod, node: second, done: first });
  await killSwitch();
  await documented('argo resume -n k8s-upgrade <run>', { '<run>': run });
  await documented('argo stop -n k8s-upgrade <run>', { '<run>': run });
  const ended = await whenEnded(run, LIMIT_SECONDS);
  check('suspended, resumed, stopped: the run ends', 'Failed, failed', endOf(ended));
  await documented('argo get -n k8s-upgrade <run>', { '<run>': run });
  const log = await documented('argo logs -n k8s-upgrade <run>', { '<run>': run });
  checkSays('… its log has what its message says', log.stdout, firstLine(ended));
  const itsPod = { '<namespace>': 'k8s-upgrade', '<pod>': pod };
  await documented('kubectl -n <namespace> delete pod <pod>', itsPod);

  const watched = 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade --watch';
  const next = await submitted(watched, {}, { limitSeconds: LIMIT_SECONDS });
  check('a new run, watched: it ends', 'Succeeded, upgraded', endOf(await getWorkflow(next)));
  check('… the nodes', readyAt(NODES, NEXT), await nodeLines());

  const reporting = 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-report';
  const told = await endOfSubmitted(reporting, {}, 400);
  const outcome = outputOf(told, 'report', 'outcome');
  check('k8s-upgrade-report: it ends', 'Succeeded, upgraded', `${phaseOf(told)}, ${outcome}`);
  noteLines(outputOf(told, 'report', 'message'));

  const reset = 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-reset -p evenUnseen=true';
  const nothing = await endOfSubmitted(reset, {}, 400);
  check('k8s-upgrade-reset, with nothing to put right: it ends', 'Succeeded, done', endOf(nothing));
}

/** Thrown and taken away while the run stands still: it never sees it. */
async function killSwitch(): Promise<void> {
  const reasons = [
    "kubectl -n k8s-upgrade create configmap k8s-upgrade-killswitch --from-literal=reason='disk swap'",
    "kubectl -n k8s-upgrade create configmap k8s-upgrade-killswitch --from-literal=reason='…'",
  ] as const;
  for (const create of reasons) {
    await documented(create);
    const shown = await documented(
      "kubectl -n k8s-upgrade get configmap k8s-upgrade-killswitch -o jsonpath='{.data.reason}'",
    );
    check('… its reason', /reason='(.*)'$/.exec(create)?.[1] ?? '', shown.stdout);
    await documented('kubectl -n k8s-upgrade delete configmap k8s-upgrade-killswitch');
  }
}

/** What there is to see while a run stands still half way. */
interface Sight {
  readonly run: string;
  /** One of its pods. */
  readonly pod: string;
  /** The node that it has drained. */
  readonly node: string;
  /** A node that is done, where the pipeline has left its log. */
  readonly done: string;
}

/** For some it is not enough that they end well. */
const SAYS: Partial<Record<DocumentedCommand, string>> = {
  "kubectl get --raw '/readyz?verbose'": 'readyz check passed',
  "kubectl -n k8s-upgrade get secret k8s-upgrade-creds -o jsonpath='{.metadata.managedFields[*].manager}'": 'kubectl',
  'kubectl -n k8s-upgrade get lease k8s-upgrade -o yaml': 'holderIdentity',
  'kubectl -n k8s-upgrade get events': 'k8s-upgrade',
};

/** Every command of the documents that only looks, with something to see. */
async function lookAround({ run, pod, node, done }: Sight): Promise<void> {
  const values = { '<run>': run, '<pod>': pod, '<node>': node };
  for (const command of LOOKS) {
    const { stdout } = await documented(command, placesOf(command, values));
    const wanted = command.startsWith('argo list') ? run : SAYS[command];
    if (wanted !== undefined) checkSays('… it says', stdout, wanted);
  }
  const unit = (await attemptsOn(done)).at(-1)?.unit ?? 'none';
  for (const command of LOOKS_ON_A_NODE) {
    const on = command.startsWith('crictl') ? 'cp1' : done;
    await documented(command, placesOf(command, { '<unit>': unit, '<version>': NEXT }), { on });
  }
  // The command runs until it is interrupted.
  const follow = { on: done, limitSeconds: 3, exitCodes: [124] };
  await documented('tail -f /var/lib/argo-kubeadm-upgrade/<unit>/log', { '<unit>': unit }, follow);
}

const placesOf = (command: string, values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([place]) => command.includes(place)));
