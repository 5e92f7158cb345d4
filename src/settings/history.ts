import { days, hours } from './kinds.ts';
import { section, setting } from './kit.ts';

export const history = section('history', 'How long past runs can be read in the cluster.', {
  keepDays: setting(days(1), { default: 7, doc: 'Days that a finished run stays.' }),
  keepPodsHours: setting(hours(), {
    default: 24,
    doc: 'Hours that the pods of a finished run stay, with their logs.',
  }),
});
