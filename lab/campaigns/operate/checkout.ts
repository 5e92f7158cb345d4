import { must } from '../../kit/commands.ts';
import { check } from '../../kit/record.ts';
import { CLUSTER } from './cluster.ts';
import { documented } from './documented.ts';

const WRITTEN = ['dist', 'docs/diagrams', 'docs/reference'];

/** What the documents have typed in a checkout, and with the scripts of the lab. What it writes is what is there. */
export async function checkout(): Promise<void> {
  const before = await written();
  for (const command of WRITERS) await documented(command, {}, HOST);
  const after = await written();
  check(`… what they changed in ${WRITTEN.join(', ')}`, 'nothing', before === after ? 'nothing' : after);
  for (const command of OTHERS) await documented(command, {}, HOST);
  const copy = { 'clusters/<name>.yaml': 'build/example.yaml' };
  await documented('cp clusters/example.yaml clusters/<name>.yaml', copy, HOST);
  await documented('npm run -s rules -- --cluster <name>', CLUSTER, HOST);
}

const HOST = { on: 'host' };
const WRITERS = ['npm run schema', 'npm run synth', 'npm run docs', 'npm run diagram'] as const;
const OTHERS = [
  'npm run diff',
  'npm run step -- gate --help',
  'npm run step -- rehearse --help',
  'npm run doctor -- --help',
  'npm run plan -- --help',
  'VERSION=$(node -p "require(\'./package.json\').version")',
  'lab/in-lab.sh kubectl get nodes',
  'lab/publish.sh v1.34.10',
  'lab/on-node.sh cp1 journalctl -u kubelet -n 50',
  "lab/on-node.sh cp1 bash -c 'tail /var/log/pods/kube-system_kube-apiserver*/*/*.log'",
  'lab/on-node.sh w1 ctr -n k8s.io images ls -q',
] as const;

const written = (): Promise<string> => must('git', ['status', '--porcelain', '--', ...WRITTEN]);
