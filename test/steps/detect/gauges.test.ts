import { expect } from 'chai';
import { writeVersionCheck } from '../../../src/steps/detect/gauges.ts';
import type { DetectInput } from '../../../src/steps/detect/contract.ts';
import type { Detection } from '../../../src/steps/detect/detection.ts';
import { v } from '../../support/builders.ts';
import { FakeGauges } from '../../support/fakes/gauges.ts';

const NOW_S = 1_795_482_000;
const input = (requestedTarget?: string): DetectInput => ({
  requestedTarget: requestedTarget === undefined ? undefined : v(requestedTarget),
  packageSource: 'node',
  patchPolicy: 'auto',
  minorPolicy: 'auto',
  skipVersions: [],
  minimumReleaseAgeDays: 0,
});
const found = (verdict: Detection['verdict'], kind: Detection['kind'], target?: string): Detection => ({
  verdict,
  kind,
  running: v('1.34.9'),
  endOfLife: undefined,
  reason: '',
  target: target === undefined ? undefined : v(target),
});

describe('detect tells the gauges', () => {
  const CHECKED = `k8s_version_check_last_run_timestamp ${NOW_S}`;
  const NOTHING = 'k8s_upgrade_available{kind="none",running="1.34.9",target="none"} 0';
  const TABLE: readonly [string, Detection, DetectInput, readonly string[]][] = [
    [
      'what there is to go to',
      found('upgrade', 'patch', '1.34.10'),
      input(),
      ['k8s_upgrade_available{kind="patch",running="1.34.9",target="1.34.10"} 1', CHECKED],
    ],
    [
      'what is held',
      found('held', 'minor', '1.35.4'),
      input(),
      ['k8s_upgrade_available{kind="minor",running="1.34.9",target="1.35.4"} 1', CHECKED],
    ],
    ['that there is nothing', found('none', 'none'), input(), [NOTHING, CHECKED]],
    ['that nothing is possible', found('refused', 'none'), input(), [NOTHING, CHECKED]],
    ['nothing when it did not look for the newest', found('upgrade', 'patch', '1.34.10'), input('1.34.10'), []],
  ];
  for (const [promise, detection, asked, lines] of TABLE)
    it(promise, async () => {
      const gauges = new FakeGauges();
      await writeVersionCheck(detection, asked, gauges, NOW_S * 1000);
      expect(gauges.lines).to.deep.equal(lines);
    });
});
