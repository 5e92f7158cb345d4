import { NO_GAUGE, runGauges, scraped } from '../../kit/daemons.ts';
import { fingerprint, nodeLines, NODES, readyAt, touchedSince } from '../../kit/nodes.ts';
import { check } from '../../kit/record.ts';
import { night, noteMessage, noteTimeline, outcomeOf, phaseOf, stepsOf } from '../../kit/runs.ts';
import { installCilium } from '../../kit/workloads.ts';
import { NEXT } from './cluster.ts';

/** A night on which an addon is not ready for the next minor. */
export async function blockedNight(): Promise<void> {
  await installCilium('1.18.2');
  const before = await fingerprint();
  const blocked = await night(600);
  check('a minor that an addon is not ready for: the Workflow ends', 'Succeeded', phaseOf(blocked));
  check('blocked: the outcome', 'blocked', outcomeOf(blocked));
  check('blocked: pods used', 'detect, gate, finish', stepsOf(blocked));
  noteMessage(blocked);
  check('blocked: touched', 'nothing', await touchedSince(before));
  check('blocked: the gauges', 'blocked=1 failed=0 held=0 in_flight=0', await runGauges());
  const minor = `k8s_upgrade_available{kind="minor",target="${NEXT}"} 1`;
  check('blocked: what is available', minor, await available());
}

/** The night after the addon was brought up. */
export async function nextNight(): Promise<void> {
  await installCilium('1.19.1');
  const upgraded = await night(2400);
  check('the addon brought up, the next night: the Workflow ends', 'Succeeded', phaseOf(upgraded));
  check('the next night: the outcome', 'upgraded', outcomeOf(upgraded));
  check('the next night: the nodes', readyAt(NODES, NEXT), await nodeLines());
  check('the next night: the gauges', NO_GAUGE, await runGauges());
  noteTimeline(upgraded);
}

/** Every series of what is available, without the labels that Pushgateway adds. */
async function available(): Promise<string> {
  const lines = (await scraped()).filter((line) => line.startsWith('k8s_upgrade_available{'));
  const labels = (line: string): string =>
    ['kind', 'target'].map((name) => new RegExp(`${name}="[^"]*"`).exec(line)?.[0] ?? '').join(',');
  return lines.map((line) => `k8s_upgrade_available{${labels(line)}} ${/\S+$/.exec(line)?.[0] ?? ''}`).join('; ');
}
