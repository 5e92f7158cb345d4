import { kubectl, must, run } from '../../../kit/commands.ts';
import { said, type CampaignRecord } from '../../../kit/record.ts';
import { stepByHand, type StepEnd } from '../../../kit/step-by-hand.ts';
import { SETTINGS } from '../settings.ts';
import { B } from '../versions.ts';

type Values = Readonly<Record<string, string>>;

/** Runs a step as a program of this host, with the environment of the rendered template. */
export const step = (name: string, values: Values = {}): Promise<StepEnd> =>
  stepByHand(SETTINGS.folder, name, { TARGET: B, PUSHGATEWAY_URL: '', ...values });

/** The node lists that `inventory` hands to the later steps. */
export function tasks(...nodes: readonly string[]): Values {
  const isControlPlane = (node: string): boolean => node.startsWith('cp');
  const listOf = (names: readonly string[], role: string): string =>
    JSON.stringify(names.map((name) => ({ name, role })));
  return {
    CONTROL_PLANES: listOf(nodes.filter(isControlPlane), 'first-control-plane'),
    WORKERS: listOf(
      nodes.filter((node) => !isControlPlane(node)),
      'worker',
    ),
  };
}

export const EVERY_NODE = tasks('cp1', 'w1', 'w2');

/** Records how a step ended, and each sentence that it must say. The log of the step is noted. */
export function checkStep(
  record: CampaignRecord,
  what: string,
  { exitCode, log, outputs }: StepEnd,
  { exit = 0, says = [] }: { readonly exit?: number; readonly says?: readonly string[] },
): void {
  const told = [log, ...Object.values(outputs)].join('\n');
  record.check(`${what} ends`, `exit code ${exit}`, `exit code ${exitCode}`);
  for (const sentence of says) record.check('… it says', ...said(told, sentence));
  for (const line of log.trim().split('\n')) record.note(`  ${line}`);
}

/** How `prepare` and `rehearse` end when something stands in the way: refused, and not tried again. */
export const REFUSED = 77;
export const NO_CORDON = 'No node was cordoned, and nothing was installed.';

const LEASE = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: {
    name: 'k8s-upgrade',
    namespace: 'k8s-upgrade',
    annotations: { 'argo-kubeadm-upgrade.io/holder-name': 'by-hand' },
  },
  spec: { holderIdentity: 'by-hand' },
};

/** Holds the Lease for steps by hand that work behind the fence, while `work` runs. */
export async function holdingLease(work: () => Promise<void>): Promise<void> {
  await must('lab/in-lab.sh', ['kubectl', 'apply', '-f', '-'], JSON.stringify(LEASE));
  try {
    await work();
  } finally {
    await kubectl('delete', 'lease', 'k8s-upgrade', '-n', 'k8s-upgrade', '--ignore-not-found');
  }
}

/** Applies objects as cluster admin. */
export const apply = async (...objects: readonly object[]): Promise<void> => {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  await must('lab/in-lab.sh', ['kubectl', 'apply', '-f', '-'], JSON.stringify(list));
};

/** Deletes an object that may be gone already. */
export const remove = async (...words: readonly string[]): Promise<void> => {
  await run('lab/in-lab.sh', ['kubectl', 'delete', '--ignore-not-found', '--wait=true', '--timeout=60s', ...words]);
};
