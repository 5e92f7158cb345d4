import { READ_ON, type Source } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import { rows, type Addon } from './addon.ts';

const RELEASES: Source = { url: 'https://cert-manager.io/docs/releases/', date: READ_ON };

export const certManager: Addon = {
  name: 'cert-manager',
  images: ['jetstack/cert-manager-controller', 'jetstack/cert-manager-webhook', 'jetstack/cert-manager-cainjector'],
  versionPattern: COMMON_TAG,
  range: 'supported',
  source: RELEASES,
  matrix: rows(RELEASES, ['1.20', '1.32', '1.35'], ['1.21', '1.33', '1.36']),
};
