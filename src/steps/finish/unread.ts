import type { Reading } from '../../upgrade/reading.ts';
import type { RunId } from '../ports/lease.ts';

const SENTENCES = {
  pods: 'The pods of this run cannot be listed',
  lease: 'The Lease k8s-upgrade cannot be read',
  marks: 'The marks of this run cannot be read',
  unscheduled: 'The events of the pods of this run cannot be listed',
  killSwitch: 'The kill switch cannot be read',
  failures: 'The failed steps cannot be read from the Workflow',
  nodes: 'The nodes cannot be listed',
  kured: 'The lock of kured cannot be read',
  deployments: 'Deployments that this pipeline holds at 0 may not be given back',
} as const;

/** Something that the exit handler asked and did not learn. */
export interface Unread {
  readonly what: keyof typeof SENTENCES;
  readonly line: string;
}

export const notGivenBack = (reason: string): Unread => ({
  what: 'deployments',
  line: `${SENTENCES.deployments}: ${sentence(reason)}`,
});

/** A line for each reading that brought nothing, in the order of the sentences. */
export function unreadLines(
  readings: Readonly<Partial<Record<Unread['what'], Reading<unknown>>>>,
  me: RunId,
): readonly Unread[] {
  return (Object.keys(SENTENCES) as Unread['what'][]).flatMap((what) => {
    const reading = readings[what];
    if (reading === undefined || reading.known) return [];
    const remedy = what === 'failures' ? ` See them: argo get -n k8s-upgrade ${me.name}` : '';
    return [{ what, line: `${SENTENCES[what]}: ${sentence(reading.reason)}${remedy}` }];
  });
}

const sentence = (reason: string): string => (/[.!?…]$/.test(reason) ? reason : `${reason}.`);
