import { READ_ON, type Source } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import { rows, type Addon } from './addon.ts';

const MATRIX: Source = { url: 'https://gateway.envoyproxy.io/news/releases/matrix', date: READ_ON };
const KUPRE: Source = { url: 'https://github.com/Rusty-Gopher/kupre/releases/tag/v0.6.0', date: '2026-10-22' };

export const envoyGateway: Addon = {
  name: 'envoy-gateway',
  images: ['envoyproxy/gateway'],
  versionPattern: COMMON_TAG,
  range: 'supported',
  source: MATRIX,
  matrix: [
    ...rows(
      MATRIX,
      ['1.0', '1.26', '1.29'],
      ['1.1', '1.27', '1.30'],
      ['1.2', '1.28', '1.31'],
      ['1.3', '1.29', '1.32'],
      ['1.4', '1.30', '1.33'],
      ['1.5', '1.30', '1.33'],
      ['1.6', '1.30', '1.33'],
      ['1.7', '1.32', '1.35'],
      ['1.8', undefined, 'not-reviewed'],
    ),
    ...rows(KUPRE, ['1.9', '1.33', '1.36']),
  ],
};
