import { READ_ON } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import type { Addon } from './addon.ts';

export const rook: Addon = {
  name: 'rook',
  images: ['rook/ceph'],
  versionPattern: COMMON_TAG,
  range: 'supported',
  // Each release has a range of its own; which release the page that was found is about could not be told.
  matrix: 'not-reviewed',
  source: {
    url: 'https://rook.io/docs/rook/latest-release/Getting-Started/Prerequisites/prerequisites/',
    date: READ_ON,
  },
};
