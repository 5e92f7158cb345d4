import { expect } from 'chai';
import type { PlanInput } from '../../../src/steps/plan/contract.ts';
import { sha256 } from '../../../src/steps/runtime/digest.ts';
import { decide, noticeOf } from '../../../src/steps/plan/decide.ts';
import { slackMessage } from '../../../src/signals/slack-message.ts';
import type { ClusterNode } from '../../../src/upgrade/node/node.ts';
import { aControlPlane, aNode, ME, v } from '../../support/builders.ts';
import { expectGolden } from '../../support/golden.ts';

const TARGET = v('1.35.4');
const INPUT: PlanInput = {
  ...{ target: TARGET, kind: 'minor', only: [], canaryNames: ['w2'], canaryLabels: [], gateCodes: ['addon-untested'] },
  ...{ approvedDigest: undefined, approvalMinutes: 1080, runName: ME.name, namespace: 'k8s-upgrade' },
};
const CLUSTER = [aControlPlane('cp1'), aNode('w1'), aNode('w2'), aNode('w3', { kubelet: TARGET })];
const think = (nodes: readonly ClusterNode[] = CLUSTER, input: Partial<PlanInput> = {}) =>
  decide(nodes, { ...INPUT, ...input }, sha256);
const ABOUT = { clusterName: 'prod', runName: ME.name, namespace: 'k8s-upgrade', argoUiUrl: undefined, target: TARGET };

describe('the plan step', () => {
  it('asks: the nodes in order, what is left, until when, and the two commands', () => {
    const { planVerdict, planDigest, planMessage } = think();
    expect(planVerdict).to.equal('asked');
    expect(planDigest).to.match(/^[0-9a-f]{64}$/);
    expect(planMessage.split('\n')).to.deep.equal([
      `Approval is wanted for v1.35.4, a minor. Plan ${planDigest}.`,
      '1. cp1 (control-plane), at v1.34.9',
      '2. w2 (canary), at v1.34.9',
      '3. w1 (worker), at v1.34.9',
      'Left as they are: w3 at v1.35.4.',
      'The gate warns: addon-untested.',
      'The run waits for 18 h 0 min. Without an answer, nothing is changed, and the next scheduled run asks again. Other runs wait until then; reject the plan to let one of them start.',
      'To approve: argo node set -n k8s-upgrade k8s-upgrade-nightly-2 -p decision=approve --node-field-selector displayName=approval && argo resume -n k8s-upgrade k8s-upgrade-nightly-2 --node-field-selector displayName=approval',
      'To reject: argo node set -n k8s-upgrade k8s-upgrade-nightly-2 -p decision=reject --node-field-selector displayName=approval && argo resume -n k8s-upgrade k8s-upgrade-nightly-2 --node-field-selector displayName=approval',
    ]);
  });

  it('tells people so, and leaves out neither command of a large cluster', () => {
    const nodes = Array.from({ length: 200 }, (_, index) => aNode(`worker-${index}`));
    const notice = noticeOf(think([aControlPlane('cp1'), ...nodes]), ABOUT);
    expect(notice?.text.length).to.be.lessThan(5000);
    const { text } = slackMessage(notice ?? expect.fail('nobody is asked'));
    expect(text).to.include('✋ prod: approval wanted on the way to v1.35.4');
    expect(text).to.include('decision=approve').and.include('decision=reject');
    const small = noticeOf(think(), ABOUT);
    const { text: shown } = slackMessage(small ?? expect.fail('nobody is asked'));
    expectGolden(new URL('golden/approval-wanted.txt', import.meta.url), `${shown}\n`);
  });

  it('finds an approval valid for as long as the plan is the same', () => {
    const { planDigest } = think();
    const again = think([...CLUSTER].reverse(), { approvedDigest: planDigest });
    expect(again.planVerdict).to.equal('valid');
    expect(again.planMessage).to.equal(`The plan ${planDigest} was approved, and holds.`);
    expect(noticeOf(again, ABOUT)).to.equal(undefined);
  });

  it('finds it void once the set of nodes is another, or the gate finds something else', () => {
    const { planDigest: approved } = think();
    const joined = think([...CLUSTER, aNode('w4')], { approvedDigest: approved });
    expect(joined.planVerdict).to.equal('void');
    expect(joined.planMessage.split('\n')[0]).to.equal(
      `The approval is void: ${approved} was approved, and the cluster has changed since. The plan would now be ${joined.planDigest}. Nothing was changed; the next scheduled run asks again.`,
    );
    expect(think(CLUSTER, { approvedDigest: approved, gateCodes: [] }).planVerdict).to.equal('void');
    expect(think(CLUSTER, { approvedDigest: 'x' }).planVerdict).to.equal('void');
  });
});
