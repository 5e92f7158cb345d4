import { ADDONS } from '../upgrade/gate/addons/index.ts';
import { mergeAddons } from '../upgrade/gate/addons/merge.ts';
import { Pattern, patternProblem } from '../text/pattern/pattern.ts';
import { shortestGapSeconds } from './cron.ts';
import { scheduleProblem } from './schedule.ts';
import { minutesOf } from '../run/maintenance-window.ts';
import type { ClusterSettings } from '../settings/cluster.ts';
import { snapshot } from '../settings/snapshot.ts';
import type { SettingPath } from './problem.ts';

type Settings = Omit<ClusterSettings, 'name'>;

/** Settings that are right each alone and wrong together, or in what they mean. The first of `reads` is the one that is reported. */
interface Contradiction {
  readonly reads: readonly [SettingPath, ...SettingPath[]];
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
      ['drain', 'maximumSeconds'],
      ['drain', 'timeoutSeconds'],
    ],
    check: ({ drain: { maximumSeconds, timeoutSeconds } }) =>
      maximumSeconds >= timeoutSeconds
        ? undefined
        : `is ${maximumSeconds}, expected at least drain.timeoutSeconds, which is ${timeoutSeconds}`,
  },
  {
    reads: [
      ['ssh', 'address', 'cidrs'],
      ['ssh', 'address', 'type'],
    ],
    check: ({ ssh: { address } }) =>
      address.cidrs.length === 0 || address.type.endsWith('IP')
        ? undefined
        : `has ${address.cidrs.length === 1 ? 'a network' : 'networks'}, expected none while ssh.address.type is ${address.type}, which is a name`,
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
  {
    reads: [
      ['compatibility', 'deprecatedApis', 'source'],
      ['monitoring', 'prometheusUrl'],
    ],
    check: ({ compatibility: { deprecatedApis }, monitoring }) =>
      deprecatedApis.source === 'prometheus' && monitoring === undefined
        ? 'is prometheus, and there is no monitoring.prometheusUrl'
        : undefined,
  },
  {
    // A node that fits into no window would never begin.
    reads: [
      ['maintenance', 'windows'],
      ['maintenance', 'assumedNodeSeconds'],
    ],
    check: ({ maintenance: { windows, assumedNodeSeconds } }) => {
      const short = windows.find((window) => minutesOf(window) * 60 < assumedNodeSeconds);
      return short === undefined
        ? undefined
        : `has one from ${short.start} to ${short.end}, expected each to be at least maintenance.assumedNodeSeconds long, which is ${assumedNodeSeconds}`;
    },
  },
  {
    // A nightly run that always begins outside the windows upgrades nothing, and no failure says so.
    reads: [['nightly', 'schedule'], ['nightly', 'timezone'], ['nightly', 'suspend'], ['maintenance']],
    check: scheduleProblem,
  },
  {
    reads: [['maintenance', 'freezes']],
    check: ({ maintenance: { freezes } }) => {
      const turned = freezes.find(({ from, to }) => to < from);
      return turned === undefined
        ? undefined
        : `has one from ${turned.from} to ${turned.to}, expected to be the later day`;
    },
  },
  {
    // One that still waits would keep the next one from starting.
    reads: [
      ['policy', 'approvalSeconds'],
      ['policy', 'minor'],
      ['nightly', 'schedule'],
    ],
    check: ({ policy: { approvalSeconds, minor }, nightly: { schedule } }) => {
      const most = longestApprovalSeconds(schedule);
      return minor !== 'approve' || approvalSeconds <= most
        ? undefined
        : `is ${approvalSeconds}, expected at most ${most}, so that the wait is over before nightly.schedule, which is ${schedule}, comes again`;
    },
  },
  { reads: [['compatibility', 'addons']], check: addonProblems },
  ...(['withSshKey', 'others'] as const).map((kind): Contradiction => ({
    reads: [['runners', kind, 'tolerations']],
    check: ({ runners }) => {
      const wrong = runners[kind].tolerations.find(
        ({ operator, value }) => operator === 'Exists' && value !== undefined,
      );
      return wrong === undefined
        ? undefined
        : `has a value beside operator Exists for ${wrong.key}, expected operator Equal or no value`;
    },
  })),
  ...([['alerts', 'prometheusRule'], ['alerts', 'configMap'], ['dashboard']] as const).map(readsGauges),
  {
    reads: [
      ['monitoring', 'alerts', 'source'],
      ['monitoring', 'alerts', 'alertmanagerUrl'],
    ],
    check: ({ monitoring }) =>
      monitoring?.alerts.source === 'alertmanager' && monitoring.alerts.alertmanagerUrl === undefined
        ? 'is alertmanager, and there is no monitoring.alerts.alertmanagerUrl'
        : undefined,
  },
  {
    reads: [['monitoring', 'alerts', 'ignore']],
    check: ({ monitoring }) => {
      const wrong = (monitoring?.alerts.ignore ?? []).flatMap((pattern) => {
        const problem = patternProblem(pattern) ?? patternProblem(`^(?:${pattern})$`);
        return problem === undefined ? [] : [`${pattern} (${problem})`];
      });
      return wrong.length === 0 ? undefined : `has what is not accepted as a regular expression: ${wrong.join(', ')}`;
    },
  },
  ...(['cronJob', 'container', 'logPattern'] as const).map(foreignBackup),
  {
    reads: [['snapshot', 'logPattern']],
    check: ({ snapshot: { logPattern } }) => {
      const problem = patternProblem(logPattern);
      if (problem !== undefined) return `is not accepted as a regular expression: ${problem}`;
      const { groupNames } = new Pattern(logPattern);
      const missing = ['file', 'bytes'].filter((group) => !groupNames.includes(group));
      return missing.length === 0
        ? undefined
        : `has no group ${missing.map((group) => `(?<${group}>…)`).join(' and no group ')}`;
    },
  },
];

