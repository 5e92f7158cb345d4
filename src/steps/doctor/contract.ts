import {
  findKured,
  listDeployments,
  listNodes,
  listStaticPods,
  readApiServers,
  seeRestoreHook,
  readRunState,
  rememberHostKeys,
} from '../../contract/access.ts';
import { count, list, oneOf, optional, text } from '../../contract/param.ts';
import { permissions } from '../../contract/permissions.ts';
import { chatInputs, deprecatedApiInputs, kuredInputs, metricsInputs, sshInputs } from '../../contract/run-context.ts';
import { restoreHook } from '../../contract/restore-hook.ts';
import { runners } from '../../contract/runners.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const doctor = defineStep({
  name: 'doctor',
  summary: 'Says whether everything that a run needs is there and allowed, and what to do where it is not.',
  inputs: {
    ...sshInputs,
    ...metricsInputs,
    ...kuredInputs,
    slack: chatInputs.slack,
    webhook: chatInputs.webhook,
    webhookPort: count({
      doc: 'Port to which the NetworkPolicy lets a webhook other than that of Slack.',
      example: '443',
    }),
    prometheusUrl: deprecatedApiInputs.prometheusUrl,
    serverLogins: list({ doc: 'Servers that want a login, and of which kind.', example: 'prometheus=basic' }),
    certificateAuthorities: optional(
      text({
        doc: 'Object with the CA certificates that steps trust, for messages; empty for none.',
        example: 'ConfigMap k8s-upgrade/corporate-ca, key ca.crt',
      }),
    ),
    permissions,
    runners,
    restoreHook,
    argoVersion: text({ doc: 'Argo Workflows that the manifests are made for.', example: '4.1' }),
    secretName: text({
      doc: 'Secret that the keys of the pods come from, for messages.',
      example: 'k8s-upgrade-creds',
    }),
    cronJob: optional(
      text({ doc: 'CronJob that backs up etcd, as namespace/name; empty for none.', example: 'default/backup-etcd' }),
    ),
  },
  outputs: {
    health: oneOf(['well', 'ill'], { doc: 'ill: something is missing, or cannot be seen.', example: 'well' }),
    doctorMessage: text({ doc: 'Everything that was looked at, a line each.', example: '✓ SSH to cp1: root' }),
  },
  access: [
    { apiGroup: 'authorization.k8s.io', resources: ['subjectaccessreviews'], verbs: ['create'], scope: 'cluster' },
    listNodes,
    listStaticPods,
    readApiServers,
    // Argo's controller, in whatever namespace it is, and its settings.
    listDeployments,
    readRunState,
    {
      apiGroup: '',
      resources: ['configmaps'],
      verbs: ['get'],
      names: ['workflow-controller-configmap'],
      scope: 'cluster',
    },
    { ...rememberHostKeys, verbs: ['get'] },
    { apiGroup: 'batch', resources: ['cronjobs'], verbs: ['get'], scope: 'snapshot-namespace' },
    findKured,
    seeRestoreHook,
  ],
  ssh: true,
  looksAtSecret: true,
  // Nodes that are down, a Prometheus that is away.
  deadline: { seconds: 1800 },
});
