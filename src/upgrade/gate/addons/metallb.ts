import { READ_ON } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import type { Addon } from './addon.ts';

export const metallb: Addon = {
  name: 'metallb',
  images: ['metallb/controller', 'metallb/speaker'],
  versionPattern: COMMON_TAG,
  range: 'supported',
  matrix: 'none-published',
  source: { url: 'https://endoflife.date/metallb', date: READ_ON },
};
