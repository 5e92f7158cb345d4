import { ADDRESS_TYPES } from '../upgrade/node/ssh-address.ts';
import { choice, cidr, listOf, port, seconds, text } from './kinds.ts';
import { section, setting } from './kit.ts';

export const sshAddress = section('ssh.address', 'Which address of a Node SSH goes to.', {
  type: setting(choice(ADDRESS_TYPES), {
    default: 'InternalIP',
    doc: 'Type of the address in .status.addresses. The first address of this type counts.',
  }),
  cidrs: setting(listOf(cidr), {
    default: [],
    example: ['10.0.0.0/8', 'fd00::/8'],
    doc: 'Networks. The first address of the type that is in one of them counts. Empty: any address. For the types InternalIP and ExternalIP.',
  }),
});

const rotation = section('ssh.rotation', 'How long k8s-upgrade-rotate-ssh-key waits.', {
  waitSeconds: setting(seconds(60), {
    default: 7200,
    doc: 'How long, in seconds, fresh pods look whether the Secret holds the new key. Then the run fails, and no key was removed.',
  }),
  settleSeconds: setting(seconds(10), {
    default: 600,
    doc: 'How long, in seconds, the run waits before it reads the Secret again and removes the old key. The wait is always longer than secrets.externalSecret.refreshInterval.',
  }),
});

export const ssh = section('ssh', 'How steps reach a node. The key itself is in the Secret of secrets.name.', {
  user: setting(
    text({ pattern: '^[a-z_][a-z0-9_-]{0,31}$', title: 'a user name of lower-case letters, digits, _ and -' }),
    {
      default: 'root',
      doc: 'User on the nodes. Any user other than root needs sudo without a password and without requiretty. The login shell may be any that has -c, also fish and csh.',
    },
  ),
  port: setting(port, { default: 22, doc: 'Port of sshd on every node.' }),
  address: sshAddress,
  hostKeys: setting(choice(['trust-on-first-use', 'strict']), {
    default: 'trust-on-first-use',
    doc: 'trust-on-first-use: the first host key of a Node is remembered for its UID, and a changed key is refused. strict: only the keys in ssh_known_hosts of the Secret.',
  }),
  connectTimeoutSeconds: setting(seconds(1, 600), {
    default: 20,
    doc: 'How long, in seconds, one attempt to connect may take.',
  }),
  rotation,
});
