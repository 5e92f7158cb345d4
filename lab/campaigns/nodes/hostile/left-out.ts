import { kubectl } from '../../../kit/commands.ts';
import { check } from '../../../kit/record.ts';
import type { Scenario } from '../../../kit/runner.ts';
import { messageOf, type Workflow } from '../../../kit/runs.ts';
import { asKubelet, checkWrite, forging, type NodeStatus, statusOf } from './kubelet.ts';
import { checkTarget, detectOnly } from './scenario.ts';

/** What a kubelet writes on its own Node, and how an administrator removes it. Both are words of kubectl. */
interface Write {
  readonly write: string;
  readonly undo: string;
  /** How the message names the node. Undefined: the API server refuses the write. */
  readonly says: string | undefined;
}

const VIRTUAL = 'Left out: w1 (virtual kubelet).';
const WINDOWS = 'Left out: w1 (Windows).';
const CLUSTER_API = 'Left out: w1 (Cluster API).';
const OS = 'label node w1 kubernetes.io/os';
const MACHINE = 'annotate node w1 cluster.x-k8s.io/machine';
const PROVIDER = 'taint node w1 virtual-kubelet.io/provider';

const WRITES: readonly Write[] = [
  { write: 'label node w1 type=virtual-kubelet', undo: 'label node w1 type-', says: VIRTUAL },
  { write: 'label node w1 liqo.io/type=virtual-node', undo: 'label node w1 liqo.io/type-', says: VIRTUAL },
  { write: `${PROVIDER}=x:PreferNoSchedule`, undo: `${PROVIDER}-`, says: undefined },
  { write: `${OS}=windows --overwrite`, undo: `${OS}=linux --overwrite`, says: WINDOWS },
  { write: `${MACHINE}=of-another`, undo: `${MACHINE}-`, says: CLUSTER_API },
];

interface Report {
  readonly what: string;
  readonly status: (w2: NodeStatus) => object;
  /** How the message names the node. Undefined: it is not left out, and no step before inventory reads its address. */
  readonly says: string | undefined;
}

const REPORTS: readonly Report[] = [
  {
    what: 'the kubelet version v1.22.6-kubeedge-v1.12.1',
    status: () => ({ nodeInfo: { kubeletVersion: 'v1.22.6-kubeedge-v1.12.1' } }),
    says: 'Left out: w1 (KubeEdge).',
  },
  {
    what: 'the operating system windows',
    status: () => ({ nodeInfo: { operatingSystem: 'windows' } }),
    says: WINDOWS,
  },
  {
    what: 'no InternalIP',
    status: () => ({ addresses: [{ type: 'Hostname', address: 'w1' }] }),
    says: undefined,
  },
  { what: 'the addresses of w2', status: ({ addresses }) => ({ addresses }), says: undefined },
];

/** A worker's own kubelet writes each thing by which a worker is left out. It speaks for w1 alone, and every message names w1. */
export const leavesItselfOut: Scenario = async () => {
  for (const { write, undo, says } of WRITES) {
    const ended = await asKubelet('w1', ...write.split(' '));
    checkWrite(`w1: kubectl ${write}`, says === undefined ? 'refused' : 'allowed', ended);
    if (ended.exitCode !== 0) continue;
    try {
      checkLeftOut(await detectOnly(), says);
    } finally {
      await kubectl(...undo.split(' '));
    }
  }
  const w2 = await statusOf('w2');
  for (const { what, status, says } of REPORTS)
    await forging('w1', { what: `w1 reports ${what}`, status: status(w2) }, async () => {
      checkLeftOut(await detectOnly(), says);
    });
};

function checkLeftOut(run: Workflow, says: string | undefined): void {
  checkTarget(run, says);
  const isLeftOut = messageOf(run).includes('Left out: ');
  check('… w1 is left out', says === undefined ? 'no' : 'yes', isLeftOut ? 'yes' : 'no');
}
