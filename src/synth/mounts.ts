import {
  CA_DIR,
  CA_FILE,
  CHAT_DIR,
  LOGIN_DIR,
  NEXT_KEY_FILE,
  NEXT_KEY_SECRET,
  SSH_KEY_DIR,
  type StepContract,
} from '../contract/step-contract.ts';
import { formatLogins, loginKey } from '../run/server-login.ts';
import { webhookKeys } from '../run/webhook-keys.ts';
import type { EnvVar } from './argo/types.ts';
import { loginsOf, serversOf } from './servers.ts';
import type { ClusterSettings } from './settings.ts';

/** A volume of a step's pod, and where the container has it. */
interface Mount {
  readonly name: string;
  /** The fields of the volume beside its name. */
  readonly source: object;
  readonly path: string;
  readonly readOnly?: true;
}

const SCRATCH: Mount = { name: 'scratch', source: { emptyDir: { sizeLimit: '16Mi' } }, path: '/tmp' };

/** A writable /tmp, and the keys, addresses, certificates and logins that the step needs under these settings. */
export const mountsOf = (contract: StepContract, settings: ClusterSettings): readonly Mount[] => [
  SCRATCH,
  ...sshKeys(contract, settings),
  ...webhooks(contract, settings),
  ...certificates(contract, settings),
  ...logins(contract, settings),
];

/** Environment variables for the mounted certificates and logins. */
export function serverEnv(contract: StepContract, settings: ClusterSettings): EnvVar[] {
  const wanted = loginsOf(contract, settings);
  // Node.js trusts these certificates beside its own roots.
  const trust = mountsCertificates(contract, settings) ? [{ name: 'NODE_EXTRA_CA_CERTS', value: CA_FILE }] : [];
  // The doctor has an input of this name.
  const isInput = 'serverLogins' in contract.inputs;
  return isInput || wanted.length === 0 ? trust : [...trust, { name: 'SERVER_LOGINS', value: formatLogins(wanted) }];
}

const mountsKey = ({ ssh, sshNext = false }: StepContract): boolean => ssh || sshNext;

/** Whether the pod can read an SSH key: from a volume, or with its token. */
export const holdsKey = (contract: StepContract): boolean =>
  mountsKey(contract) || contract.access.some(({ resources }) => resources.includes('secrets'));

/** Only the keys that an SSH login needs; readable by the pod's group, which fsGroup sets. */
function sshKeys(contract: StepContract, { secrets, ssh }: ClusterSettings): Mount[] {
  if (!mountsKey(contract)) return [];
  const { sshNext = false, mountsWholeSecret = false } = contract;
  const key = (name: string, optional: boolean): object => ({
    secret: { name: secrets.name, items: [{ key: name, path: name }], optional },
  });
  const items = [{ key: 'ssh_key', path: NEXT_KEY_FILE }];
  const sources = [
    ...(contract.ssh
      ? [key('ssh_key', mountsWholeSecret), key('ssh_known_hosts', mountsWholeSecret || ssh.hostKeys !== 'strict')]
      : []),
    ...(sshNext ? [{ secret: { name: NEXT_KEY_SECRET, items, optional: true } }] : []),
  ];
  return [{ name: 'ssh', source: { projected: { defaultMode: 0o400, sources } }, path: SSH_KEY_DIR, readOnly: true }];
}

function webhooks({ chat = false, mountsWholeSecret = false }: StepContract, settings: ClusterSettings): Mount[] {
  const keys = chat || mountsWholeSecret ? webhookKeys(settings.notify) : [];
  return secretKeys('chat', CHAT_DIR, keys, settings);
}

const logins = (contract: StepContract, settings: ClusterSettings): Mount[] => {
  const keys = loginsOf(contract, settings).map(([server]) => loginKey(server));
  return secretKeys('logins', LOGIN_DIR, keys, settings);
};

/** Keys of the Secret; nothing for no key. The volume is optional: a step whose key is missing starts, and says so. */
function secretKeys(name: string, path: string, keys: readonly string[], { secrets }: ClusterSettings): Mount[] {
  if (keys.length === 0) return [];
  const items = keys.map((key) => ({ key, path: key }));
  const secret = { secretName: secrets.name, items, optional: true, defaultMode: 0o400 };
  return [{ name, source: { secret }, path, readOnly: true }];
}

/** The doctor checks the bundle, whatever servers it asks. */
const mountsCertificates = (contract: StepContract, settings: ClusterSettings): boolean =>
  settings.certificateAuthorities !== undefined &&
  (contract.mountsWholeSecret === true || serversOf(contract, settings).some(({ url }) => url.startsWith('https://')));

/** Optional: a step whose bundle is missing starts, and says so. */
function certificates(contract: StepContract, settings: ClusterSettings): Mount[] {
  const { certificateAuthorities: bundle } = settings;
  if (bundle === undefined || !mountsCertificates(contract, settings)) return [];
  const file = { items: [{ key: bundle.key, path: 'ca.crt' }], optional: true, defaultMode: 0o444 };
  const isConfigMap = bundle.kind === 'ConfigMap';
  const source = isConfigMap
    ? { configMap: { name: bundle.name, ...file } }
    : { secret: { secretName: bundle.name, ...file } };
  return [{ name: 'ca', source, path: CA_DIR, readOnly: true }];
}
