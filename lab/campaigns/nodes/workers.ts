import { must } from '../../kit/commands.ts';
import { PUSHGATEWAY, withPushgateway } from '../../kit/pushgateway.ts';
import type { CampaignRecord } from '../../kit/record.ts';
import { whenEnded, submit } from '../../kit/workflow.ts';
import { failing } from './failing.ts';
import { attached, fenced } from './fenced.ts';
import { halting } from './halting.ts';
import { refusing } from './refusing.ts';
import { rollBackAll } from './machines.ts';
import type { Part } from './part.ts';
import { A, B } from './versions.ts';

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
  title: 'argo stop and a new run at once; a step pod that is force-deleted: attached to, not done twice',
  shape,
  body: behindControlPlane(...attached),
};

export const fence: Part = {
  name: 'fence',
  title: 'Steps that ignore TERM, of a run that is stopped, terminated or deleted, and a new run at once: the fence',
  shape,
  body: behindControlPlane(...fenced),
};

export const limits: Part = {
  name: 'limits',
  title: 'Refused: a budget that can never allow it, and no node left for the steps but their target',
  shape,
  body: behindControlPlane(...refusing),
};

export const halts: Part = {
  name: 'halts',
  title: 'Paused and halted: the window closes, the kill switch, argo suspend',
  shape,
  body: behindControlPlane(...halting),
};
