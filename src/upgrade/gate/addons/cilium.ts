import { READ_ON, type Source } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import { rows, type Addon } from './addon.ts';

// "All Kubernetes versions listed are e2e tested and guaranteed"; of others it says that they depend on Kubernetes' own compatibility.
const COMPATIBILITY: Source = {
  url: 'https://docs.cilium.io/en/stable/network/kubernetes/compatibility/',
  date: READ_ON,
};
const at = (tag: string): Source => ({
  url: `https://raw.githubusercontent.com/cilium/cilium/${tag}/Documentation/network/kubernetes/compatibility.rst`,
  date: READ_ON,
});

export const cilium: Addon = {
  name: 'cilium',
  images: ['cilium/cilium', 'cilium/operator', 'cilium/operator-generic'],
  versionPattern: COMMON_TAG,
  range: 'tested',
  source: COMPATIBILITY,
  matrix: [
    ...rows(at('v1.18.14'), ['1.18', '1.30', '1.33']),
    ...rows(at('v1.19.3'), ['1.19', '1.32', '1.35']),
    ...rows(COMPATIBILITY, ['1.20', undefined, 'not-reviewed']),
  ],
};
