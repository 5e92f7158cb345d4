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
import { list, oneOf, optional, text } from '../../contract/param.ts';
import { permissions } from '../../contract/permissions.ts';
import {
  deprecatedApiInputs,
  kuredInputs,
  metricsInputs,
  sshInputs,
  type InputOf,
} from '../../contract/run-context.ts';
import { restoreHook } from '../../contract/restore-hook.ts';
import { runners } from '../../contract/runners.ts';
import { derived, from, input } from '../../contract/from-settings.ts';
import { cronJobOf } from '../../contract/snapshot-cron-job.ts';
import { argo } from '../../settings/argo.ts';
import { notify } from '../../settings/notify.ts';
import { secrets } from '../../settings/secrets.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const doctor = defineStep({
  name: 'doctor',
  summary: 'Says whether everything that a run needs is there and allowed, and what to do where it is not.',
  inputs: {
    ...sshInputs,
    ...metricsInputs,
    ...kuredInputs,
    ...from(notify, 'slack', 'webhook', 'webhookPort'),
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
    argoVersion: input(argo, 'version'),
    secretName: input(secrets, 'name'),
    cronJob: derived(
      optional(
        text({ doc: 'CronJob that backs up etcd, as namespace/name; empty for none.', example: 'default/backup-etcd' }),
      ),
      (settings) => {
        const cronJob = cronJobOf(settings);
        return cronJob === undefined ? undefined : `${cronJob.namespace}/${cronJob.name}`;
      },
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
  mountsWholeSecret: true,
  // Nodes that are down, a Prometheus that is away.
  deadline: { seconds: 1800 },
});

export type DoctorInput = Pick<
  InputOf<typeof doctor>,
  | 'namespace'
  | 'secretName'
  | 'sshHostKeys'
  | 'slack'
  | 'webhook'
  | 'webhookPort'
  | 'argoVersion'
  | 'cronJob'
  | 'kuredDaemonSet'
  | 'runners'
  | 'restoreHook'
  | 'annotationPrefix'
  | 'certificateAuthorities'
  | 'serverLogins'
>;
