import type { Gauges } from '../ports/gauges.ts';
import type { DetectInput } from './contract.ts';
import type { Detection } from './detection.ts';

/**
 * Says what there is to go to. A run with a target of its own did not look for the newest: what the last check said
 * stays. A check that did not work never comes here.
 */
export function writeVersionCheck(
  detection: Detection,
  input: DetectInput,
  gauges: Gauges,
  nowMs: number,
): Promise<void> {
  if (input.requestedTarget !== undefined) return Promise.resolve();
  return gauges.versionCheck({ ...detection, checkedAtMs: nowMs });
}
