import { READ_ON } from '../releases.ts';
import { COMMON_TAG } from './dotted-version.ts';
import type { Addon } from './addon.ts';

export const metallb: Addon = {
  name: 'metallb',
  images: ['metallb/controller', 'metallb/speaker'],
  versionPattern: COMMON_TAG,
  range: 'supported',
  matrix: 'none-published',
  source: { url: 'https://endoflife.date/metallb', date: READ_ON },
};
