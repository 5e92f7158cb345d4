import type { CaBundleStatus } from '../ports/checkup.ts';
import { missing, notLookedAt, well, type Line } from './checkup-line.ts';

/** `object`: the object of `certificateAuthorities`; undefined where the settings name none. */
export function judgeCaBundle(object: string | undefined, found: CaBundleStatus): Line[] {
  if (object === undefined) return [];
  const check = `CA bundle (${object})`;
  if (found === undefined)
    return [
      notLookedAt(
        check,
        'only a pod has it',
        'Run the WorkflowTemplate k8s-upgrade-doctor. On this machine, NODE_EXTRA_CA_CERTS names a file with such certificates.',
      ),
    ];
  if ('problem' in found)
    return [missing(check, found.problem, 'Put certificates in PEM there: no step asks over HTTPS without them.')];
  const { count, ended } = found;
  const words = `${count} ${count === 1 ? 'certificate' : 'certificates'}`;
  if (ended.length === 0) return [well(check, words)];
  const names = `${ended.length} of ${words} expired: ${ended.slice(0, 3).join('; ')}${ended.length > 3 ? '; …' : ''}`;
  return ended.length < count
    ? [well(check, names)]
    : [missing(check, names, 'Put the present certificates of your CAs there.')];
}
