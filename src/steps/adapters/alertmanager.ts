import type { Alert } from '../../signals/alert-gate.ts';
import { reading, unexpected } from '../runtime/step-error.ts';
import type { Alerts } from '../ports/alerts.ts';
import { toAlert } from './alert-labels.ts';
import { alertmanagerApi, askApi } from './missing-path.ts';
import { askMonitoring, tryParse, type MonitoringOptions } from './monitoring-http.ts';
import { shown } from './shown.ts';

/** What is silenced or inhibited there does not fire here. */
export const alertmanagerAlerts = (options: MonitoringOptions): Alerts => ({
  firing: () => reading(askAlerts(options)),
});

/** `unprocessed` are those that it has not matched with its silences yet: not known to be silenced. */
const PATH = '/api/v2/alerts?active=true&unprocessed=true&silenced=false&inhibited=false';

/** https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml */
async function askAlerts(options: MonitoringOptions): Promise<readonly Alert[]> {
  const who = `Alertmanager ${options.url}`;
  const asked = { what: `ask for the alerts of ${who}`, who };
  const text = await askApi(options, PATH, alertmanagerApi(options), () => askMonitoring(options, PATH, asked));
  const alerts: unknown = tryParse(text);
  if (Array.isArray(alerts)) return alerts.flatMap((each: unknown) => active(each, who));
  const { error } = alerts as { error?: unknown };
  throw unexpected(`${who} answered with no list of alerts: ${typeof error === 'string' ? error : text.slice(0, 80)}`);
}

function active(raw: unknown, who: string): Alert[] {
  const alert = toAlert(raw, who);
  const { status } = Object(raw) as { status?: unknown };
  const { state } = Object(status) as { state?: unknown };
  if (state === 'active' || state === 'unprocessed') return [alert];
  // A server that does not know the parameters of the question sends them as well.
  if (state === 'suppressed') return [];
  throw unexpected(`${who} has the alert ${alert.name} in a state that we do not know: ${shown(state)}`);
}
