import { READ_ON, type Source } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import { rows, type Addon } from './addon.ts';

// "This compatibility matrix shows the Kubernetes versions tested for each KEDA version."
const CLUSTER: Source = { url: 'https://keda.sh/docs/latest/operate/cluster/', date: READ_ON };
const CLUSTER_2_19: Source = { url: 'https://keda.sh/docs/2.19/operate/cluster/', date: READ_ON };

export const keda: Addon = {
  name: 'keda',
  images: ['kedacore/keda', 'kedacore/keda-metrics-apiserver', 'kedacore/keda-admission-webhooks'],
  versionPattern: COMMON_TAG,
  range: 'tested',
  source: CLUSTER,
  matrix: [
    ...rows(
      CLUSTER_2_19,
      ['2.10', '1.24', '1.26'],
      ['2.11', '1.25', '1.27'],
      ['2.12', '1.26', '1.28'],
      ['2.13', '1.27', '1.29'],
      ['2.14', '1.27', '1.29'],
      ['2.15', '1.28', '1.30'],
      ['2.16', '1.29', '1.31'],
      ['2.17', '1.30', '1.32'],
      ['2.18', '1.31', '1.33'],
      ['2.19', '1.32', '1.34'],
    ),
    ...rows(CLUSTER, ['2.20', '1.33', '1.35']),
  ],
};
