import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { kubectl, onNode, REPO } from '../../kit/commands.ts';
import { said, type CampaignRecord } from '../../kit/record.ts';
import { endOf, getWorkflow, whenEnded } from '../../kit/runs.ts';
import { keyFolder, MANIFESTS } from './cluster.ts';
import { documented, submitted } from './documented.ts';

const MACHINES = ['cp1', 'w1', 'w2'];
const FOLDER = 'build/operate';
const KEY = `${FOLDER}/id_ed25519`;

/** The quick start from its sixth step on: a key of one's own, the doctor, and what tonight's run would do; then the lab's key again. */
export async function newcomer(record: CampaignRecord): Promise<void> {
  mkdirSync(join(REPO, FOLDER), { recursive: true });
  for (const file of [KEY, `${KEY}.pub`]) rmSync(join(REPO, file), { force: true });
  const key = { './id_ed25519': KEY };
  await documented(record, 'kubectl apply -f dist/<name>/00-namespace.yaml', MANIFESTS);
  await documented(record, "ssh-keygen -t ed25519 -N '' -C k8s-upgrade -f ./id_ed25519", key);
  const line = readFileSync(join(REPO, `${KEY}.pub`), 'utf8').trim();
  for (const machine of MACHINES) await onNode(machine, `echo '${line}' >> /root/.ssh/authorized_keys`);
  await dropSecret();
  await documented(
    record,
    'kubectl -n k8s-upgrade create secret generic k8s-upgrade-creds --from-file=ssh_key=./id_ed25519 --from-file=ssh_key_pub=./id_ed25519.pub',
    key,
  );
  await documented(record, 'rm ./id_ed25519', key);
  await documented(record, 'kubectl apply -k dist/<name>', MANIFESTS);

  const doctor = await submitted(
    record,
    'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-doctor --watch',
  );
  record.check(
    'k8s-upgrade-doctor, with a new key in the Secret: it ends',
    'Succeeded',
    endOf(await getWorkflow(doctor)),
  );
  const health = await documented(record, 'argo logs -n k8s-upgrade @latest');
  record.check('… it has logged in', ...said(health.stdout, 'SSH to w2: root, by a host key that is accepted'));
  for (const each of health.stdout.split('\n').filter((text) => /are well|✗/.test(text))) record.note(`  ${each}`);

  const dryRun = await submitted(
    record,
    'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade -p detectionDryRun=true --watch',
  );
  record.check('detectionDryRun: the run ends', 'Succeeded, detected', endOf(await getWorkflow(dryRun)));
  const told = await documented(record, 'argo logs -n k8s-upgrade @latest');
  record.check('… its log has what would be chosen', ...said(told.stdout, 'v1.34.10'));

  await dropSecret();
  await documented(
    record,
    'kubectl -n k8s-upgrade create secret generic k8s-upgrade-creds --from-file=ssh_key=./id_ed25519',
    { './id_ed25519': `${await keyFolder()}/ssh_key` },
  );
  for (const machine of MACHINES) await onNode(machine, "sed -i '/ k8s-upgrade$/d' /root/.ssh/authorized_keys");
  const again = await submitted(record, 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-doctor');
  record.check('k8s-upgrade-doctor, with the key of before: it ends', 'Succeeded', endOf(await whenEnded(again, 400)));
}

const dropSecret = (): Promise<string> => kubectl('delete', 'secret', 'k8s-upgrade-creds', '-n', 'k8s-upgrade');
