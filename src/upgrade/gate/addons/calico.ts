import { READ_ON, type Source } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import { rows, type Addon } from './addon.ts';

const REQUIREMENTS: Source = {
  url: 'https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements',
  date: READ_ON,
};
const KUPRE: Source = { url: 'https://github.com/Rusty-Gopher/kupre/releases/tag/v0.5.0', date: READ_ON };

export const calico: Addon = {
  name: 'calico',
  images: ['calico/node', 'calico/typha', 'calico/kube-controllers'],
  versionPattern: COMMON_TAG,
  range: 'tested',
  source: REQUIREMENTS,
  matrix: [
    ...rows(REQUIREMENTS, ['3.30', '1.31', '1.35'], ['3.31', '1.32', '1.35'], ['3.32', '1.34', '1.36']),
    ...rows(KUPRE, ['3.33', '1.35', '1.37']),
  ],
};
