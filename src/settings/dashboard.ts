import { listOf, namespaceName, objectLabel, PLAIN, text } from './kinds.ts';
import { optionalSection, setting } from './kit.ts';

export const dashboard = optionalSection(
  'dashboard',
  'A Grafana dashboard, as a ConfigMap that the sidecar of Grafana picks up. Absent: there is none.',
  {
    namespace: setting(namespaceName, {
      default: 'k8s-upgrade',
      doc: 'Namespace of the ConfigMap: one in which the sidecar looks.',
    }),
    labels: setting(listOf(objectLabel), {
      default: ['grafana_dashboard=1'],
      doc: 'Labels by which the sidecar finds it.',
    }),
    folder: setting(
      text({ pattern: PLAIN, maxLength: 100, title: 'the name of a folder in Grafana, such as Kubernetes' }),
      {
        optional: true,
        example: 'Kubernetes',
        doc: 'Folder in Grafana (annotation grafana_folder). Absent: the default folder.',
      },
    ),
  },
);
