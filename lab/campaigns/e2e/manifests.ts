import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifests } from '../../../src/cli/diff/manifests.ts';
import { kubectl, must, REPO, run } from '../../kit/commands.ts';
import { applySecret } from '../../kit/secret.ts';
import type { CampaignRecord } from '../../kit/record.ts';

const LAB_DIST = 'build/lab-dist';

/** A real API server, with the full CRDs, judges every manifest: of the shipped example and of the lab's cluster. */
export async function judgedByApiServer(record: CampaignRecord): Promise<void> {
  await must('npm', ['run', '-s', 'synth', '--', '--clusters', 'lab/clusters', '--out', LAB_DIST]);
  await kubectl('apply', '-f', `${LAB_DIST}/lab/00-namespace.yaml`);
  for (const folder of ['dist/example', `${LAB_DIST}/lab`, `${LAB_DIST}/everything`]) {
    const files = readdirSync(join(REPO, folder)).filter((file) => file.endsWith('.yaml'));
    const read = (file: string): string => readFileSync(join(REPO, folder, file), 'utf8');
    const objects = files.flatMap((file) => readManifests(file, read(file))).length;
    const { exitCode, stdout, stderr } = await dryRun(folder);
    const accepted = stdout.split('\n').filter((line) => line.includes('serverside-applied')).length;
    record.check(
      `a real API server accepts ${folder} (server-side dry run, strict)`,
      `${objects} accepted`,
      exitCode === 0 ? `${accepted} accepted` : `exit ${exitCode}: ${stderr.trim()}`,
    );
  }
  const { exitCode, stderr } = await run('lab/in-lab.sh', ['kubectl', ...STRICT, '-f', '-'], WRONG);
  record.check(
    'the same check refuses an unknown field',
    'refused, naming it',
    exitCode !== 0 && stderr.includes('spec.entrypiont') ? 'refused, naming it' : `exit ${exitCode}: ${stderr}`,
  );
}

export async function applyManifests(): Promise<void> {
  await applySecret();
  await kubectl('apply', '-f', `${LAB_DIST}/lab`);
}

const STRICT = ['apply', '--server-side', '--dry-run=server', '--validate=strict'];
const dryRun = (folder: string) => run('lab/in-lab.sh', ['kubectl', ...STRICT, '-f', folder]);

const WRONG = JSON.stringify({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'WorkflowTemplate',
  metadata: { name: 'wrong', namespace: 'k8s-upgrade' },
  spec: { entrypiont: 'main' },
});
