import { listOf, text } from './kinds.ts';
import { optionalSection, section, setting } from './kit.ts';

export const restoreHook = optionalSection(
  'controlPlane.restoreHook',
  'A script that runs as root on each control-plane node after kubeadm, such as one that puts a flag of the API server back. Absent: no script runs.',
  {
    configMap: setting(
      text({
        pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$',
        title: 'a namespace and the name of a ConfigMap in it, such as kube-system/apiserver-oidc-restore',
      }),
      {
        required: true,
        example: 'kube-system/apiserver-oidc-restore',
        doc: 'ConfigMap, as namespace/name, with the script in its key restore.sh. Its other keys are ignored. The namespace must exist when the manifests are applied: a Role there allows reading this ConfigMap.',
      },
    ),
    sha256: setting(
      text({ pattern: '^[0-9a-f]{64}$', title: 'a SHA-256 in quotes: 64 digits and small letters from a to f' }),
      {
        required: true,
        example: '0'.repeat(64),
        doc: "SHA-256 of the script, to the byte. A run stops before any node is drained when the script has another one. To see it: kubectl -n kube-system get configmap apiserver-oidc-restore -o jsonpath='{.data.restore\\.sh}' | sha256sum.",
      },
    ),
  },
);

export const controlPlane = section('controlPlane', 'What is different about a control-plane node.', {
  quiesce: setting(
    listOf(
      text({
        pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/[a-z0-9]([a-z0-9.-]{0,181}[a-z0-9])?$',
        title: 'a namespace and the name of a Deployment in it, such as rook-ceph/rook-ceph-operator',
      }),
    ),
    {
      default: [],
      example: ['rook-ceph/rook-ceph-operator'],
      doc: 'Deployments that are scaled to 0 while kubeadm changes a control-plane node: operators that crash while the API server is away. They get their replicas back, however the step ends. Each namespace must exist when the manifests are applied: a Role there allows scaling exactly these. A Deployment with more than 100 replicas is left as it is.',
    },
  ),
  restoreHook,
});
