import { httpUrl, login } from './kinds.ts';
import { optionalSection, setting } from './kit.ts';

export const metrics = optionalSection(
  'metrics',
  'Where the pipeline pushes its gauges k8s_upgrade_* and k8s_version_check_*. Absent: gauges are pushed nowhere.',
  {
    pushgatewayUrl: setting(httpUrl('http://pushgateway.monitoring.svc:9091'), {
      required: true,
      example: 'http://pushgateway.monitoring.svc:9091',
      doc: 'Pushgateway to which steps push their gauges. A NetworkPolicy opens its port to step pods. Most network plugins look at the port of the pod, so let the port of the Service be the same.',
    }),
    pushgatewayLogin: setting(login, {
      default: 'none',
      doc: 'How steps log in to the Pushgateway, by the key pushgateway_login of the Secret.',
    }),
  },
);
