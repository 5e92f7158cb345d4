import type { k8s } from 'cdk8s-plus-28';
import type { runContext } from '../contract/run-context.ts';
import { envName } from '../contract/step-contract.ts';
import { keepSnapshot } from '../steps/catalog.ts';
import type { ClusterSettings } from './settings.ts';

export const FOLDER = '/backup';
/** Kubernetes itself puts the name of the pod in: the image of etcd has no shell. */
export const INCOMING = 'incoming-$(POD_NAME).db';
/** Beyond the deadline of a Job, until none of its containers writes any more. */
const GRACE_SECONDS = 600;

/** What synth knows; the rest a pod is told of itself. */
export function keepEnv({ snapshot }: ClusterSettings, incoming: string | undefined): k8s.EnvVar[] {
  const { inputs } = keepSnapshot;
  const { builtIn, minimumBytes, timeoutSeconds } = snapshot;
  const staleSeconds = timeoutSeconds + GRACE_SECONDS;
  const field = (name: keyof typeof runContext | 'node', fieldPath: string): k8s.EnvVar => ({
    name: envName(name),
    valueFrom: { fieldRef: { fieldPath } },
  });
  return [
    field('runName', 'metadata.name'),
    field('runUid', 'metadata.uid'),
    field('namespace', 'metadata.namespace'),
    field('node', 'spec.nodeName'),
    { name: envName('folder'), value: inputs.folder.format(FOLDER) },
    { name: envName('hostFolder'), value: inputs.hostFolder.format(builtIn.directory) },
    { name: envName('incoming'), value: inputs.incoming.format(incoming) },
    { name: envName('staleSeconds'), value: inputs.staleSeconds.format(staleSeconds) },
    { name: envName('minimumBytes'), value: inputs.minimumBytes.format(minimumBytes) },
    { name: envName('keep'), value: inputs.keep.format(builtIn.keep) },
  ];
}
