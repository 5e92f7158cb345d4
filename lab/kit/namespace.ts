import { get, must, run } from './commands.ts';

/** The marks of the run under way; none where there is no ConfigMap. */
export async function runMarks(): Promise<Readonly<Record<string, string>>> {
  const where = ['k8s-upgrade-run-state', '-n', 'k8s-upgrade'];
  const { data = {} } = await get<{ data?: Record<string, string> }>('configmap', ...where);
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== ''));
}

export const throwKillSwitch = (reason: string): Promise<string> =>
  must('lab/in-lab.sh', [
    ...['kubectl', '-n', 'k8s-upgrade', 'create', 'configmap', 'k8s-upgrade-killswitch'],
    `--from-literal=reason=${reason}`,
  ]);
export const resetKillSwitch = (): Promise<unknown> =>
  run('lab/in-lab.sh', [
    ...['kubectl', '-n', 'k8s-upgrade', 'delete', 'configmap', 'k8s-upgrade-killswitch', '--ignore-not-found'],
  ]);

/** UID of the Workflow that holds the Lease; empty when there is no holder. */
export const leaseHolder = async (): Promise<string> =>
  (await get<{ spec: { holderIdentity?: string } }>('lease', 'k8s-upgrade', '-n', 'k8s-upgrade')).spec.holderIdentity ??
  '';
