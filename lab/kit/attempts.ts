import { onNode } from './commands.ts';

/** An attempt of the work on a node, as the node itself has written it down. */
export interface Attempt {
  readonly unit: string;
  /** Seconds since the epoch; no end for one that was killed. */
  readonly started: number;
  readonly ended: number | undefined;
  /** `running 4 kubelet and kubectl packages`, `done`, … */
  readonly state: string;
}

const LIST =
  'cd /var/lib/argo-kubeadm-upgrade 2>/dev/null && for job in *; do [ -f "$job/started" ] && echo "$job $(cat "$job/started") $(cat "$job/ended" 2>/dev/null || echo -) $(cat "$job/state" 2>/dev/null)"; done; true';

export async function attemptsOn(node: string): Promise<readonly Attempt[]> {
  const lines = (await onNode(node, LIST)).split('\n').filter((line) => line !== '');
  return lines
    .map((line) => {
      const [unit = '', started = '', ended = '', ...state] = line.split(' ');
      return {
        unit,
        started: Number(started),
        ended: ended === '-' ? undefined : Number(ended),
        state: state.join(' '),
      };
    })
    .sort((a, b) => a.started - b.started);
}

/** Attempts for a target, oldest first. */
export const attemptsFor = async (node: string, target: string): Promise<readonly Attempt[]> =>
  (await attemptsOn(node)).filter(({ unit }) => unit.includes(`v${target}-`));

/** Pairs of attempts of one node that were at work at the same time; an end that is missing is the next one's begin. */
export function overlaps(attempts: readonly Attempt[]): string[] {
  return attempts.flatMap((attempt, index) => {
    const before = attempts[index - 1];
    return before?.ended !== undefined && before.ended > attempt.started ? [`${before.unit} and ${attempt.unit}`] : [];
  });
}

/** `none`, or what overlapped, over several nodes. */
export async function overlapsOn(nodes: readonly string[]): Promise<string> {
  const found = await Promise.all(nodes.map(async (node) => overlaps(await attemptsOn(node))));
  return found.flat().join('; ') || 'none';
}