/** Two answers to the question which CronJob backs up etcd. */
function foreignBackup(setting: 'cronJob' | 'container' | 'logPattern'): Contradiction {
  const unsaid = snapshot.members[setting].default;
  return {
    reads: [
      ['snapshot', setting],
      ['snapshot', 'mode'],
    ],
    check: ({ snapshot: written }) =>
      written.mode === 'built-in' && written[setting] !== unsaid
        ? 'is about a CronJob of yours, and snapshot.mode is built-in'
        : undefined,
  };
}

/** Without gauges, the rules would always say that no version check has worked, and the dashboard would be empty. */
function readsGauges(path: SettingPath): Contradiction {
  const isThere = (settings: Settings): boolean =>
    path.reduce<unknown>((section, key) => (section as Record<string, unknown> | undefined)?.[key], settings) !==
    undefined;
  return {
    reads: [path, ['metrics', 'pushgatewayUrl']],
    check: (settings) =>
      isThere(settings) && settings.metrics === undefined
        ? 'reads the gauges of the pipeline, and there is no metrics.pushgatewayUrl'
        : undefined,
  };
}

/** The steps before the wait take time, and one day of the year has 23 hours. */
function longestApprovalSeconds(schedule: string): number {
  const gap = shortestGapSeconds(schedule);
  return gap - Math.min(3600, gap / 4);
}

/** Returns the problems that the gate would find in the addons of the settings. */
function addonProblems({ compatibility: { addons } }: Settings): string | undefined {
  const both = addons.filter(({ matrix, noMatrix }) => matrix !== undefined && noMatrix === true);
  const { problems } = mergeAddons(ADDONS, addons);
  const all = [...both.map(({ name }) => `${name} has a matrix and noMatrix`), ...problems.map(bare)];
  return all.length === 0 ? undefined : [...new Set(all)].join('; ');
}

const bare = (problem: string): string => problem.replace(/^addons: /, '').replace(/\.$/, '');

function bytes(quantity: string): number {
  const [, count = '', unit = ''] = /^([0-9]+)([A-Za-z]*)$/.exec(quantity) ?? [];
  return Number(count) * (UNIT_BYTES[unit] ?? NaN);
}
