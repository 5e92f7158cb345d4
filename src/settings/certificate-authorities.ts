import { choice, objectName, text } from './kinds.ts';
import { optionalSection, setting } from './kit.ts';

export const certificateAuthorities = optionalSection(
  'certificateAuthorities',
  'CA certificates that steps trust beside the public ones, over HTTPS: to the package repository, Prometheus, Alertmanager, the Pushgateway and webhooks. Absent: only the public ones. A node uses its own trust store.',
  {
    kind: setting(choice(['ConfigMap', 'Secret']), {
      default: 'ConfigMap',
      doc: 'Kind of the object with the certificates: ConfigMap or Secret.',
    }),
    name: setting(objectName, {
      required: true,
      example: 'corporate-ca',
      doc: 'Name of that object in the namespace k8s-upgrade. You create it, or trust-manager does: kubectl -n k8s-upgrade create configmap corporate-ca --from-file=ca.crt.',
    }),
    key: setting(
      text({
        // https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object
        pattern: '^[A-Za-z0-9_-][A-Za-z0-9._-]*$',
        maxLength: 253,
        title: 'a key of a ConfigMap: letters, digits, -, _ and ., such as ca.crt',
      }),
      { default: 'ca.crt', doc: 'Key of that object with the certificates in PEM, one after the other.' },
    ),
  },
);
