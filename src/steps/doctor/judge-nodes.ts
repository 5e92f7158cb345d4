import type { OtherNodes } from '../../upgrade/node/readings.ts';
import { missing, well, type Line } from './checkup-line.ts';

/** Nodes that no step upgrades: those that cannot be read, a line each, and those that are left out. */
export function judgeOtherNodes({ unreadable = [], excluded = [], rolesUnknown }: OtherNodes): Line[] {
  const left = excluded.map(({ name, because }) => `${name} (${because})`);
  return [
    ...unreadable.map(({ name, because }) =>
      missing(`node ${name}`, 'it cannot be read', `It cannot be upgraded: ${because}`),
    ),
    ...(rolesUnknown === undefined ? [] : [missing('API servers', 'their addresses cannot be read', rolesUnknown)]),
    ...(left.length === 0 ? [] : [well('nodes', `left out: ${left.join(', ')}`)]),
  ];
}
