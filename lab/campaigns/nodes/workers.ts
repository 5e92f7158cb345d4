import { publish, type Shape } from '../../kit/cluster.ts';
import { PUSHGATEWAY, withPushgateway } from '../../kit/daemons.ts';
import type { Part, Scenario } from '../../kit/runner.ts';
import { runOf } from '../../kit/runs.ts';
import { NEXT, RUNNING } from './cluster.ts';
import { failing } from './failing.ts';
import { rollBackAll } from './faults.ts';
import { attached, fenced } from './fenced.ts';
import { halting } from './halting.ts';
import { refusing } from './refusing.ts';

const shape: Shape = { version: RUNNING, settings: { metrics: { pushgatewayUrl: PUSHGATEWAY } } };

/** Workers that are behind again and again, under a control plane that is done: every way in which a run can end early. */
const behindControlPlane = (name: string, title: string, scenarios: readonly Scenario[]): Part => ({
  name,
  title,
  shape,
  body: () =>
    withPushgateway(async () => {
      await publish(NEXT);
      await runOf('k8s-upgrade-node', 900, 'nodes=cp1', `target=${NEXT}`);
      for (const scenario of scenarios) {
        await rollBackAll();
        await scenario();
      }
    }),
});

export const endings = behindControlPlane(
  'endings',
  'A worker whose kubeadm fails: argo retry, and the next night',
  failing,
);
export const takeovers = behindControlPlane(
  'takeovers',
  'argo stop and a new run at once; a step pod that is force-deleted: attached to, not done twice',
  attached,
);
export const fence = behindControlPlane(
  'fence',
  'Steps that ignore TERM, of a run that is stopped, terminated or deleted, and a new run at once: the fence',
  fenced,
);
export const limits = behindControlPlane(
  'limits',
  'Refused: a budget that can never allow it, and no node left for the steps but their target',
  refusing,
);
export const halts = behindControlPlane(
  'halts',
  'Paused and halted: the window closes, the kill switch, argo suspend',
  halting,
);
