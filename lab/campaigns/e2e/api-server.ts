import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { synth } from '../../kit/cluster.ts';
import { kubectl, REPO, run, tryKubectl } from '../../kit/commands.ts';
import { check } from '../../kit/record.ts';
import { readManifests } from '../../../src/cli/diff/manifests.ts';

const LAB_DIST = 'build/lab-dist';

/**
 * A real API server, with the full CRDs, judges every manifest: of the shipped example and of the lab's cluster. No manifest of
 * the pipeline is on the cluster yet.
 */
export async function judgedByApiServer(): Promise<void> {
  await synth('lab/clusters', LAB_DIST);
  await kubectl('apply', '-f', `${LAB_DIST}/lab/00-namespace.yaml`);
  for (const folder of ['dist/example', `${LAB_DIST}/lab`, `${LAB_DIST}/everything`]) {
    const files = readdirSync(join(REPO, folder)).filter((file) => file.endsWith('.yaml'));
    const read = (file: string): string => readFileSync(join(REPO, folder, file), 'utf8');
    const objects = files.flatMap((file) => readManifests(file, read(file))).length;
    const { exitCode, stdout, stderr } = await tryKubectl(...STRICT, '-f', folder);
    const accepted = stdout.split('\n').filter((line) => line.includes('serverside-applied')).length;
    const seen = exitCode === 0 ? `${accepted} accepted` : `exit ${exitCode}: ${stderr.trim()}`;
    check(`a real API server accepts ${folder} (server-side dry run, strict)`, `${objects} accepted`, seen);
  }
  const { exitCode, stderr } = await run('lab/in-lab.sh', ['kubectl', ...STRICT, '-f', '-'], WRONG);
  const names = exitCode !== 0 && stderr.includes('spec.entrypiont');
  const seen = names ? 'refused, naming it' : `exit ${exitCode}: ${stderr}`;
  check('the same check refuses an unknown field', 'refused, naming it', seen);
}

const STRICT = ['apply', '--server-side', '--dry-run=server', '--validate=strict'];

const WRONG = JSON.stringify({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'WorkflowTemplate',
  metadata: { name: 'wrong', namespace: 'k8s-upgrade' },
  spec: { entrypiont: 'main' },
});
