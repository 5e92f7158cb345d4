import { READ_ON, type Source } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import { rows, type Addon } from './addon.ts';

const INSTALLATION: Source = {
  url: 'https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/installation.md',
  date: READ_ON,
};

export const verticalPodAutoscaler: Addon = {
  name: 'vertical-pod-autoscaler',
  images: ['autoscaling/vpa-recommender', 'autoscaling/vpa-updater', 'autoscaling/vpa-admission-controller'],
  versionPattern: COMMON_TAG,
  range: 'supported',
  source: INSTALLATION,
  matrix: rows(
    INSTALLATION,
    ['1.4', '1.28', 'none-published'],
    ['1.5', '1.28', 'none-published'],
    ['1.6', undefined, 'not-reviewed'],
  ),
};
