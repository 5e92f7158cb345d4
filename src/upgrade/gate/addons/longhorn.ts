import { READ_ON, type Source } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import { rows, type Addon } from './addon.ts';

const INSTALL: Source = { url: 'https://longhorn.io/docs/1.12.0/deploy/install/', date: READ_ON };

export const longhorn: Addon = {
  name: 'longhorn',
  images: ['longhornio/longhorn-manager'],
  versionPattern: COMMON_TAG,
  range: 'supported',
  source: INSTALL,
  matrix: rows(INSTALL, ['1.11', '1.25', 'none-published'], ['1.12', '1.25', 'none-published']),
};
