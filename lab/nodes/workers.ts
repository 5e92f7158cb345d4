import { must } from '../campaign/commands.ts';
import { PUSHGATEWAY, withPushgateway } from '../campaign/pushgateway.ts';
import type { CampaignRecord } from '../campaign/record.ts';
import { whenEnded, submit } from '../campaign/workflow.ts';
import { failing } from './failing.ts';
import { fenced } from './fenced.ts';
import { halting } from './halting.ts';
import { refusing } from './refusing.ts';
import { rollBackAll } from './machines.ts';
import type { Part } from './part.ts';

/** What the workers are at when a scenario begins, and where the control plane is already. */
export const [A, B] = ['1.34.9', '1.34.10'];

const shape = {
  controlPlanes: 1,
  workers: 2,
  version: A,
  settings: { metrics: { pushgatewayUrl: PUSHGATEWAY } },
};

/** Workers that are behind again and again, under a control plane that is done: every way in which a run can end early. */
const behindControlPlane =
  (...scenarios: readonly ((record: CampaignRecord) => Promise<void>)[]): Part['body'] =>
  (record) =>
    withPushgateway(async () => {
      await must('lab/publish.sh', [`v${B}`]);
      await whenEnded(await submit('workflowtemplate/k8s-upgrade-node', 'nodes=cp1', `target=${B}`), 900);
      for (const scenario of scenarios) {
        await rollBackAll(['w1', 'w2'], A);
        await scenario(record);
      }
    });

export const endings: Part = {
  name: 'endings',
  title: 'A worker whose kubeadm fails: argo retry, and the next night',
  shape,
  body: behindControlPlane(...failing),
};

export const takeovers: Part = {
  name: 'takeovers',
  title: 'Stopped, terminated and deleted runs, and a new one at once: the fence',
  shape,
  body: behindControlPlane(...fenced),
};

export const limits: Part = {
  name: 'limits',
  title: 'Refused, paused, halted: budgets, windows, the kill switch, the scheduler, a cordon of somebody else',
  shape,
  body: behindControlPlane(...refusing, ...halting),
};
