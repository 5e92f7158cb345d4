import { publish } from '../../kit/cluster.ts';
import { get, tryKubectl } from '../../kit/commands.ts';
import { leaseHolder } from '../../kit/namespace.ts';
import { componentImages, controlPlane, fingerprint, nodeLines, NODES, readyAt } from '../../kit/nodes.ts';
import { checkPlacement, PodWatch } from '../../kit/pods.ts';
import { check, note } from '../../kit/record.ts';
import {
  noteTimeline,
  outcomeOf,
  phaseOf,
  podsOf,
  secondsBetween,
  startNight,
  submit,
  whenEnded,
  whenRun,
  type Workflow,
} from '../../kit/runs.ts';
import { NEXT, RUNNING } from './cluster.ts';

export interface Night {
  readonly wallSeconds: number;
  readonly podSeconds: number;
  readonly pods: number;
  readonly nodes: number;
}

/** The night on which a patch appears. */
export async function upgradeNight(): Promise<Night> {
  await publish(NEXT);
  const placement = new PodWatch();
  const name = await startNight();
  await queuesBehind(name);
  const ended = await whenEnded(name, 1500);
  const placed = await placement.stop();

  check(`patch v${NEXT} published: the Workflow ends`, 'Succeeded', failuresOf(ended) || phaseOf(ended));
  check('the outcome', 'upgraded', outcomeOf(ended));
  check('every node Ready at the patch, uncordoned, no ledger open', readyAt(NODES, NEXT), await nodeLines());
  check('the control plane runs the patch', controlPlane(NEXT), await componentImages());
  const state = await fingerprint();
  const held = (state['packages'] ?? '').split(' hold;').length - 1;
  check('packages stay on hold', `${3 * NODES.length} held`, `${held} held`);
  check('no mark says any more that an upgrade is in flight', 'no mark', state['marks'] || 'no mark');
  check('the Lease is given back', 'no holder', (await leaseHolder()) || 'no holder');
  await knownHosts();
  checkPlacement(placed, STEPS_PER_NODE * NODES.length);
  note(`Timeline, ${RUNNING} to ${NEXT}:`);
  noteTimeline(ended);
  const pods = podsOf(ended);
  return {
    wallSeconds: secondsBetween(ended.status.startedAt, ended.status.finishedAt),
    podSeconds: pods.reduce((sum, pod) => sum + secondsBetween(pod.startedAt, pod.finishedAt), 0),
    pods: pods.length,
    nodes: NODES.length,
  };
}

/** admit, drain, upgrade-node, verify-node. */
export const STEPS_PER_NODE = 4;

/** A manual run started meanwhile waits for the nightly one. */
async function queuesBehind(nightly: string): Promise<void> {
  await whenRun(nightly, 'has begun', 120, ({ status }) => status.phase === 'Running');
  const manual = await submit('workflowtemplate/k8s-upgrade', 'detectionDryRun=true');
  const { status } = await whenRun(manual, 'waits', 60, (queued) => (queued.status.message ?? '') !== '');
  const waits = status.phase === 'Pending' && /Waiting for .*Mutex\/k8s-upgrade lock/.test(status.message ?? '');
  const expected = 'Pending, waiting for the mutex';
  const seen = waits ? expected : `${String(status.phase)}: ${status.message ?? ''}`;
  check('a manual run started meanwhile', expected, seen);
}

async function knownHosts(): Promise<void> {
  const where = ['configmap', 'k8s-upgrade-known-hosts', '-n', 'k8s-upgrade'];
  const { data = {} } = await get<{ data?: Record<string, string> }>(...where);
  check('host keys remembered, one per Node UID', String(NODES.length), String(Object.keys(data).length));
  const { stdout } = await tryKubectl(
    ...['logs', '-n', 'k8s-upgrade', '-l', 'app.kubernetes.io/part-of=argo-kubeadm-upgrade'],
    ...['-c', 'main', '--tail=-1', '--prefix'],
  );
  check('the SSH key in any log', 'nowhere', stdout.includes('PRIVATE KEY') ? 'printed' : 'nowhere');
}

/** Empty when the run succeeded. */
function failuresOf(workflow: Workflow): string {
  if (phaseOf(workflow) === 'Succeeded') return '';
  const failed = podsOf(workflow).filter(({ phase }) => phase !== 'Succeeded');
  const reasons = failed.map(({ displayName, message }) => `${displayName}: ${message ?? ''}`);
  return `${phaseOf(workflow)} ${workflow.status.message ?? ''}: ${reasons.join('; ')}`;
}
