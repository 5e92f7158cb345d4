import { READ_ON, type Source } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import { rows, type Addon } from './addon.ts';

const INSTALLATION: Source = { url: 'https://kured.dev/docs/installation/', date: READ_ON };

export const kured: Addon = {
  name: 'kured',
  images: ['kubereboot/kured'],
  versionPattern: COMMON_TAG,
  range: 'tested',
  source: INSTALLATION,
  matrix: rows(INSTALLATION, ['1.21', '1.33', '1.35'], ['1.22', '1.34', '1.36'], ['1.23', '1.35', '1.37']),
};
