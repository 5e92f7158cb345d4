import {
  formatKubeVersion,
  formatMinor,
  kubeTag,
  oldest,
  sameVersion,
  type KubeVersion,
} from '../../upgrade/kubernetes/kube-version.ts';
import { atVersion, needsUpgrade } from '../../upgrade/node/order.ts';
import { unreadable } from '../../upgrade/reading.ts';
import { endOfLife, pastEndOfLife } from '../../upgrade/kubernetes/releases.ts';
import { blockReasonOf, chooseMinor, choosePatch, type Choice } from '../../upgrade/kubernetes/version-choice.ts';
import { judgeHop } from '../../upgrade/kubernetes/version-skew.ts';
import { skewedComponentLines } from './skewed-components.ts';
import { finishUpgradeRecords, finishUnfinishedUpgrade } from './unfinished-upgrade.ts';
import { formatOffer, offerOfNextMinor, offerOfRunningMinor, versionsIn } from './offers.ts';
import { hopTo, oldestPart, unreadableState, unsupportedState } from './skew.ts';
import type { DetectInput } from './contract.ts';
import {
  upgradeCommand,
  none,
  refuse,
  type Detection,
  type DetectFacts,
  type RuleResult,
  type DetectDecision,
} from './detection.ts';

/** Rules in order, the first with a result wins: an unfinished upgrade, a requested target, a new version. */
export function decide(facts: DetectFacts, input: DetectInput): DetectDecision {
  const running = oldest(facts.nodes.map((node) => node.kubelet));
  if (running === undefined) return unreadable('The API server lists no nodes.');
  const must = unreadableState(facts) ?? unsupportedState(facts.nodes) ?? finishUnfinishedUpgrade(facts, input);
  const from = oldestPart(facts.nodes) ?? running;
  const result = must ?? requestedUpgrade(facts, from, input) ?? newestUpgrade(facts, from, input);
  const left = must === undefined ? finishUpgradeRecords(facts, input) : undefined;
  const detection = (verdict: Verdict): Detection => detectionOf(verdict, running, facts, input);
  if ('ask' in result)
    return left !== undefined && 'verdict' in left ? { ...result, otherwise: detection(left) } : result;
  const best = left !== undefined && !('verdict' in result && result.verdict === 'upgrade') ? left : result;
  return 'verdict' in best ? detection(best) : best;
}

type Verdict = Extract<RuleResult, { readonly verdict: unknown }>;

function detectionOf(of: Verdict, running: KubeVersion, facts: DetectFacts, input: DetectInput): Detection {
  const { nodes, nowMs, rolesUnknown } = facts;
  const result = refuseMinorWithoutRoles(of, rolesUnknown);
  const target = 'target' in result ? result.target : undefined;
  const end = endOfLife(running);
  const past = pastEndOfLife(running, new Date(nowMs).toISOString().slice(0, 10));
  return {
    verdict: result.verdict,
    target,
    kind: 'kind' in result ? result.kind : 'none',
    running,
    endOfLife: end.known ? end.value : undefined,
    reason: [result.because, ...skewedComponentLines({ nodes, input, target }), rolesUnknown, past]
      .filter((sentence) => sentence !== undefined)
      .join(' '),
  };
}

/** A minor moves every control-plane node, and nothing shows which nodes these are. A patch leaves no version skew behind. */
const refuseMinorWithoutRoles = (result: Verdict, rolesUnknown: string | undefined): Verdict =>
  rolesUnknown !== undefined && result.verdict === 'upgrade' && result.kind === 'minor'
    ? {
        verdict: 'refused',
        because: `${result.because} A minor upgrade begins only when the control-plane nodes are known.`,
      }
    : result;

/** An operator chose the target. The policies for patches and minors do not apply; version skew and excluded releases do. */
function requestedUpgrade(facts: DetectFacts, running: KubeVersion, input: DetectInput): RuleResult | undefined {
  const { requestedTarget: target } = input;
  const { nodes } = facts;
  if (target === undefined) return undefined;
  const tag = kubeTag(target);
  if (nodes.every((node) => atVersion(node, target))) return none(`Every node is at ${tag}.`);
  const hop = judgeHop(running, target);
  if (!hop.allowed) return refuse(hop.because);
  if (!nodes.some((node) => needsUpgrade(node, target))) return none(`Every node is at ${tag} or ahead of it.`);
  const blocked = blockReasonOf(target, input);
  if (blocked !== undefined) return refuse(`${tag} was asked for. ${blocked.because} ${blocked.remedy}`);
  const isPatch = formatMinor(target) === formatMinor(running);
  const offer = isPatch ? offerOfRunningMinor(facts, running, input) : offerOfNextMinor(facts, running);
  if (!('releases' in offer)) return offer;
  if (versionsIn(offer).some((version) => sameVersion(version, target)))
    return hopTo(target, nodes, `${tag} was asked for.`);
  return refuse(`${tag} was asked for and is not offered by ${offer.by}, which offers ${formatOffer(offer)}.`);
}

/** A newer patch wins over the next minor, which is not even asked for then. */
function newestUpgrade(facts: DetectFacts, running: KubeVersion, input: DetectInput): RuleResult {
  const patches = offerOfRunningMinor(facts, running, input);
  if (!('releases' in patches)) return patches;
  const patch = choosePatch(running, versionsIn(patches), input, facts);
  if (patch.kind !== 'nothing') return resultOf(patch, facts, '');
  if (patch.final) return none(patch.because);
  const offer = input.minorPolicy === 'off' ? { releases: [], by: '' } : offerOfNextMinor(facts, running);
  if (!('releases' in offer)) return offer;
  const minor = chooseMinor(running, versionsIn(offer), input, facts);
  return resultOf(minor, facts, `${patch.because} `);
}

function resultOf(choice: Choice, { nodes }: DetectFacts, before: string): RuleResult {
  switch (choice.kind) {
    case 'date':
      return { ask: 'date', of: choice.of };
    case 'nothing':
      return none(`${before}${choice.because}`);
    case 'take':
      return hopTo(choice.target, nodes, `${before}${choice.because}`);
    case 'hold': {
      const { target, because } = choice;
      const hop = hopTo(target, nodes, `${before}${because} To approve: ${upgradeCommand(formatKubeVersion(target))}`);
      return 'verdict' in hop && hop.verdict === 'upgrade' ? { ...hop, verdict: 'held' } : hop;
    }
  }
}
