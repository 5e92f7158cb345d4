import type { Finding } from '../../upgrade/finding.ts';
import type { PreflightFacts, PreflightWish } from './facts.ts';

/** A kured that nobody asks would roll nodes beside the upgrade. */
export function judgeKured({ kuredInstalled }: PreflightFacts, { kuredDaemonSet }: PreflightWish): Finding[] {
  if (kuredDaemonSet === undefined) return [];
  if (!kuredInstalled.known) return [unknown(kuredInstalled.reason)];
  return kuredInstalled.value
    .filter((found) => found !== kuredDaemonSet)
    .map((found) => elsewhere(found, kuredDaemonSet));
}

const unknown = (reason: string): Finding => ({
  ...{ code: 'kured-unknown', class: 'unknown', check: 'kured', subject: 'kured' },
  ...{ found: `no answer: ${reason}`, needed: 'to know under which locks nodes are rebooted' },
  remedy: 'Put right what is named there, or set kured.mode: off.',
});

const elsewhere = (found: string, named: string): Finding => ({
  ...{ code: 'kured-elsewhere', class: 'actionable', check: 'kured', subject: `DaemonSet ${found}` },
  found: `kured, and the settings name ${named}`,
  needed: 'the one kured whose lock keeps its reboots and an upgrade apart',
  remedy: `Set kured.daemonSet: ${found}, or kured.mode: off where it and an upgrade may take nodes at once.`,
});
