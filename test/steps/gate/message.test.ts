import { expect } from 'chai';
import fc from 'fast-check';
import { gate } from '../../../src/steps/gate/contract.ts';
import { brokenGate, type GateDecision } from '../../../src/steps/gate/decide.ts';
import { message, MOST_BYTES, report } from '../../../src/steps/gate/message.ts';
import { optional } from '../../../src/contract/param.ts';
import type { Finding } from '../../../src/upgrade/gate/finding.ts';
import { VERDICTS } from '../../../src/upgrade/gate/verdict.ts';
import { v } from '../../support/builders.ts';

const TARGET = v('1.36.1');
const finding = (subject: string, about: Partial<Finding> = {}): Finding => ({
  ...{ code: 'addon-ceiling', class: 'actionable', check: 'addons', subject },
  ...{ found: 'v1', needed: 'v2', remedy: 'Upgrade it.' },
  ...about,
});
const decision = (verdict: GateDecision['verdict'], ...findings: Finding[]): GateDecision => ({ verdict, findings });

describe('what a person reads of the gate', () => {
  const TABLE: readonly [string, GateDecision, string][] = [
    ['clear', decision('clear'), 'Clear for v1.36.1.'],
    [
      'clear, with warnings',
      decision('clear', finding('keda', { class: 'warning' })),
      'Clear for v1.36.1, with warnings:\n[warning: addon-ceiling] keda: found v1; needed v2. Upgrade it.',
    ],
    [
      'blocked',
      decision('blocked', finding('calico'), finding('keda')),
      'Upgrade to v1.36.1 is blocked: an operator must act on the findings below. Nothing was changed.\n[actionable: addon-ceiling] calico: found v1; needed v2. Upgrade it.\n[actionable: addon-ceiling] keda: found v1; needed v2. Upgrade it.',
    ],
    [
      'held',
      decision('held', finding('kyverno', { class: 'waiting' })),
      'Upgrade to v1.36.1 is on hold: only waiting helps. Nothing was changed.\n[waiting: addon-ceiling] kyverno: found v1; needed v2. Upgrade it.',
    ],
    [
      'a gate that broke',
      brokenGate('may not list nodes: HTTP 403: forbidden'),
      'Upgrade to v1.36.1 is blocked: an operator must act on the findings below. Nothing was changed.\n[unknown: gate-error] the gate: found an error: may not list nodes: HTTP 403: forbidden; needed an answer to every question of the gate. Nothing was changed. Correct the cause. The next scheduled run checks again.',
    ],
  ];
  for (const [what, seen, says] of TABLE)
    it(`says ${what}`, () => {
      expect(message(seen, TARGET)).to.equal(says);
    });

  it('counts what does not fit; the log has it all', () => {
    const many = Array.from({ length: 100 }, (_, place) => finding(`addon-${place}`));
    const lines = message(decision('blocked', ...many), TARGET).split('\n');
    expect(lines.at(-1)).to.equal(`… and ${102 - lines.length} more findings; the log of the step gate has them all.`);
    expect(lines.length).to.be.greaterThan(50);
    expect(report(decision('blocked', ...many), TARGET)).to.have.length(101);
  });

  it('counts one that does not fit as one', () => {
    const long = finding('long', { found: 'x'.repeat(2000) });
    const lines = message(decision('blocked', long, long, long, long, finding('last')), TARGET).split('\n');
    expect(lines.at(-1)).to.match(/^… and \d more findings?; /);
    expect(lines[1]).to.have.length(1000);
    expect(lines[1]?.at(-1)).to.equal('…');
  });

  it('keeps a finding to one line, and has nothing that Argo would take for a reference', () => {
    const odd = finding('odd', { found: 'an error: a\n  b\r\n{{workflow.name}} {{{' });
    expect(message(decision('blocked', odd), TARGET).split('\n').slice(1)).to.deep.equal([
      '[actionable: addon-ceiling] odd: found an error: a b { {workflow.name} } { { {; needed v2. Upgrade it.',
    ]);
  });

  it('law: fits, and comes back whole through the parameter that carries it', () => {
    const anyFinding = fc
      .record({
        subject: fc.string({ unit: 'binary', maxLength: 20 }),
        found: fc.oneof(
          fc.string({ unit: 'binary', maxLength: 3000 }),
          fc.string({ unit: fc.constantFrom('{', '}', ' ', 'ä', '😀') }),
        ),
      })
      .map(({ subject, found }) => finding(subject, { found }));
    fc.assert(
      fc.property(fc.constantFrom(...VERDICTS), fc.array(anyFinding, { maxLength: 40 }), (verdict, findings) => {
        const said = message(decision(verdict, ...findings), TARGET);
        expect(Buffer.byteLength(said)).to.be.at.most(MOST_BYTES);
        expect(said).to.not.include('{{');
        const param = gate.outputs.gateMessage;
        expect(optional(param).parse(param.format(said))).to.equal(said);
      }),
    );
  });
});
