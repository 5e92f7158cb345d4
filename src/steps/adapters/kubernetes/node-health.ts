import { PRESSURES, type NodeHealth } from '../../../upgrade/node/health.ts';
import { known, notKnown, type Reading } from '../../../upgrade/reading.ts';
import type { NodeHealthPort } from '../../ports/health.ts';
import type { Api } from './api.ts';
import { NODES, type V1Node } from './resources.ts';
import { reading } from '../../runtime/step-error.ts';

export const nodeHealth = (api: Api): NodeHealthPort => ({
  conditions: () =>
    reading(api.list(NODES).then((nodes) => new Map(nodes.map((node) => [node.metadata?.name ?? '', toHealth(node)])))),
});

function toHealth({ status }: V1Node): NodeHealth {
  const conditions = status?.conditions ?? [];
  return {
    pressures: PRESSURES.filter((pressure) => conditions.find(({ type }) => type === pressure)?.status !== 'False'),
    readySinceMs: timeOf(conditions.find(({ type }) => type === 'Ready')?.lastTransitionTime),
  };
}

function timeOf(time: string | undefined): Reading<number> {
  if (time === undefined) return notKnown('its condition Ready has no lastTransitionTime');
  const ms = new Date(time).getTime();
  return Number.isNaN(ms) ? notKnown('the lastTransitionTime of its condition Ready is no time') : known(ms);
}
