import { UPGRADE_ALERTS } from '../signals/upgrade-alerts.ts';
import { choice, httpUrl, listOf, login, seconds, text } from './kinds.ts';
import { optionalSection, section, setting } from './kit.ts';

export const alertGate = section(
  'monitoring.alerts',
  'Which alerts keep an upgrade from beginning, and stop one that has begun. KubeVersionMismatch and the other alerts that an upgrade causes pass while that upgrade explains them: docs/runbook/failed-at-preflight.md names them. Without monitoring no alert stops an upgrade, and every run says so.',
  {
    source: setting(choice(['prometheus', 'alertmanager', 'off']), {
      default: 'prometheus',
      doc: 'Source of the alerts that fire. prometheus: monitoring.prometheusUrl. alertmanager: monitoring.alerts.alertmanagerUrl, which also knows silences and inhibitions. off: nobody, and no alert stops an upgrade.',
    }),
    alertmanagerUrl: setting(httpUrl('http://alertmanager.monitoring.svc:9093'), {
      optional: true,
      example: 'http://alertmanager.monitoring.svc:9093',
      doc: 'Alertmanager that steps ask, for source: alertmanager.',
    }),
    alertmanagerLogin: setting(login, {
      default: 'none',
      doc: 'How steps log in to the Alertmanager, by the key alertmanager_login of the Secret.',
    }),
    severities: setting(
      listOf(text({ pattern: '^[A-Za-z0-9_-]{1,63}$', title: 'a value of the label severity, such as critical' })),
      {
        default: [],
        example: ['critical', 'warning'],
        doc: 'Only alerts of these severities count. Empty: every severity but info and none.',
      },
    ),
    ignore: setting(
      listOf(
        text({
          pattern: '^(?!.*\\$\\()[A-Za-z0-9_:.*+?|()^$\\[\\]\\\\-]{1,200}$',
          title: 'a regular expression for the whole name of an alert, such as KubeCPUOvercommit or Noisy.*',
        }),
      ),
      {
        default: [],
        example: ['KubeCPUOvercommit', 'Noisy.*'],
        doc: `Names of alerts that never count, as regular expressions for the whole name. Watchdog, InfoInhibitor and the alerts of this pipeline never count anyway. These need no entry, since they pass while an upgrade explains them, and count otherwise: ${UPGRADE_ALERTS.map(({ name }) => name).join(', ')}. A pattern has no look-around, no back-reference and no repetition of what may be empty.`,
      },
    ),
    gateLabel: setting(
      text({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,62}$', title: 'the name of a label, such as upgrade_gate' }),
      {
        default: 'upgrade_gate',
        doc: 'An alert that has this label with the value true counts whatever its severity. So any team makes an alert of its own count.',
      },
    ),
    waitSeconds: setting(seconds(), {
      default: 1800,
      doc: 'How long, in seconds, a node waits for alerts to clear that are new since the run began, and for an answer. Then the run fails. Once the node is upgraded, a new alert fails the run at once.',
    }),
    silenceSeconds: setting(seconds(60), {
      default: 600,
      doc: 'How long, in seconds, no answer may come while a node is watched. That time does not count as watched.',
    }),
  },
);

export const monitoring = optionalSection(
  'monitoring',
  'Where the steps learn how the cluster does. Absent: no Prometheus is asked.',
  {
    prometheusUrl: setting(httpUrl('http://prometheus.monitoring.svc:9090'), {
      required: true,
      example: 'http://prometheus.monitoring.svc:9090',
      doc: 'Prometheus that steps ask. A NetworkPolicy opens its port to step pods, as for metrics.pushgatewayUrl.',
    }),
    prometheusLogin: setting(login, {
      default: 'none',
      doc: 'How steps log in to Prometheus, by the key prometheus_login of the Secret.',
    }),
    alerts: alertGate,
  },
);
