import { READ_ON, type Source } from '../../kubernetes/releases.ts';
import { COMMON_TAG } from '../../kubernetes/dotted-version.ts';
import { rows, type Addon } from './addon.ts';

// "The GPU Operator has been validated in the following scenarios"; the rows are those of Ubuntu with upstream Kubernetes.
const PLATFORM_SUPPORT: Source = {
  url: 'https://docs.nvidia.com/datacenter/cloud-native/gpu-operator/latest/platform-support.html',
  date: READ_ON,
};
const pull = (number: number, date: string): Source => ({
  url: `https://github.com/NVIDIA/cloud-native-docs/pull/${number}`,
  date,
});

export const gpuOperator: Addon = {
  name: 'gpu-operator',
  images: ['nvidia/gpu-operator'],
  versionPattern: COMMON_TAG,
  range: 'tested',
  source: PLATFORM_SUPPORT,
  matrix: [
    ...rows(pull(111, '2024-10-09'), ['24.6', '1.23', '1.30']),
    ...rows(PLATFORM_SUPPORT, ['24.9', undefined, 'not-reviewed']),
    ...rows(pull(217, READ_ON), ['25.3.1', '1.29', '1.33']),
    ...rows(PLATFORM_SUPPORT, ['25.10', undefined, 'not-reviewed'], ['26.3', undefined, 'not-reviewed']),
    // The ceiling is said in https://github.com/NVIDIA/cloud-native-docs/issues/482, the minimum in the pull request.
    ...rows(pull(490, '2026-09-08'), ['26.7', '1.33', '1.37']),
  ],
};
