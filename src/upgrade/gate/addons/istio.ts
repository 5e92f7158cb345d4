import { READ_ON, type Source } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import { rows, type Addon } from './addon.ts';

const SUPPORTED: Source = { url: 'https://istio.io/latest/docs/releases/supported-releases/', date: READ_ON };

export const istio: Addon = {
  name: 'istio',
  images: ['istio/pilot', 'istio-release/pilot'],
  versionPattern: COMMON_TAG,
  range: 'supported',
  source: SUPPORTED,
  matrix: rows(SUPPORTED, ['1.28', '1.30', '1.34'], ['1.29', '1.31', '1.35'], ['1.30', '1.32', '1.36']),
};
