import { finding, type Finding } from '../../upgrade/gate/finding.ts';
import { kuredElsewhere, type KuredElsewhere } from '../../run/kured-elsewhere.ts';
import type { PreflightInput } from './contract.ts';
import type { PreflightFacts } from './facts.ts';

/** A kured that the settings do not name would reboot nodes during the upgrade. */
export function judgeKured({ kuredInstalled }: PreflightFacts, { kuredDaemonSet }: PreflightInput): Finding[] {
  if (kuredDaemonSet === undefined) return [];
  if (!kuredInstalled.known) return [unknown(kuredInstalled.reason)];
  return kuredElsewhere(kuredInstalled.value, kuredDaemonSet).map(elsewhere);
}

const unknown = (reason: string): Finding =>
  finding('kured-unknown', 'unknown', 'kured', {
    found: `no answer: ${reason}`,
    needed: 'to know under which locks nodes are rebooted',
    remedy: 'Correct the cause, or set kured.mode: off.',
  });

const elsewhere = ({ daemonSet, found, remedy }: KuredElsewhere): Finding =>
  finding('kured-elsewhere', 'actionable', `DaemonSet ${daemonSet}`, {
    found,
    needed: 'the one kured whose lock keeps its reboots and an upgrade apart',
    remedy,
  });
