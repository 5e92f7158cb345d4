import { gaugesAtEnd, type RunEnd, type UpgradeGauges } from '../../upgrade/gauges.ts';
import type { FinishFacts } from './observe.ts';

/** What the gauges are to say of this end; undefined when they are another run's, which is at work. */
export const gaugesOf = (facts: FinishFacts, outcome: RunEnd, nowMs: number): UpgradeGauges | undefined =>
  facts.otherAtWork === undefined ? gaugesAtEnd(outcome, nowMs) : undefined;
