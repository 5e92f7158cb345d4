import { failedNodes, parseFailures } from '../../upgrade/run-failures.ts';
import { HALTED } from '../../upgrade/run-stop.ts';
import type { RunId } from '../ports/lease.ts';
import type { FinishWish } from './decide.ts';
import { lockKept } from './kured.ts';
import type { FinishFacts } from './observe.ts';
import { nodeStates, noNodeFor } from './sentences.ts';

export interface WhatFailed {
  /** Something was refused in the middle because of the kill switch: a halt, though Argo counts a failure. */
  readonly halted: boolean;
  /** As a sentence goes on; empty when no node is to be named. */
  readonly where: string;
  readonly lines: readonly string[];
}

export function whatFailed(facts: FinishFacts, wish: Pick<FinishWish, 'failures'>, me: RunId): WhatFailed {
  const failures = parseFailures(wish.failures).map(({ displayName, message }) => `${displayName}: ${message}`);
  const nodes = failedNodes(wish.failures);
  return {
    halted: failures.some((failure) => failure.includes(HALTED)),
    where: nodes.length === 0 ? '' : `, at ${nodes.join(', ')}`,
    lines: [
      ...(failures.length > 0 ? failures : ['Argo names no failed step.']),
      ...facts.unscheduled.map(noNodeFor),
      ...facts.livePods.map((pod) => `Still ending: ${pod}`),
      ...nodeStates(facts),
      ...lockKept(facts, me),
    ],
  };
}
