import { must } from '../../kit/commands.ts';
import type { CampaignRecord } from '../../kit/record.ts';
import { CLUSTER } from './cluster.ts';
import { documented } from './documented.ts';

const HOST = { on: 'host' };
const WRITTEN = ['dist', 'docs/diagrams', 'docs/reference'];

/** What the documents have typed in a checkout, and with the scripts of the lab. What it writes is what is there. */
export async function checkout(record: CampaignRecord): Promise<void> {
  const before = await written();
  await documented(record, 'npm run schema', {}, HOST);
  await documented(record, 'npm run synth', {}, HOST);
  await documented(record, 'npm run docs', {}, HOST);
  await documented(record, 'npm run diagram', {}, HOST);
  record.check(
    `… what they changed in ${WRITTEN.join(', ')}`,
    'nothing',
    before === (await written()) ? 'nothing' : await written(),
  );
  await documented(record, 'npm run diff', {}, HOST);
  await documented(record, 'npm run step -- gate --help', {}, HOST);
  await documented(record, 'npm run step -- rehearse --help', {}, HOST);
  await documented(record, 'npm run doctor -- --help', {}, HOST);
  await documented(record, 'npm run plan -- --help', {}, HOST);
  const copy = { 'clusters/<name>.yaml': 'build/example.yaml' };
  await documented(record, 'cp clusters/example.yaml clusters/<name>.yaml', copy, HOST);
  await documented(record, 'VERSION=$(node -p "require(\'./package.json\').version")', {}, HOST);
  await documented(record, 'lab/in-lab.sh kubectl get nodes', {}, HOST);
  await documented(record, 'lab/publish.sh v1.34.10', {}, HOST);
  await documented(record, 'lab/on-node.sh cp1 journalctl -u kubelet -n 50', {}, HOST);
  await documented(
    record,
    "lab/on-node.sh cp1 bash -c 'tail /var/log/pods/kube-system_kube-apiserver*/*/*.log'",
    {},
    HOST,
  );
  await documented(record, 'lab/on-node.sh w1 ctr -n k8s.io images ls -q', {}, HOST);
  await documented(record, 'npm run -s rules -- --cluster <name>', CLUSTER, HOST);
}

const written = (): Promise<string> => must('git', ['status', '--porcelain', '--', ...WRITTEN]);
