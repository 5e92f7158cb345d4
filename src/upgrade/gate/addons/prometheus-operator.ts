import { READ_ON, type Source } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import { rows, type Addon } from './addon.ts';

// Floors only; beyond the version of its Kubernetes client, compatibility is "best effort".
const COMPATIBILITY: Source = {
  url: 'https://prometheus-operator.dev/docs/getting-started/compatibility/',
  date: READ_ON,
};

export const prometheusOperator: Addon = {
  name: 'prometheus-operator',
  images: ['prometheus-operator/prometheus-operator'],
  versionPattern: COMMON_TAG,
  range: 'supported',
  source: COMPATIBILITY,
  matrix: rows(COMPATIBILITY, ['0.1', '1.16', 'none-published'], ['0.84', '1.25', 'none-published']),
};
