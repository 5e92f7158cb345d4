import type { Gauges } from '../ports/gauges.ts';
import type { DetectInput } from './contract.ts';
import type { Detection } from './detection.ts';

/** Writes the gauges of the version check. A run with a requested target looked for no newer version and writes none. */
export function writeVersionCheck(
  detection: Detection,
  input: DetectInput,
  gauges: Gauges,
  nowMs: number,
): Promise<void> {
  if (input.requestedTarget !== undefined) return Promise.resolve();
  return gauges.versionCheck({ ...detection, checkedAtMs: nowMs });
}
