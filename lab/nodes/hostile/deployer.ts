import { kubectl, must, run, type Ended } from '../../campaign/commands.ts';

const NAME = 'helm-deployer';
const HOOK = 'apiserver-oidc-restore';
/** What the script of the hook leaves on a machine that runs it. */
export const MARK = '/root/hook-ran';

/** A ServiceAccount that may create ConfigMaps in kube-system, as many tools that deploy charts may. */
export async function createDeployer(): Promise<void> {
  const namespace = ['-n', 'kube-system'];
  await kubectl('create', 'serviceaccount', NAME, ...namespace);
  await kubectl('create', 'role', NAME, '--verb=get,create', '--resource=configmaps', ...namespace);
  await kubectl('create', 'rolebinding', NAME, `--role=${NAME}`, `--serviceaccount=kube-system:${NAME}`, ...namespace);
}

/** The deployer creates the ConfigMap that the product once ran as root on every control-plane node. */
export async function createHook(): Promise<Ended> {
  const as = ['--as', `system:serviceaccount:kube-system:${NAME}`];
  const script = `--from-literal=restore.sh=touch ${MARK}`;
  return run('lab/in-lab.sh', ['kubectl', ...as, 'create', 'configmap', HOOK, '-n', 'kube-system', script]);
}

export async function removeDeployer(): Promise<void> {
  await kubectl('delete', 'configmap', HOOK, '-n', 'kube-system', '--ignore-not-found');
  for (const kind of ['rolebinding', 'role', 'serviceaccount'])
    await must('lab/in-lab.sh', ['kubectl', 'delete', kind, NAME, '-n', 'kube-system', '--ignore-not-found']);
}
