import type { Gauges } from '../ports/gauges.ts';
import type { DetectWish, Detection } from './detection.ts';

/**
 * Says what there is to go to. A run with a target of its own did not look for the newest: what the last check said
 * stays. A check that did not work never comes here.
 */
export function showCheck(detection: Detection, wish: DetectWish, gauges: Gauges, nowMs: number): Promise<void> {
  if (wish.requestedTarget !== undefined) return Promise.resolve();
  return gauges.versionCheck({ ...detection, checkedAtMs: nowMs });
}
