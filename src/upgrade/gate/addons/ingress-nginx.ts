import { READ_ON, type Source } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import { rows, type Addon } from './addon.ts';

const README: Source = { url: 'https://github.com/kubernetes/ingress-nginx/blob/main/README.md', date: READ_ON };

export const ingressNginx: Addon = {
  name: 'ingress-nginx',
  images: ['ingress-nginx/controller'],
  versionPattern: COMMON_TAG,
  range: 'supported',
  source: README,
  matrix: rows(README, ['1.14', '1.30', '1.34'], ['1.15', '1.31', '1.35']),
  retired: { since: '2026-03', source: README },
};
