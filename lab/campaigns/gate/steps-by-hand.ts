import { run } from '../../kit/commands.ts';
import type { CampaignRecord } from '../../kit/record.ts';
import { NEXT } from './cluster.ts';

const REPOSITORY = 'http://10.210.0.1:8080/core:/stable:';

/** What an operator runs from a checkout, with a kubeconfig and the key of the nodes. */
export async function stepsByHand(record: CampaignRecord): Promise<void> {
  await show(record, 'gate', `--target ${NEXT} --lookback-hours 0`, 'gateVerdict: clear');
  await show(record, 'detect', `--repository ${REPOSITORY}`, 'verdict: upgrade');
}

async function show(record: CampaignRecord, step: string, flags: string, verdict: string): Promise<void> {
  const script = `run="$(dirname "$KUBECONFIG")"; exec npm run -s step -- ${step} --kubeconfig "$KUBECONFIG" --ssh-key-dir "$run" ${flags}`;
  const { exitCode, stdout, stderr } = await run('lab/in-lab.sh', ['bash', '-c', script]);
  const lines = stdout.split('\n');
  const seen = lines.includes(verdict) ? verdict : `exit ${exitCode}: ${stdout}${stderr}`;
  record.check(`npm run step -- ${step} ${flags}`, verdict, seen, exitCode === 0 && seen === verdict);
  for (const line of lines.filter((each) => each !== '')) record.note(`  ${line}`);
}
