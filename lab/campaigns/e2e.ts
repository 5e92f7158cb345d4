/**
 * The whole way through, on a real kubeadm cluster with real Argo Workflows: settings → dist/ → applied → a night with
 * nothing to do → a night with a new patch → every node there. Notes a timeline per node, and what Argo costs over a bare
 * SSH loop.
 */
import { CampaignSettings } from '../kit/cluster.ts';
import { campaign, type Part } from '../kit/runner.ts';
import { judgedByApiServer } from './e2e/api-server.ts';
import { bareLoop } from './e2e/bare-loop.ts';
import { RUNNING } from './e2e/cluster.ts';
import { nothingToDo } from './e2e/nothing-to-do.ts';
import { portSuites } from './e2e/port-suites.ts';
import { byHand, refusals } from './e2e/refusals.ts';
import { upgradeNight } from './e2e/upgrade-night.ts';

const wholeWay: Part = {
  name: 'night',
  title: 'Nothing to do, a patch, refusals, one node by hand, and a bare SSH loop to compare',
  shape: { version: RUNNING, beforeInstall: judgedByApiServer },
  body: async () => {
    await portSuites();
    await nothingToDo();
    const upgraded = await upgradeNight();
    await refusals();
    await byHand();
    await bareLoop(upgraded);
  },
};

await campaign('End to end: one night, three nodes', new CampaignSettings('lab', 'lab/clusters'), [wholeWay]);
