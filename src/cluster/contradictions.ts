import type { ClusterSettings } from './schema.ts';
import type { SettingPath } from './problem.ts';

type Settings = Omit<ClusterSettings, 'name'>;

/** Two settings that are right each alone and wrong together. The first of `reads` is the one that is reported. */
interface Contradiction {
  readonly reads: readonly [SettingPath, SettingPath];
  readonly check: (settings: Settings) => string | undefined;
}

const UNIT_BYTES: Readonly<Record<string, number>> = {
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

export const contradictions: readonly Contradiction[] = [
  {
    reads: [
      ['drain', 'gracePeriodSeconds'],
      ['drain', 'timeoutSeconds'],
    ],
    check: ({ drain: { gracePeriodSeconds, timeoutSeconds } }) =>
      gracePeriodSeconds <= timeoutSeconds
        ? undefined
        : `is ${gracePeriodSeconds}, expected at most drain.timeoutSeconds, which is ${timeoutSeconds}`,
  },
  {
    reads: [
      ['resources', 'memoryLimit'],
      ['resources', 'memory'],
    ],
    check: ({ resources: { memoryLimit, memory } }) =>
      bytes(memoryLimit) >= bytes(memory)
        ? undefined
        : `is ${memoryLimit}, expected at least resources.memory, which is ${memory}`,
  },
  {
    // The pods of a run go when the run goes.
    reads: [
      ['history', 'keepPodsHours'],
      ['history', 'keepDays'],
    ],
    check: ({ history: { keepPodsHours, keepDays } }) =>
      keepPodsHours <= keepDays * 24
        ? undefined
        : `is ${keepPodsHours}, expected at most the ${keepDays * 24} hours of history.keepDays, which is ${keepDays}`,
  },
];

function bytes(quantity: string): number {
  const [, count = '', unit = ''] = /^([0-9]+)([A-Za-z]*)$/.exec(quantity) ?? [];
  return Number(count) * (UNIT_BYTES[unit] ?? NaN);
}
