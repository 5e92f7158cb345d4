import { loginKey, loginKindIn, loginOf, LOGIN_SETTINGS, type LoginKind, type Server } from '../../run/server-login.ts';
import { missing, well, type Line } from './checkup-line.ts';
import type { DoctorInput } from './contract.ts';
import type { DoctorFacts } from './observe.ts';

/** One line for each server that wants a login. No line quotes a login. */
export function judgeServerLogins(
  secret: DoctorFacts['secret'],
  { secretName, serverLogins }: Pick<DoctorInput, 'secretName' | 'serverLogins'>,
): Line[] {
  if (!secret.known) return [];
  const servers = Object.keys(LOGIN_SETTINGS) as Server[];
  return servers.flatMap((server) => {
    const kind = loginKindIn(serverLogins.join(','), server);
    return kind === 'none' ? [] : [judge(server, kind, secret.value?.get(loginKey(server)), secretName)];
  });
}

function judge(server: Server, kind: Exclude<LoginKind, 'none'>, text: string | undefined, secretName: string): Line {
  const [check, key] = [`login of ${server} (${kind})`, loginKey(server)];
  if (text === undefined || text.trim() === '') {
    const remedy = `Put it into the Secret ${secretName}, or set ${LOGIN_SETTINGS[server]}: none.`;
    return missing(check, `no ${key} in the Secret`, remedy);
  }
  const login = loginOf(kind, text);
  if (!('problem' in login)) return well(check, key);
  return missing(check, `${key} ${login.problem}`, `Correct the key ${key} of the Secret ${secretName}.`);
}
