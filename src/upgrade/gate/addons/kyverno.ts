import { READ_ON, type Source } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import { rows, type Addon } from './addon.ts';

const RELEASES: Source = { url: 'https://kyverno.io/docs/installation/releases/', date: READ_ON };

export const kyverno: Addon = {
  name: 'kyverno',
  images: [
    'kyverno/kyverno',
    'kyverno/background-controller',
    'kyverno/cleanup-controller',
    'kyverno/reports-controller',
  ],
  versionPattern: COMMON_TAG,
  range: 'supported',
  source: RELEASES,
  matrix: rows(RELEASES, ['1.16', '1.31', '1.34'], ['1.17', '1.32', '1.35'], ['1.18', '1.33', '1.35']),
};
