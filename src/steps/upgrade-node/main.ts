import { connectUpgrade } from '../wiring/connect-node.ts';
import { reconcile } from '../runtime/reconcile.ts';
import { runStep } from '../runtime/run-step.ts';
import { remarkOf, upgrade, type Until } from './act.ts';
import { upgradeNode } from './contract.ts';
import { Site } from './observe.ts';

void runStep(
  upgradeNode,
  async (inputs, tools) => {
    const world = await connectUpgrade(inputs, tools);
    const site = new Site(world, inputs, tools.log);
    tools.sayAtEnd(() => site.goingOn());
    const until: Until = (loop) => reconcile(loop, world.clock, tools.log);
    const work = () => upgrade(site, world, inputs, until);
    let warnings: readonly string[] = [];
    await world.workOnNode(async () => {
      warnings = await world.thenRestore(work);
    });
    return { warnings };
  },
  undefined,
  ({ warnings }) => remarkOf(warnings),
);
