import { expect } from 'chai';
import fc from 'fast-check';
import { asWarning, formatFinding, sortFindings, type Finding } from '../../../src/upgrade/gate/finding.ts';

const FINDING: Finding = {
  ...{ code: 'addon-ceiling', class: 'actionable', check: 'addons', subject: 'istio' },
  ...{ found: '1.28.3 in Deployment istio-system/istiod', needed: 'a version for Kubernetes 1.36' },
  remedy: 'Upgrade istio to 1.30 or newer.',
};

describe('a finding', () => {
  it('says what was seen, what was expected, what to do, and where that is written', () => {
    expect(formatFinding(FINDING)).to.equal(
      '[actionable: addon-ceiling] istio: found 1.28.3 in Deployment istio-system/istiod; needed a version for Kubernetes 1.36. Upgrade istio to 1.30 or newer.',
    );
    const source = { url: 'https://istio.io/x', date: '2026-11-23' };
    expect(formatFinding({ ...FINDING, source })).to.match(/ Source: https:\/\/istio\.io\/x \(2026-11-23\)\.$/);
  });

  it('as a warning is the same finding', () => {
    expect(asWarning(FINDING)).to.deep.equal({ ...FINDING, class: 'warning' });
  });

  it('is in the list once, after what weighs more, whatever the order it came in', () => {
    const unknown: Finding = { ...FINDING, class: 'unknown', subject: 'z' };
    const skew: Finding = { ...FINDING, check: 'skew', code: 'skew-hop', subject: 'z' };
    const other: Finding = { ...FINDING, subject: 'istio-2' };
    const expected = [unknown, skew, FINDING, other, asWarning(FINDING)];
    const shuffled = fc.shuffledSubarray([...expected, FINDING, skew], { minLength: 7 });
    fc.assert(
      fc.property(shuffled, (findings) => {
        expect(sortFindings(findings)).to.deep.equal(expected);
      }),
    );
  });
});
