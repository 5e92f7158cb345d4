import { cluster } from '../settings/cluster.ts';

/** The JSON Schema of a cluster file. docs/reference/cluster.schema.json publishes it. */
export const clusterSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'the settings of one cluster',
  description: 'clusters/<name>.yaml of argo-kubeadm-upgrade. The file name is the name of the cluster.',
  ...cluster.schema,
};
