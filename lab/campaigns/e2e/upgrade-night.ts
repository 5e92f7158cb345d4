import { get, must, run, until } from '../../kit/commands.ts';
import { PlacementWatch } from '../../kit/placement.ts';
import type { CampaignRecord } from '../../kit/record.ts';
import {
  getWorkflow,
  nodesOf,
  outputOf,
  podsOf,
  secondsBetween,
  submit,
  whenEnded,
  type Workflow,
} from '../../kit/workflow.ts';
import { componentImages, fingerprint, getNodes, nodeLines } from '../../kit/nodes.ts';
import { timeline } from '../../kit/timeline.ts';

export interface Night {
  readonly wallSeconds: number;
  readonly podSeconds: number;
  readonly pods: number;
  readonly nodes: number;
}

/** The night on which a patch appears. */
export async function upgradeNight(record: CampaignRecord, from: string, to: string): Promise<Night> {
  await must('lab/publish.sh', [`v${to}`]);
  const placement = new PlacementWatch();
  const name = await submit('cronwf/k8s-upgrade-nightly');
  await queuesBehind(record, name);
  const night = await whenEnded(name, 1500);
  const placed = await placement.stop();

  record.check(
    `patch v${to} published: the Workflow ends`,
    'Succeeded',
    failuresOf(night) || (night.status.phase ?? ''),
  );
  record.check('the outcome', 'upgraded', outputOf(night, 'finish', 'outcome'));
  const names = (await getNodes()).map(({ metadata }) => metadata.name).sort();
  record.check(
    'every node Ready at the patch, uncordoned, no ledger open',
    names.map((node) => `${node} v${to} Ready`).join(', '),
    await nodeLines(),
  );
  record.check(
    'the control plane runs the patch',
    COMPONENTS.map((component) => `${component}:v${to}`).join(', '),
    await componentImages(),
  );
  const state = await fingerprint();
  record.check(
    'packages stay on hold',
    `${3 * names.length} held`,
    `${(state['packages'] ?? '').split(' hold;').length - 1} held`,
  );
  record.check('no mark says any more that an upgrade is in flight', 'no mark', state['marks'] || 'no mark');
  const lease = await get<{ spec: { holderIdentity?: string } }>('lease', 'k8s-upgrade', '-n', 'k8s-upgrade');
  record.check('the Lease is given back', 'no holder', lease.spec.holderIdentity || 'no holder');
  await knownHosts(record, names.length);

  const working = placed.filter(({ target }) => target !== undefined);
  const onTarget = working.filter(({ ranOn, target }) => ranOn === target);
  record.check(
    'step pods that ran on the node they worked on',
    `0 of ${4 * names.length}`,
    `${onTarget.length} of ${working.length}`,
  );
  for (const { step, target, ranOn } of working) record.note(`  ${step} of ${String(target)} ran on ${ranOn}`);
  record.note(`Timeline, ${from} to ${to}:`);
  for (const line of timeline(night)) record.note(`  ${line}`);
  const pods = podsOf(night);
  return {
    wallSeconds: secondsBetween(night.status.startedAt, night.status.finishedAt),
    podSeconds: pods.reduce((sum, pod) => sum + secondsBetween(pod.startedAt, pod.finishedAt), 0),
    pods: pods.length,
    nodes: names.length,
  };
}

/** admit, drain, upgrade-node, verify-node. */
export const STEPS_PER_NODE = 4;

const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

/** A manual run started meanwhile waits for the nightly one. */
async function queuesBehind(record: CampaignRecord, nightly: string): Promise<void> {
  await until(
    'the nightly run has begun',
    120,
    () => getWorkflow(nightly),
    ({ status }) => status.phase === 'Running',
  );
  const manual = await submit('workflowtemplate/k8s-upgrade', 'detectionDryRun=true');
  const queued = await until(
    'the manual run waits',
    60,
    () => getWorkflow(manual),
    ({ status }) => (status.message ?? '') !== '',
  );
  record.check(
    'a manual run started meanwhile',
    'Pending, waiting for the mutex',
    queued.status.phase === 'Pending' && /Waiting for .*Mutex\/k8s-upgrade lock/.test(queued.status.message ?? '')
      ? 'Pending, waiting for the mutex'
      : `${String(queued.status.phase)}: ${queued.status.message ?? ''}`,
  );
}

async function knownHosts(record: CampaignRecord, count: number): Promise<void> {
  const { data = {} } = await get<{ data?: Record<string, string> }>(
    'configmap',
    'k8s-upgrade-known-hosts',
    '-n',
    'k8s-upgrade',
  );
  record.check('host keys remembered, one per Node UID', String(count), String(Object.keys(data).length));
  const { stdout } = await run('lab/in-lab.sh', [
    'kubectl',
    'logs',
    '-n',
    'k8s-upgrade',
    '-l',
    'app.kubernetes.io/part-of=argo-kubeadm-upgrade',
    '-c',
    'main',
    '--tail=-1',
    '--prefix',
  ]);
  record.check('the SSH key in any log', 'nowhere', stdout.includes('PRIVATE KEY') ? 'printed' : 'nowhere');
}

const failuresOf = (workflow: Workflow): string =>
  workflow.status.phase === 'Succeeded'
    ? ''
    : `${workflow.status.phase ?? ''} ${workflow.status.message ?? ''}: ${nodesOf(workflow)
        .filter(({ type, phase }) => type === 'Pod' && phase !== 'Succeeded')
        .map(({ displayName, message }) => `${displayName}: ${message ?? ''}`)
        .join('; ')}`;
