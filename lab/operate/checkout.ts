import { must } from '../campaign/commands.ts';
import type { CampaignRecord } from '../campaign/record.ts';
import { documented } from './documented.ts';

const HOST = { on: 'host' };
const WRITTEN = ['dist', 'docs/diagrams', 'docs/reference'];

/** What the documents have typed in a checkout, with no cluster. What it writes is what is there. */
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
}

const written = (): Promise<string> => must('git', ['status', '--porcelain', '--', ...WRITTEN]);
