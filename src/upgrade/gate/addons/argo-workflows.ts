import { READ_ON, type Source } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import { rows, type Addon } from './addon.ts';

// Only the two ends of each range are tested.
const TESTED: Source = {
  url: 'https://github.com/argoproj/argo-workflows/blob/main/docs/tested-kubernetes-versions.md',
  date: READ_ON,
};

export const argoWorkflows: Addon = {
  name: 'argo-workflows',
  images: ['argoproj/workflow-controller', 'argoproj/argocli'],
  versionPattern: COMMON_TAG,
  range: 'tested',
  source: TESTED,
  matrix: rows(TESTED, ['4.0', '1.31', '1.33'], ['4.1', '1.34', '1.36']),
};
