import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bash, kubectl, onNode, REPO } from '../../kit/commands.ts';
import { NODES } from '../../kit/nodes.ts';
import { check, checkSays, noteLines } from '../../kit/record.ts';
import { endOf, getWorkflow, whenEnded } from '../../kit/runs.ts';
import { MANIFESTS } from './cluster.ts';
import { documented, submitted } from './documented.ts';

const FOLDER = 'build/operate';
const KEY = `${FOLDER}/id_ed25519`;

/** The quick start from its sixth step on: a key of one's own, the doctor, and what tonight's run would do; then the lab's key again. */
export async function newcomer(): Promise<void> {
  mkdirSync(join(REPO, FOLDER), { recursive: true });
  for (const file of [KEY, `${KEY}.pub`]) rmSync(join(REPO, file), { force: true });
  const key = { './id_ed25519': KEY };
  await documented('kubectl apply -f dist/<name>/00-namespace.yaml', MANIFESTS);
  await documented("ssh-keygen -t ed25519 -N '' -C k8s-upgrade -f ./id_ed25519", key);
  const line = readFileSync(join(REPO, `${KEY}.pub`), 'utf8').trim();
  for (const machine of NODES) await onNode(machine, `echo '${line}' >> /root/.ssh/authorized_keys`);
  await dropSecret();
  await documented(
    'kubectl -n k8s-upgrade create secret generic k8s-upgrade-creds --from-file=ssh_key=./id_ed25519 --from-file=ssh_key_pub=./id_ed25519.pub',
    key,
  );
  await documented('rm ./id_ed25519', key);
  await documented('kubectl apply -k dist/<name>', MANIFESTS);

  const doctor = await submitted('argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-doctor --watch');
  check('k8s-upgrade-doctor, with a new key in the Secret: it ends', 'Succeeded', endOf(await getWorkflow(doctor)));
  const health = await documented('argo logs -n k8s-upgrade @latest');
  checkSays('… it has logged in', health.stdout, 'SSH to w2: root, by a host key that is accepted');
  noteLines(health.stdout.split('\n').filter((text) => /are well|✗/.test(text)));

  const dryRun = await submitted(
    'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade -p detectionDryRun=true --watch',
  );
  check('detectionDryRun: the run ends', 'Succeeded, detected', endOf(await getWorkflow(dryRun)));
  const told = await documented('argo logs -n k8s-upgrade @latest');
  checkSays('… its log has what would be chosen', told.stdout, 'v1.34.10');

  await dropSecret();
  await documented('kubectl -n k8s-upgrade create secret generic k8s-upgrade-creds --from-file=ssh_key=./id_ed25519', {
    './id_ed25519': `${await bash('dirname "$KUBECONFIG"')}/ssh_key`,
  });
  for (const machine of NODES) await onNode(machine, "sed -i '/ k8s-upgrade$/d' /root/.ssh/authorized_keys");
  const again = await submitted('argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-doctor');
  check('k8s-upgrade-doctor, with the key of before: it ends', 'Succeeded', endOf(await whenEnded(again, 400)));
}

const dropSecret = (): Promise<string> => kubectl('delete', 'secret', 'k8s-upgrade-creds', '-n', 'k8s-upgrade');
