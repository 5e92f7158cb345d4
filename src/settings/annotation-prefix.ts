import { text } from './kinds.ts';
import { setting } from './kit.ts';

export const annotationPrefix = setting(
  text({
    // The lookahead refuses the prefixes that Kubernetes reserves for itself.
    pattern:
      '^(?!([^/]*\\.)?(kubernetes|k8s)\\.io/$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/$',
    maxLength: 254,
    title: 'a DNS name of your own with a / at its end, such as argo-kubeadm-upgrade.io/',
  }),
  {
    default: 'argo-kubeadm-upgrade.io/',
    doc: 'Prefix of every annotation that the pipeline writes on Nodes, Deployments, Jobs and its Lease.',
  },
);
