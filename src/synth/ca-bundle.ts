import { CA_DIR, CA_FILE, type StepContract } from '../contract/step-contract.ts';
import type { EnvVar } from './argo/types.ts';
import { NAMESPACE } from './names.ts';
import { serversOf } from './servers.ts';
import type { ClusterSettings } from './settings.ts';

/** Optional: a step whose bundle is missing says so, instead of waiting for the volume. */
export function caVolumes(contract: StepContract, settings: ClusterSettings): object[] {
  const { certificateAuthorities: bundle } = settings;
  if (bundle === undefined || !mountsBundle(contract, settings)) return [];
  const file = { items: [{ key: bundle.key, path: 'ca.crt' }], optional: true, defaultMode: 0o444 };
  const source =
    bundle.kind === 'ConfigMap'
      ? { configMap: { name: bundle.name, ...file } }
      : { secret: { secretName: bundle.name, ...file } };
  return [{ name: 'ca', ...source }];
}

export const caMounts = (
  contract: StepContract,
  settings: ClusterSettings,
): { name: string; mountPath: string; readOnly: true }[] =>
  mountsBundle(contract, settings) ? [{ name: 'ca', mountPath: CA_DIR, readOnly: true }] : [];

/** Node.js trusts these certificates beside its own roots. */
export const caEnv = (contract: StepContract, settings: ClusterSettings): EnvVar[] =>
  mountsBundle(contract, settings) ? [{ name: 'NODE_EXTRA_CA_CERTS', value: CA_FILE }] : [];

/** `ConfigMap k8s-upgrade/corporate-ca, key ca.crt`, for messages; undefined where the settings name none. */
export const bundleName = ({ certificateAuthorities: bundle }: ClusterSettings): string | undefined =>
  bundle === undefined ? undefined : `${bundle.kind} ${NAMESPACE}/${bundle.name}, key ${bundle.key}`;

/** The doctor looks at the bundle whatever it asks. */
const mountsBundle = (contract: StepContract, settings: ClusterSettings): boolean =>
  settings.certificateAuthorities !== undefined &&
  (contract.looksAtSecret === true || serversOf(contract, settings).some(({ url }) => url.startsWith('https://')));
