import { submitCommand } from '../../upgrade/operation.ts';
import type { KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { UnreadableNode } from '../../upgrade/node/readings.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import type { OfferedRelease } from '../../upgrade/kubernetes/package-list.ts';
import type { Unreadable } from '../../upgrade/reading.ts';
import type { ReleaseDates } from '../../upgrade/kubernetes/version-choice.ts';
import type { HopKind } from '../../upgrade/kubernetes/version-skew.ts';

/** A version and the source that offers it. */
export interface Offer {
  /** The source, as part of a sentence: `the package source of cp1`. */
  readonly by: string;
  readonly releases: readonly OfferedRelease[];
}

/** What is known so far. An absent value was not asked for yet. */
export interface DetectFacts {
  /** Nodes that can be read and are not left out. */
  readonly nodes: readonly ClusterNode[];
  readonly unreadable?: readonly UnreadableNode[];
  /** Why nothing shows whether some of these are control-plane nodes, as a sentence. */
  readonly rolesUnknown?: string | undefined;
  readonly nowMs: number;
  /** Deployments that an earlier run left at 0 replicas, as `namespace/name`. */
  readonly heldDeployments?: readonly string[];
  /** What apt offers on the first control-plane node. */
  readonly onNode?: Offer;
  /** What the repository offers of the running minor. */
  readonly inRepository?: Offer;
  /** What the repository offers of the next minor. No release: the minor is not released. */
  readonly nextMinor?: Offer;
  readonly dates: ReleaseDates;
}

/** What the decision needs to know next. */
export type Question =
  | { readonly ask: 'node' }
  | { readonly ask: 'repository'; readonly minor: string }
  | { readonly ask: 'next minor'; readonly minor: string; readonly running: string }
  | { readonly ask: 'date'; readonly of: KubeVersion };

export interface Detection {
  /** `held`: there is an upgrade, which an operator must approve. */
  readonly verdict: 'upgrade' | 'none' | 'held' | 'refused';
  readonly target: KubeVersion | undefined;
  readonly kind: HopKind | 'none';
  readonly running: KubeVersion;
  /** `YYYY-MM-DD`. */
  readonly endOfLife: string | undefined;
  readonly reason: string;
}

/** `otherwise`: the verdict when the question has no answer. */
export type DetectDecision = Detection | (Question & { readonly otherwise?: Detection }) | Unreadable;

/** Result of one rule. `decide` adds what is common to all rules. */
export type RuleResult =
  | {
      readonly verdict: 'upgrade' | 'held';
      readonly target: KubeVersion;
      readonly kind: HopKind;
      readonly because: string;
    }
  | { readonly verdict: 'none' | 'refused'; readonly because: string }
  | Question
  | Unreadable;

export const none = (because: string): RuleResult => ({ verdict: 'none', because });
export const refuse = (because: string): RuleResult => ({ verdict: 'refused', because });

/** Returns the command with which an operator requests a version. */
export const upgradeCommand = (target: string): string => submitCommand('upgrade', `target=${target}`);
