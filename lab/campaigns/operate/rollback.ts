import { kubectl, must, run, until } from '../../kit/commands.ts';
import { said, type CampaignRecord } from '../../kit/record.ts';
import { runMarks } from '../../kit/namespace.ts';
import { endOf, messageOf, startNight, submit, whenEnded } from '../../kit/runs.ts';
import { acrossMinor, namesIn } from './across-a-minor.ts';
import { noSnapshot } from './backup.ts';
import { NEXT, PATCH, RUNNING } from './cluster.ts';
import { documented, submitted } from './documented.ts';
import { controlPlane, controlPlaneSettled, settled } from './going-back.ts';
import { configuredVersion, withinMinor } from './within-a-minor.ts';

const LIMIT_SECONDS = 1800;
const NODES = ['cp1', 'w1', 'w2'] as const;

/** Told before the snapshot, told after it: what a rollback keeps, and what it loses. */
export const tell = (when: 'before' | 'after'): Promise<string> =>
  kubectl('create', 'configmap', `${when}-the-snapshot`, '-n', 'default');

/** docs/rollback.md on the control plane, to the letter: from a patch to the one before, then across the minor. */
export async function rollback(record: CampaignRecord): Promise<void> {
  await tell('after');
  await must('lab/publish.sh', [`v${PATCH}`]);
  await noSnapshot(record);
  const night = await whenEnded(await startNight(), LIMIT_SECONDS);
  record.check(`v${NEXT} to v${PATCH}, the next night: it ends`, 'Succeeded, upgraded', endOf(night));
  await beforeAnythingElse(record);
  await withinMinor(record);
  await acrossMinor(record);
  await afterwards(record);
  await onceMore(record);
}

async function beforeAnythingElse(record: CampaignRecord): Promise<void> {
  await documented(record, [
    "kubectl -n k8s-upgrade create configmap k8s-upgrade-killswitch --from-literal=reason='rollback'",
    'argo cron suspend -n k8s-upgrade k8s-upgrade-nightly',
    'argo list -n k8s-upgrade --running',
  ]);
  for (const on of NODES) {
    const { stdout } = await documented(record, "systemctl list-units 'argo-kubeadm-upgrade-*'", {}, { on });
    record.check(`… what is at work on ${on}`, ...said(stdout, '0 loaded units listed.'));
  }
}

/** The cluster of before the minor, in which Argo does nothing. */
async function afterwards(record: CampaignRecord): Promise<void> {
  const expected = NODES.map((node) => `${node} v${RUNNING} Ready`).join(', ');
  record.check('across a minor: the nodes', expected, await settled(expected));
  record.check('… the control plane', controlPlane(RUNNING), await controlPlaneSettled(RUNNING));
  record.check('… /readyz', 'ok', await kubectl('get', '--raw', '/readyz'));
  record.check('… kubeadm-config says', `v${RUNNING}`, await configuredVersion());
  const image = 'jsonpath={.spec.template.spec.containers[0].image}';
  const proxy = await kubectl('get', 'daemonset', 'kube-proxy', '-n', 'kube-system', '-o', image);
  record.check('… kube-proxy', `kube-proxy:v${RUNNING}`, proxy.replace(/^.*\//, ''));
  for (const workload of ['daemonset/kube-proxy', 'deployment/coredns']) {
    const { exitCode, stdout, stderr } = await run('lab/in-lab.sh', [
      ...['kubectl', 'rollout', 'status', workload, '-n', 'kube-system', '--timeout=180s'],
    ]);
    record.check(`… ${workload}`, 'rolled out', exitCode === 0 ? 'rolled out' : `${stdout}${stderr}`);
  }
  const told = await kubectl('get', 'configmap', '-n', 'default', '-o', 'name');
  const ours = told.split('\n').filter((name) => name.endsWith('-the-snapshot'));
  record.check('… what was told before and after the snapshot', 'configmap/before-the-snapshot', ours.join(', '));
  await until('Argo runs nothing', 180, running, (names) => names === '').catch(() => undefined);
  const { stdout } = await documented(record, 'argo list -n k8s-upgrade --running');
  record.check('… what Argo runs', 'nothing', namesIn(stdout) || 'nothing');
}

const running = async (): Promise<string> =>
  namesIn(await must('lab/in-lab.sh', ['argo', 'list', '-n', 'k8s-upgrade', '--running']));

/** The pipeline works on the cluster again: no run is recorded, and a minor needs approval. */
async function onceMore(record: CampaignRecord): Promise<void> {
  await documented(record, 'kubectl -n k8s-upgrade delete configmap k8s-upgrade-killswitch');
  const reset = await submitted(record, 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-reset --watch');
  record.check('… the reset ends', 'Succeeded, done', endOf(await whenEnded(reset, LIMIT_SECONDS)));
  record.check('… in flight, says the namespace', 'nobody', (await runMarks())['in-flight'] ?? 'nobody');
  await documented(record, 'argo cron resume -n k8s-upgrade k8s-upgrade-nightly');
  const detected = await whenEnded(await submit('workflowtemplate/k8s-upgrade-detect'), LIMIT_SECONDS);
  record.check('… k8s-upgrade-detect: it ends', 'Succeeded, held', endOf(detected));
  record.check('… it would go there again', ...said(messageOf(detected), `v${PATCH}`));
  for (const line of messageOf(detected).split('\n')) record.note(`  ${line}`);
}
