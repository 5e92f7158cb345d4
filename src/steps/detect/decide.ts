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
import { apartLines } from './skewed-components.ts';
import { finishUpgradeRecords, finishWhatWasBegun } from './unfinished-upgrade.ts';
import { listOf, offerOfNextMinor, offerOfRunningMinor, versionsIn } from './offers.ts';
import { hopTo, oldestPart, unreadableState, unsupportedState } from './skew.ts';
import {
  byHand,
  none,
  refuse,
  type Detection,
  type DetectFacts,
  type DetectWish,
  type Opinion,
  type Thought,
} from './detection.ts';

/** Rules in order, the first with an opinion wins: what was begun, what was asked for, what is new. */
export function decide(facts: DetectFacts, wish: DetectWish): Thought {
  const running = oldest(facts.nodes.map((node) => node.kubelet));
  if (running === undefined) return unreadable('The API server lists no nodes.');
  const must = unreadableState(facts) ?? unsupportedState(facts.nodes) ?? finishWhatWasBegun(facts, wish);
  const from = oldestPart(facts.nodes) ?? running;
  const opinion = must ?? whatWasAsked(facts, from, wish) ?? whatIsNew(facts, from, wish);
  const left = must === undefined ? finishUpgradeRecords(facts, wish) : undefined;
  const detection = (verdict: Verdict): Detection => detectionOf(verdict, running, facts, wish);
  if ('ask' in opinion)
    return left !== undefined && 'verdict' in left ? { ...opinion, otherwise: detection(left) } : opinion;
  const best = left !== undefined && !('verdict' in opinion && opinion.verdict === 'upgrade') ? left : opinion;
  return 'verdict' in best ? detection(best) : best;
}

type Verdict = Extract<Opinion, { readonly verdict: unknown }>;

function detectionOf(of: Verdict, running: KubeVersion, facts: DetectFacts, wish: DetectWish): Detection {
  const { nodes, nowMs, rolesUnknown } = facts;
  const opinion = unlessMinor(of, rolesUnknown);
  const target = 'target' in opinion ? opinion.target : undefined;
  const end = endOfLife(running);
  const past = pastEndOfLife(running, new Date(nowMs).toISOString().slice(0, 10));
  return {
    verdict: opinion.verdict,
    target,
    kind: 'kind' in opinion ? opinion.kind : 'none',
    running,
    endOfLife: end.known ? end.value : undefined,
    reason: [opinion.because, ...apartLines(nodes, wish, target), rolesUnknown, past]
      .filter((sentence) => sentence !== undefined)
      .join(' '),
  };
}

/** A minor moves every control-plane node, and nothing shows which nodes these are. A patch leaves no version skew behind. */
const unlessMinor = (opinion: Verdict, rolesUnknown: string | undefined): Verdict =>
  rolesUnknown !== undefined && opinion.verdict === 'upgrade' && opinion.kind === 'minor'
    ? {
        verdict: 'refused',
        because: `${opinion.because} A minor upgrade begins only when the control-plane nodes are known.`,
      }
    : opinion;

/** An operator chose the target. The policies for patches and minors do not apply; version skew and excluded releases do. */
function whatWasAsked(facts: DetectFacts, running: KubeVersion, wish: DetectWish): Opinion | undefined {
  const { requestedTarget: target } = wish;
  const { nodes } = facts;
  if (target === undefined) return undefined;
  const tag = kubeTag(target);
  if (nodes.every((node) => atVersion(node, target))) return none(`Every node is at ${tag}.`);
  const hop = judgeHop(running, target);
  if (!hop.allowed) return refuse(hop.because);
  if (!nodes.some((node) => needsUpgrade(node, target))) return none(`Every node is at ${tag} or ahead of it.`);
  const bar = blockReasonOf(target, wish);
  if (bar !== undefined) return refuse(`${tag} was asked for. ${bar.because} ${bar.remedy}`);
  const isPatch = formatMinor(target) === formatMinor(running);
  const offer = isPatch ? offerOfRunningMinor(facts, running, wish) : offerOfNextMinor(facts, running);
  if (!('releases' in offer)) return offer;
  if (versionsIn(offer).some((version) => sameVersion(version, target)))
    return hopTo(target, nodes, `${tag} was asked for.`);
  return refuse(`${tag} was asked for and is not offered by ${offer.by}, which offers ${listOf(offer)}.`);
}

/** A newer patch wins over the next minor, which is not even asked for then. */
function whatIsNew(facts: DetectFacts, running: KubeVersion, wish: DetectWish): Opinion {
  const patches = offerOfRunningMinor(facts, running, wish);
  if (!('releases' in patches)) return patches;
  const patch = choosePatch(running, versionsIn(patches), wish, facts);
  if (patch.kind !== 'nothing') return opinionOf(patch, facts, '');
  if (patch.final) return none(patch.because);
  const offer = wish.minorPolicy === 'off' ? { releases: [], by: '' } : offerOfNextMinor(facts, running);
  if (!('releases' in offer)) return offer;
  const minor = chooseMinor(running, versionsIn(offer), wish, facts);
  return opinionOf(minor, facts, `${patch.because} `);
}

function opinionOf(choice: Choice, { nodes }: DetectFacts, before: string): Opinion {
  switch (choice.kind) {
    case 'date':
      return { ask: 'date', of: choice.of };
    case 'nothing':
      return none(`${before}${choice.because}`);
    case 'take':
      return hopTo(choice.target, nodes, `${before}${choice.because}`);
    case 'hold': {
      const { target, because } = choice;
      const hop = hopTo(target, nodes, `${before}${because} To approve: ${byHand(formatKubeVersion(target))}`);
      return 'verdict' in hop && hop.verdict === 'upgrade' ? { ...hop, verdict: 'held' } : hop;
    }
  }
}
