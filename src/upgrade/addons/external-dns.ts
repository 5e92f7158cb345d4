import { READ_ON } from '../releases.ts';
import { COMMON_TAG } from './dotted-version.ts';
import type { Addon } from './addon.ts';

export const externalDns: Addon = {
  name: 'external-dns',
  images: ['external-dns/external-dns'],
  versionPattern: COMMON_TAG,
  range: 'supported',
  matrix: 'none-published',
  source: { url: 'https://github.com/kubernetes-sigs/external-dns', date: READ_ON },
};
