import { READ_ON } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import type { Addon } from './addon.ts';

export const externalDns: Addon = {
  name: 'external-dns',
  images: ['external-dns/external-dns'],
  versionPattern: COMMON_TAG,
  range: 'supported',
  matrix: 'none-published',
  source: { url: 'https://github.com/kubernetes-sigs/external-dns', date: READ_ON },
};
