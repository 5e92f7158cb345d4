import { READ_ON, type Source } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import { rows, type Addon } from './addon.ts';

const README: Source = {
  url: 'https://github.com/kubernetes-sigs/metrics-server/blob/master/README.md',
  date: READ_ON,
};

export const metricsServer: Addon = {
  name: 'metrics-server',
  images: ['metrics-server/metrics-server'],
  versionPattern: COMMON_TAG,
  range: 'supported',
  source: README,
  matrix: rows(
    README,
    ['0.7', '1.27', 'none-published'],
    ['0.8', '1.31', 'none-published'],
    ['0.9', '1.34', 'none-published'],
  ),
};
