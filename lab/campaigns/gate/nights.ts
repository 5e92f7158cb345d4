import { runGauges, scraped } from '../../kit/pushgateway.ts';
import type { CampaignRecord } from '../../kit/record.ts';
import { outputOf, podsOf, submit, whenEnded } from '../../kit/workflow.ts';
import { fingerprint, nodeLines, touchedSince } from '../../kit/nodes.ts';
import { timeline } from '../../kit/timeline.ts';
import { NEXT } from './cluster.ts';
import { install } from '../../kit/addons.ts';

/** A night on which an addon is not ready for the next minor. */
export async function blockedNight(record: CampaignRecord): Promise<void> {
  await install('Deployment', 'cilium-operator', 'quay.io/cilium/operator-generic:v1.18.2');
  const before = await fingerprint();
  const blocked = await whenEnded(await submit('cronwf/k8s-upgrade-nightly'), 600);
  record.check('a minor that an addon is not ready for: the Workflow ends', 'Succeeded', blocked.status.phase ?? '');
  record.check('blocked: the outcome', 'blocked', outputOf(blocked, 'finish', 'outcome'));
  record.check(
    'blocked: pods used',
    'detect, gate, finish',
    podsOf(blocked)
      .map(({ templateName }) => templateName)
      .join(', '),
  );
  for (const line of outputOf(blocked, 'finish', 'message').split('\n')) record.note(`  ${line}`);
  record.check('blocked: touched', 'nothing', await touchedSince(before));
  record.check('blocked: the gauges', 'blocked=1 failed=0 held=0 in_flight=0', await runGauges());
  record.check(
    'blocked: what is available',
    `k8s_upgrade_available{kind="minor",target="${NEXT}"} 1`,
    await available(),
  );
}

/** The night after the addon was brought up. */
export async function nextNight(record: CampaignRecord): Promise<void> {
  await install('Deployment', 'cilium-operator', 'quay.io/cilium/operator-generic:v1.19.1');
  const upgraded = await whenEnded(await submit('cronwf/k8s-upgrade-nightly'), 2400);
  record.check('the addon brought up, the next night: the Workflow ends', 'Succeeded', upgraded.status.phase ?? '');
  record.check('the next night: the outcome', 'upgraded', outputOf(upgraded, 'finish', 'outcome'));
  record.check(
    'the next night: the nodes',
    `cp1 v${NEXT} Ready, w1 v${NEXT} Ready, w2 v${NEXT} Ready`,
    await nodeLines(),
  );
  record.check('the next night: the gauges', 'blocked=0 failed=0 held=0 in_flight=0', await runGauges());
  for (const line of timeline(upgraded)) record.note(`  ${line}`);
}

/** Every series of what is available, without the labels that Pushgateway adds. */
async function available(): Promise<string> {
  const lines = (await scraped()).filter((line) => line.startsWith('k8s_upgrade_available{'));
  return lines
    .map(
      (line) =>
        `k8s_upgrade_available{kind="${labelOf(line, 'kind')}",target="${labelOf(line, 'target')}"} ${/\S+$/.exec(line)?.[0] ?? ''}`,
    )
    .join('; ');
}

const labelOf = (line: string, name: string): string => new RegExp(`${name}="([^"]*)"`).exec(line)?.[1] ?? '';
