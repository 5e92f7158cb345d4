import { choice, objectName, text } from './kinds.ts';
import { optionalSection, section, setting } from './kit.ts';

const externalSecret = optionalSection(
  'secrets.externalSecret',
  'The External Secrets Operator writes the Secret. Absent: you create the Secret by hand.',
  {
    storeName: setting(objectName, { required: true, example: 'vault', doc: 'Name of the secret store.' }),
    storeKind: setting(choice(['ClusterSecretStore', 'SecretStore']), {
      default: 'ClusterSecretStore',
      doc: 'Kind of the secret store: ClusterSecretStore or SecretStore.',
    }),
    remoteKey: setting(
      text({
        pattern: '^\\S(.*\\S)?$',
        maxLength: 1024,
        title: 'the key of an entry in the secret store, such as platform/k8s-upgrade',
      }),
      {
        required: true,
        example: 'platform/k8s-upgrade',
        doc: 'Entry of the store whose properties become the keys of the Secret.',
      },
    ),
    refreshInterval: setting(
      text({
        pattern: '^(?=.)([1-9][0-9]{0,4}h)?([1-9][0-9]{0,4}m)?([1-9][0-9]{0,4}s)?$',
        title: 'a duration in h, m and s, such as 1h or 1h30m',
      }),
      { default: '1h', doc: 'How often the store is read again, as a duration with its units.' },
    ),
  },
);

export const secrets = section('secrets', 'Where the SSH key, the addresses of webhooks and the logins come from.', {
  name: setting(objectName, {
    default: 'k8s-upgrade-creds',
    doc: 'Secret with the keys ssh_key and ssh_key_pub and, if wanted, slack_webhook, webhook_url, ssh_known_hosts and the logins of servers (prometheus_login, …).',
  }),
  externalSecret,
});
