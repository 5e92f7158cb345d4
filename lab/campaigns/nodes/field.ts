import { publish } from '../../kit/cluster.ts';
import { note } from '../../kit/record.ts';
import { attempt, type Part, type Scenario } from '../../kit/runner.ts';
import { NEXT, RUNNING } from './cluster.ts';
import { endlessDrains } from './field/drains.ts';
import { metricsUrls } from './field/etcd.ts';
import { deb822Nodes, metBefore, noneOfThese } from './field/packages.ts';
import { undoneByKubeadm } from './field/undone.ts';
import { upgradedAllTheSame } from './field/upgrade.ts';
import { kubeletsAhead, vendorImages } from './field/versions.ts';

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'kubelets newer than their API server': kubeletsAhead,
  'images that name no release': vendorImages,
  'what a job would meet on a drained node': metBefore,
  'a failing hook of an update, an expired key, an old kubectl': noneOfThese,
  'deb822 source files': deb822Nodes,
  'metrics URLs of etcd': metricsUrls,
  'changes that kubeadm undoes': undoneByKubeadm,
  'drains that never end, pods that nothing recreates': endlessDrains,
  'an upgrade with quirks that stop nothing': upgradedAllTheSame,
};

/** What real clusters are like: docs/field.md has the reports. Single steps say what is wrong; a run in Argo upgrades. */
export const field: Part = {
  name: 'field',
  title: 'From the field: kubelets, images, apt, etcd and drains as clusters have them, found before any cordon',
  shape: { version: RUNNING },
  body: async () => {
    await publish(NEXT);
    for (const [what, scenario] of Object.entries(SCENARIOS)) {
      note(`--- ${what}`);
      await attempt(what, scenario);
    }
  },
};
