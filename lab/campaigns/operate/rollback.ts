import { publish } from '../../kit/cluster.ts';
import { argo, kubectl, tryKubectl, until } from '../../kit/commands.ts';
import { inFlight } from '../../kit/namespace.ts';
import { controlPlane, NODES, readyAt } from '../../kit/nodes.ts';
import { check, checkSays, noteLines } from '../../kit/record.ts';
import { endOf, messageOf, night, noteMessage, runOf, whenEnded } from '../../kit/runs.ts';
import { acrossMinor, namesIn } from './across-a-minor.ts';
import { noSnapshot } from './backup.ts';
import { NEXT, PATCH, RUNNING } from './cluster.ts';
import { documented, submitted } from './documented.ts';
import { controlPlaneSettled, packagesBack, savedManifests, settled } from './going-back.ts';

const LIMIT_SECONDS = 1800;

/** Told before the snapshot, told after it: what a rollback keeps, and what it loses. */
export const tell = (when: 'before' | 'after'): Promise<string> =>
  kubectl('create', 'configmap', `${when}-the-snapshot`, '-n', 'default');

/** docs/rollback.md on the control plane, to the letter: from a patch to the one before, then across the minor. */
export async function rollback(): Promise<void> {
  await tell('after');
  await publish(PATCH);
  await noSnapshot();
  const what = `v${NEXT} to v${PATCH}, the next night: it ends`;
  check(what, 'Succeeded, upgraded', endOf(await night(LIMIT_SECONDS)));
  await beforeAnythingElse();
  await withinMinor();
  await acrossMinor();
  await afterwards();
  await onceMore();
}

async function beforeAnythingElse(): Promise<void> {
  await documented([
    "kubectl -n k8s-upgrade create configmap k8s-upgrade-killswitch --from-literal=reason='rollback'",
    'argo cron suspend -n k8s-upgrade k8s-upgrade-nightly',
    'argo list -n k8s-upgrade --running',
  ]);
  for (const on of NODES) {
    const { stdout } = await documented("systemctl list-units 'argo-kubeadm-upgrade-*'", {}, { on });
    checkSays(`… what is at work on ${on}`, stdout, '0 loaded units listed.');
  }
}

/** The cluster of before the minor, in which Argo does nothing. */
async function afterwards(): Promise<void> {
  const expected = readyAt(NODES, RUNNING);
  check('across a minor: the nodes', expected, await settled(expected));
  check('… the control plane', controlPlane(RUNNING), await controlPlaneSettled(RUNNING));
  check('… /readyz', 'ok', await kubectl('get', '--raw', '/readyz'));
  check('… kubeadm-config says', `v${RUNNING}`, await configuredVersion());
  const image = 'jsonpath={.spec.template.spec.containers[0].image}';
  const proxy = await kubectl('get', 'daemonset', 'kube-proxy', '-n', 'kube-system', '-o', image);
  check('… kube-proxy', `kube-proxy:v${RUNNING}`, proxy.replace(/^.*\//, ''));
  for (const workload of ['daemonset/kube-proxy', 'deployment/coredns']) {
    const status = ['rollout', 'status', workload, '-n', 'kube-system', '--timeout=180s'];
    const { exitCode, stdout, stderr } = await tryKubectl(...status);
    check(`… ${workload}`, 'rolled out', exitCode === 0 ? 'rolled out' : `${stdout}${stderr}`);
  }
  const told = await kubectl('get', 'configmap', '-n', 'default', '-o', 'name');
  const ours = told.split('\n').filter((name) => name.endsWith('-the-snapshot'));
  check('… what was told before and after the snapshot', 'configmap/before-the-snapshot', ours.join(', '));
  await until('Argo runs nothing', 180, running, '').catch(() => undefined);
  const { stdout } = await documented('argo list -n k8s-upgrade --running');
  check('… what Argo runs', 'nothing', namesIn(stdout) || 'nothing');
}

const running = async (): Promise<string> => namesIn(await argo('list', '-n', 'k8s-upgrade', '--running'));

/** The pipeline works on the cluster again: no run is recorded, and a minor needs approval. */
async function onceMore(): Promise<void> {
  await documented('kubectl -n k8s-upgrade delete configmap k8s-upgrade-killswitch');
  const reset = await submitted('argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-reset --watch');
  check('… the reset ends', 'Succeeded, done', endOf(await whenEnded(reset, LIMIT_SECONDS)));
  check('… in flight, says the namespace', 'nobody', await inFlight());
  await documented('argo cron resume -n k8s-upgrade k8s-upgrade-nightly');
  const detected = await runOf('k8s-upgrade-detect', LIMIT_SECONDS);
  check('… k8s-upgrade-detect: it ends', 'Succeeded, held', endOf(detected));
  checkSays('… it would go there again', messageOf(detected), `v${PATCH}`);
  noteMessage(detected);
}

/** docs/rollback.md: the control plane from a patch to the one before. Its workers stay where they are. */
async function withinMinor(): Promise<void> {
  const on = 'cp1';
  const saved = { '<date>': (await savedManifests(on, NEXT)).date };
  await documented(
    'cp /etc/kubernetes/tmp/kubeadm-backup-manifests-<date>/kube-*.yaml /etc/kubernetes/manifests/',
    saved,
    { on },
  );
  check('within a minor: the control plane', controlPlane(NEXT), await controlPlaneSettled(NEXT));
  const { stdout: running } = await documented(
    "crictl ps --name 'kube-(apiserver|controller-manager|scheduler)'",
    {},
    { on },
  );
  noteLines(running.trim());
  const { stdout } = await documented('curl -sk https://localhost:6443/readyz', {}, { on });
  check('… /readyz', 'ok', stdout.trim());
  await packagesBack(on, NEXT, { otherMinor: false });
  await documented(
    "kubectl -n kube-system get configmap kubeadm-config -o yaml | sed 's/kubernetesVersion: v.*/kubernetesVersion: v<version>/' | kubectl replace -f -",
    { '<version>': NEXT },
  );
  check('… kubeadm-config says', `v${NEXT}`, await configuredVersion());
  const expected = readyAt(['w1', 'w2'], PATCH, `cp1 v${NEXT} Ready`);
  check('… the nodes', expected, await settled(expected));
}

async function configuredVersion(): Promise<string> {
  const path = 'jsonpath={.data.ClusterConfiguration}';
  const configuration = await kubectl('get', 'configmap', 'kubeadm-config', '-n', 'kube-system', '-o', path);
  return /^kubernetesVersion: (\S+)/m.exec(configuration)?.[1] ?? configuration;
}
