import { failedNodes, failureLines, isHalt, namesOf } from '../../run/failures.ts';
import type { RunId } from '../ports/lease.ts';
import { lockKept } from './kured.ts';
import type { FinishFacts } from './observe.ts';
import { few, nodeStates, noNodeFor } from './sentences.ts';

export interface WhatFailed {
  /** Something was refused in the middle because of the kill switch: a halt, though Argo counts a failure. */
  readonly halted: boolean;
  /** As a sentence goes on; empty when no node is to be named. */
  readonly where: string;
  readonly lines: readonly string[];
}

/** `because`: what is wrong with a run whose steps all ended well; left out for a run in which a step failed. */
export function whatFailed(facts: FinishFacts, me: RunId, because: string | undefined): WhatFailed {
  const failures = because === undefined ? (facts.failures ?? []) : [];
  const nodes = failedNodes(failures);
  const said = because === undefined ? failureLines(failures, me.name) : [`workflow: ${because}`];
  const unknown = facts.unread?.some(({ what }) => what === 'failures') === true;
  return {
    halted: failures.some(isHalt),
    where: nodes.length === 0 ? '' : `, at ${namesOf(nodes)}`,
    lines: [
      ...(said.length > 0 || unknown ? said : ['Argo names no failed step.']),
      ...few(facts.unscheduled.map(noNodeFor), 'pods that no node took'),
      ...few(
        facts.livePods.map((pod) => `Still ending: ${pod}`),
        'pods that still end',
      ),
      ...nodeStates(facts),
      ...lockKept(facts, me),
    ],
  };
}
