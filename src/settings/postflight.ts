import { count, objectName, seconds, titled } from './kinds.ts';
import { section, setting } from './kit.ts';

export const postflight = section(
  'postflight',
  'Checks of the cluster once every node is upgraded. An upgrade whose checks fail has failed, and says why.',
  {
    minimumReadyPercent: setting(count({ max: 100, title: 'a whole number of percent from 0 to 100' }), {
      default: 90,
      doc: 'Percentage of pods that must be ready; pods of Jobs and Workflows do not count. Where fewer were ready when the run began, that many are enough.',
    }),
    dnsName: setting(titled(objectName, 'a name in the cluster DNS, such as kubernetes.default.svc'), {
      default: 'kubernetes.default.svc',
      doc: 'Name that a pod must be able to resolve.',
    }),
    settleSeconds: setting(seconds(30), {
      default: 600,
      doc: 'How long, in seconds, pods, DNS and API servers may take to be healthy. For new alerts, monitoring.alerts.waitSeconds counts.',
    }),
  },
);
