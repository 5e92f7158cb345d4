import { READ_ON, type Source } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import { rows, type Addon } from './addon.ts';

const SUPPORT: Source = {
  url: 'https://external-secrets.io/latest/introduction/stability-support/',
  date: READ_ON,
};

export const externalSecrets: Addon = {
  name: 'external-secrets',
  images: ['external-secrets/external-secrets'],
  versionPattern: COMMON_TAG,
  range: 'supported',
  source: SUPPORT,
  matrix: rows(
    SUPPORT,
    ['2.0', '1.34', '1.35'],
    ['2.7', undefined, 'not-reviewed'],
    ['2.8', '1.35', '1.36'],
    ['2.9', '1.36', '1.36'],
  ),
};
