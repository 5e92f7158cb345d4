import { kuredElsewhere } from '../../run/kured-elsewhere.ts';
import { missing, unseen, well, type Line } from './checkup-line.ts';
import type { DoctorFacts } from './observe.ts';

/** `named`: the DaemonSet of the settings, namespace/name; undefined where kured is none of our business. */
export function judgeKured(named: string | undefined, installed: DoctorFacts['kured']): Line[] {
  if (named === undefined) return [well('kured', 'not asked: kured.mode is off')];
  if (!installed.known) return [unseen('kured', installed.reason)];
  if (installed.value.length === 0) return [well('kured', 'none')];
  const isThere = installed.value.includes(named);
  return [
    ...(isThere ? [well('kured', `${named}: its reboots and an upgrade keep apart by its lock`)] : []),
    ...kuredElsewhere(installed.value, named).map(({ daemonSet, found, remedy }) =>
      missing(`DaemonSet ${daemonSet}`, found, remedy),
    ),
  ];
}
