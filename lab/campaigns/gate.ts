/**
 * Detection and the compat gate, on a real kubeadm cluster of 1.33 with 1.34 in reach: real workload objects, real
 * machines, a repository in every bad state, a real Pushgateway; a blocked night, and the night after.
 */
import { buildsOf } from '../kit/cluster.ts';
import { withPushgateway } from '../kit/daemons.ts';
import { campaign, type Part } from '../kit/runner.ts';
import { NEXT, RUNNING, SETTINGS } from './gate/cluster.ts';
import { blockedNight, nextNight } from './gate/nights.ts';
import { repositoryStates, stepsByHand } from './gate/steps-by-hand.ts';
import { verdicts } from './gate/verdicts.ts';

const verdictsAndNights: Part = {
  name: 'verdicts',
  title: 'Every verdict of the gate, a repository in every bad state, a blocked night and the next',
  shape: { version: RUNNING, offers: [NEXT], builds: buildsOf(RUNNING, NEXT) },
  body: async () => {
    await stepsByHand();
    await verdicts();
    await withPushgateway(async () => {
      // Neither changes anything, so they need not wait for each other.
      await Promise.all([repositoryStates(), blockedNight()]);
      await nextNight();
    });
  },
};

await campaign('Detection and the compat gate', SETTINGS, [verdictsAndNights]);
