import { attemptsOn } from '../../kit/nodes.ts';
import { checkSays } from '../../kit/record.ts';
import { NEXT } from './cluster.ts';
import { documented, type DocumentedCommand } from './documented.ts';
import { LOOKS, LOOKS_ON_A_NODE } from './documented/by-operate.ts';
import type { Values } from './documented/fill.ts';

/** What there is to see while a run stands still half way. */
export interface Sight {
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
export async function lookAround({ run, pod, node, done }: Sight): Promise<void> {
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
