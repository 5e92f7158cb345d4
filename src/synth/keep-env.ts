import type { k8s } from 'cdk8s-plus-28';
import { valuesFromSettings } from '../contract/from-settings.ts';
import type { runContext } from '../contract/run-context.ts';
import { envName } from '../contract/step-contract.ts';
import { keepSnapshot } from '../steps/keep-snapshot/contract.ts';
import type { ClusterSettings } from './settings.ts';

/** Kubernetes itself puts the name of the pod in: the image of etcd has no shell. */
export const INCOMING = 'incoming-$(POD_NAME).db';

/** Values from the settings, and fields of the pod. */
export function keepEnv(settings: ClusterSettings, incoming: string | undefined): k8s.EnvVar[] {
  const { inputs } = keepSnapshot;
  const { folder, hostFolder, staleSeconds, minimumBytes, keep } = valuesFromSettings(inputs, settings);
  const field = (name: keyof typeof runContext | 'node', fieldPath: string): k8s.EnvVar => ({
    name: envName(name),
    valueFrom: { fieldRef: { fieldPath } },
  });
  return [
    field('runName', 'metadata.name'),
    field('runUid', 'metadata.uid'),
    field('namespace', 'metadata.namespace'),
    field('node', 'spec.nodeName'),
    { name: envName('folder'), value: inputs.folder.format(folder) },
    { name: envName('hostFolder'), value: inputs.hostFolder.format(hostFolder) },
    { name: envName('incoming'), value: inputs.incoming.format(incoming) },
    { name: envName('staleSeconds'), value: inputs.staleSeconds.format(staleSeconds) },
    { name: envName('minimumBytes'), value: inputs.minimumBytes.format(minimumBytes) },
    { name: envName('keep'), value: inputs.keep.format(keep) },
  ];
}
