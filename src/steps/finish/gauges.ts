import { gaugesAtEnd, type LastRun, type RunEnd, type UpgradeGauges } from '../../signals/gauges.ts';
import { durationsOf } from '../../signals/run-durations.ts';
import type { FinishFacts } from './observe.ts';

/** What the gauges are to say of this end; undefined when they are another run's, which is at work. */
export const gaugesOf = (facts: FinishFacts, outcome: RunEnd, nowMs: number): UpgradeGauges | undefined =>
  facts.otherAtWork === undefined ? gaugesAtEnd(outcome, nowMs) : undefined;

/** What is to be remembered of this run, by the same rule. What is not known of its steps is not said. */
export const lastRunOf = (facts: FinishFacts, result: RunEnd, endedAtMs: number): LastRun | undefined =>
  facts.otherAtWork === undefined
    ? { result, endedAtMs, durations: durationsOf(facts.tasks?.known === true ? facts.tasks.value : []) }
    : undefined;
