import { must } from './commands.ts';
import { Daemon } from './daemon.ts';

/** Where the campaigns' clusters push to. */
export const PUSHGATEWAY = 'http://10.210.0.1:9091';

/** A real Pushgateway for as long as the work takes. */
export async function withPushgateway(work: () => Promise<void>): Promise<void> {
  const binary = (await must('lab/tools.sh', ['pushgateway'])).split('\n').at(-1) ?? '';
  const command = [binary, `--web.listen-address=${new URL(PUSHGATEWAY).host}`];
  const pushgateway = await Daemon.start(command, `${PUSHGATEWAY}/-/ready`);
  try {
    await work();
  } finally {
    await pushgateway.stop();
  }
}

/** The pipeline's own series, as they are scraped. */
export const scraped = async (): Promise<string[]> =>
  (await must('lab/in-lab.sh', ['curl', '-sf', `${PUSHGATEWAY}/metrics`]))
    .split('\n')
    .filter((line) => line.startsWith('k8s_'));

/** `blocked=1 failed=0 held=0 in_flight=0`, as a real Pushgateway has them. */
export async function runGauges(): Promise<string> {
  const lines = await scraped();
  const value = (name: string): string =>
    /\S+$/.exec(lines.find((line) => line.startsWith(`k8s_upgrade_${name}{`)) ?? ' none')?.[0] ?? '';
  return ['blocked', 'failed', 'held', 'in_flight'].map((name) => `${name}=${value(name)}`).join(' ');
}
