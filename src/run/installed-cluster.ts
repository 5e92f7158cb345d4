/** Annotation of the Namespace k8s-upgrade: the name of the settings file from which its objects were rendered. */
export const CLUSTER_ANNOTATION = 'argo-kubeadm-upgrade.io/cluster';
