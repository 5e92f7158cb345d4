import { READ_ON, type Source } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import { rows, type Addon } from './addon.ts';

const TESTED: Source = {
  url: 'https://argo-cd.readthedocs.io/en/stable/operator-manual/tested-kubernetes-versions/',
  date: READ_ON,
};

export const argoCd: Addon = {
  name: 'argo-cd',
  images: ['argoproj/argocd'],
  versionPattern: COMMON_TAG,
  range: 'tested',
  source: TESTED,
  matrix: rows(
    TESTED,
    ['3.2', '1.31', '1.34'],
    ['3.3', '1.32', '1.35'],
    ['3.4', '1.32', '1.35'],
    ['3.5', '1.33', '1.36'],
  ),
};
