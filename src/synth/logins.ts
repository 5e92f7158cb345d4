import { LOGIN_DIR, type StepContract } from '../contract/step-contract.ts';
import { formatLogins, loginKey, type LoginKind, type Server } from '../run/server-login.ts';
import type { EnvVar } from './argo/types.ts';
import { loginKinds, serversOf } from './servers.ts';
import type { ClusterSettings } from './settings.ts';

/** Optional: a step whose key is missing says so, instead of waiting for the volume. */
export function loginVolumes(contract: StepContract, settings: ClusterSettings): object[] {
  const logins = loginsOf(contract, settings);
  if (logins.length === 0) return [];
  const items = logins.map(([server]) => ({ key: loginKey(server), path: loginKey(server) }));
  return [{ name: 'logins', secret: { secretName: settings.secrets.name, items, optional: true, defaultMode: 0o400 } }];
}

export const loginMounts = (
  contract: StepContract,
  settings: ClusterSettings,
): { name: string; mountPath: string; readOnly: true }[] =>
  loginsOf(contract, settings).length > 0 ? [{ name: 'logins', mountPath: LOGIN_DIR, readOnly: true }] : [];

export function loginEnv(contract: StepContract, settings: ClusterSettings): EnvVar[] {
  // The doctor has an input of that name.
  if ('serverLogins' in contract.inputs) return [];
  const logins = loginsOf(contract, settings);
  return logins.length > 0 ? [{ name: 'SERVER_LOGINS', value: formatLogins(logins) }] : [];
}

/** `prometheus=basic`, for each server that wants a login. */
export const loginList = (settings: Parameters<typeof loginKinds>[0]): string[] =>
  (Object.entries(loginKinds(settings)) as [Server, LoginKind][])
    .filter(([, kind]) => kind !== 'none')
    .map((login) => formatLogins([login]));

/** The keys of the Secret with logins. */
export const loginKeys = (settings: Parameters<typeof loginKinds>[0]): string[] =>
  (Object.entries(loginKinds(settings)) as [Server, LoginKind][])
    .filter(([, kind]) => kind !== 'none')
    .map(([server]) => loginKey(server));

/** A step is given the logins of the servers that it asks, and no other. The doctor looks at all of them. */
function loginsOf(contract: StepContract, settings: ClusterSettings): (readonly [Server, LoginKind])[] {
  const kinds = loginKinds(settings);
  const asked = new Set(serversOf(contract, settings).map(({ server }) => server));
  return (Object.entries(kinds) as [Server, LoginKind][]).filter(
    ([server, kind]) => kind !== 'none' && (contract.looksAtSecret === true || asked.has(server)),
  );
}
