import type { alertInputs } from '../../contract/run-context.ts';
import type { ValuesOf } from '../../contract/step-contract.ts';
import { alertmanagerAlerts } from '../adapters/alertmanager.ts';
import { systemClock } from '../adapters/clock.ts';
import { prometheusAlerts, type PrometheusOptions } from '../adapters/prometheus.ts';
import type { Alerts, AlertSource } from '../ports/alerts.ts';
import type { Tools } from '../runtime/run-step.ts';
import { credentialsOf } from '../runtime/server-login.ts';
import { badInput } from '../runtime/step-error.ts';

/** For a step that polls: a missing answer is a fact, so there is no retry. */
export const ONE_ATTEMPT = { timeoutSeconds: 10, patienceSeconds: 0 };

/** Which alerts fire, undefined where the settings name no server; and which of them count. */
export function alertsClient(
  inputs: ValuesOf<typeof alertInputs>,
  tools: Tools,
  patience: Partial<typeof ONE_ATTEMPT> = {},
): AlertSource {
  const { alertSource, alertUrl: url, alertSeverities, ignoredAlerts, alertGateLabel } = inputs;
  const scope = { severities: alertSeverities, ignore: ignoredAlerts, gateLabel: alertGateLabel };
  if (alertSource !== 'off' && url === undefined)
    throw badInput(`ALERT_URL: saw nothing, expected its address, since ALERT_SOURCE is ${alertSource}`);
  const clock = systemClock(tools.signal);
  return { scope, alerts: alertsOf(alertSource, { url: url ?? '', clock, ...tools, ...patience }) };
}

function alertsOf(source: 'prometheus' | 'alertmanager' | 'off', options: PrometheusOptions): Alerts | undefined {
  switch (source) {
    case 'prometheus':
      return prometheusAlerts({ ...options, credentials: credentialsOf('prometheus') });
    case 'alertmanager':
      return alertmanagerAlerts({ ...options, credentials: credentialsOf('alertmanager') });
    case 'off':
      return undefined;
  }
}
