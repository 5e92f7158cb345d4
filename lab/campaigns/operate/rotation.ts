import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SWITCH } from '../../kit/cluster.ts';
import { get, kubectl, REPO, sleep, tryInLab } from '../../kit/commands.ts';
import { Daemon } from '../../kit/daemons.ts';
import { addresses } from '../../kit/nodes.ts';
import { check, checkSays, noteLines } from '../../kit/record.ts';
import { endOf, messageOf, noteMessage, whenEnded, whenSuspended } from '../../kit/runs.ts';
import { documented, submitted } from './documented.ts';

const FOLDER = join(REPO, 'build/operate');
const NEXT = join(FOLDER, 'next');
const FILE = join(FOLDER, 'logins.json');

/** A new key for every node while a client logs in every second. The Secret is reset half way. */
export async function rotation(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  for (const file of [NEXT, `${NEXT}.pub`, FILE]) rmSync(file, { force: true });
  const key = { './new_key': NEXT };
  await documented("ssh-keygen -t ed25519 -N '' -f ./new_key", key);
  await documented(
    'kubectl -n k8s-upgrade create secret generic k8s-upgrade-ssh-key-next --from-file=ssh_key=./new_key',
    key,
  );
  const hosts = await addresses();
  const old = await keyInSecret();
  const prober = await Daemon.start(
    ['node', join(REPO, 'lab/campaigns/operate/login-prober.mjs'), FILE, ...hosts],
    `https://${SWITCH}:6443/`,
  );

  // As the comment behind the command says, since nothing else writes the Secret.
  const template = 'k8s-upgrade-rotate-ssh-key';
  const name = await submitted('argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-rotate-ssh-key', {
    [template]: `${template} -p switch=workflow`,
  });
  await whenSuspended(name, 600);
  // As an ExternalSecret does, whose source still has the old key.
  await putIntoSecret(old);
  const reverted = await whenEnded(name, 900);
  check('the Secret is put back half way: the rotation ends', 'Failed, failed', endOf(reverted));
  checkSays('… and says so', messageOf(reverted), 'the Secret was put back');
  noteMessage(reverted);
  check('… nodes that let the old key in', `${hosts.length}`, String(await letIn(hosts, 'old')));
  check('… nodes that let the new key in', `${hosts.length}`, String(await letIn(hosts, 'new')));

  await putIntoSecret(readFileSync(NEXT, 'utf8'));
  await documented('argo retry -n k8s-upgrade <run>', { '<run>': name });
  const ended = await whenEnded(name, 900);
  check('the source has the new key, argo retry: the rotation ends', 'Succeeded, done', endOf(ended));
  noteMessage(ended);
  check('… nodes that let the new key in', `${hosts.length}`, String(await letIn(hosts, 'new')));
  check('… nodes that let the old key in', '0', String(await letIn(hosts, 'old')));

  await sleep(3);
  await prober.stop();
  const { asked, failed, failures } = existsSync(FILE)
    ? (JSON.parse(readFileSync(FILE, 'utf8')) as { asked: number; failed: number; failures: string[] })
    : { asked: 0, failed: 0, failures: ['no log-in was tried'] };
  const what = 'log-ins with the key of the Secret, every second to every node, that failed';
  check(what, '0', String(failed), failed === 0 && asked > 50);
  noteLines(`${asked} log-ins were tried. ${failures.slice(0, 5).join('; ')}`);
}

async function keyInSecret(): Promise<string> {
  const { data } = await get<{ data: Record<string, string> }>('secret', 'k8s-upgrade-creds', '-n', 'k8s-upgrade');
  return Buffer.from(data['ssh_key'] ?? '', 'base64').toString('utf8');
}

async function putIntoSecret(key: string): Promise<void> {
  const patch = JSON.stringify({ stringData: { ssh_key: key } });
  await kubectl('patch', 'secret', 'k8s-upgrade-creds', '-n', 'k8s-upgrade', '--type=merge', '-p', patch);
}

/** To how many of them one of the keys opens the door. */
async function letIn(hosts: readonly string[], which: 'old' | 'new'): Promise<number> {
  const key = which === 'new' ? NEXT : '"$(dirname "$KUBECONFIG")/ssh_key"';
  const options = '-o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null';
  const tried = await Promise.all(
    hosts.map((host) => tryInLab('bash', '-c', `ssh -q -i ${key} ${options} root@${host} true`)),
  );
  return tried.filter(({ exitCode }) => exitCode === 0).length;
}
