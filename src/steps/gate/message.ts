import { formatFinding } from '../../upgrade/finding.ts';
import { kubeTag, type KubeVersion } from '../../upgrade/kube-version.ts';
import type { GateDecision } from './decide.ts';

/** Argo keeps it in the Workflow, hands it to the exit handler in its environment, and shows it whole. */
export const MOST_BYTES = 4096;
/** One finding, such as one with the error of somebody's server in it, must not hide the others. */
const MOST_CHARACTERS_OF_ONE = 1000;

/** Everything that the gate has to say, for the log. */
export const report = (decision: GateDecision, target: KubeVersion): readonly string[] => [
  headline(decision, target),
  ...decision.findings.map((finding) => oneLine(formatFinding(finding))),
];

/** The same for the person who reads how the run ended: as many findings as fit, and how many do not. */
export function message(decision: GateDecision, target: KubeVersion): string {
  const [head = '', ...lines] = report(decision, target);
  let said = head;
  for (const [place, line] of lines.entries()) {
    const longer = `${said}\n${shortened(line)}`;
    const left = lines.length - place - 1;
    // What follows must fit as well: at the very least the line that counts what does not.
    if (bytes(longer) + (left === 0 ? 0 : bytes(rest(left))) > MOST_BYTES) return said + rest(left + 1);
    said = longer;
  }
  return said;
}

function headline({ verdict, findings }: GateDecision, target: KubeVersion): string {
  const to = kubeTag(target);
  switch (verdict) {
    case 'clear':
      return findings.length === 0 ? `Clear for ${to}.` : `Clear for ${to}, with a warning or more:`;
    case 'blocked':
      return `Blocked on the way to ${to}: somebody must act, or look. Nothing was changed.`;
    case 'held':
      return `Held on the way to ${to}: nothing but waiting helps. Nothing was changed.`;
  }
}

const rest = (count: number): string =>
  `\n… and ${count === 1 ? '1 more finding' : `${count} more findings`}; the log of the step gate has them all.`;

/** Argo reads two braces as the beginning of a reference, wherever they come from. */
const oneLine = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/\{(?=\{)/g, '{ ');

const shortened = (line: string): string =>
  line.length <= MOST_CHARACTERS_OF_ONE ? line : `${line.slice(0, MOST_CHARACTERS_OF_ONE - 1)}…`;

const bytes = (text: string): number => new TextEncoder().encode(text).length;
