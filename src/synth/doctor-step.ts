import { doctor, STEPS } from '../steps/catalog.ts';
import { bundleName } from './ca-bundle.ts';
import { loginList } from './logins.ts';
import { permissionRulesOf } from './permissions.ts';
import { runnersOf } from './placement.ts';
import type { ClusterSettings } from './settings.ts';
import { cronJobOf } from './snapshot.ts';
import { kured, metrics, ssh } from './step-settings.ts';
import { stepTemplate } from './step-template.ts';

/** A step may not know the others: what they must be allowed travels as an input. */
export function doctorStep(settings: ClusterSettings) {
  const cronJob = cronJobOf(settings);
  return stepTemplate(doctor, {
    settings,
    fixed: {
      ...ssh(settings),
      ...metrics(settings),
      ...kured(settings),
      slack: settings.notify.slack,
      webhook: settings.notify.webhook,
      webhookPort: settings.notify.webhookPort,
      prometheusUrl: settings.monitoring?.prometheusUrl,
      serverLogins: loginList(settings),
      certificateAuthorities: bundleName(settings),
      permissions: STEPS.flatMap((step) => permissionRulesOf(step, settings)),
      argoVersion: settings.argo.version,
      secretName: settings.secrets.name,
      runners: runnersOf(settings),
      restoreHook: settings.controlPlane.restoreHook,
      cronJob: cronJob === undefined ? undefined : `${cronJob.namespace}/${cronJob.name}`,
    },
  });
}
