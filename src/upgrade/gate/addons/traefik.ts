import { READ_ON } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import type { Addon } from './addon.ts';

export const traefik: Addon = {
  name: 'traefik',
  images: ['library/traefik', 'traefik/traefik'],
  versionPattern: COMMON_TAG,
  range: 'supported',
  matrix: 'none-published',
  source: { url: 'https://endoflife.date/traefik', date: READ_ON },
};
