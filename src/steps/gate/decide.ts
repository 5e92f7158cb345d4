import { ADDONS, REVIEWED_UP_TO as ADDONS_REVIEWED_UP_TO } from '../../upgrade/gate/addons/index.ts';
import type { Addon } from '../../upgrade/gate/addons/addon.ts';
import { judgeAddons } from '../../upgrade/gate/addons/judge.ts';
import { mergeAddons } from '../../upgrade/gate/addons/merge.ts';
import { CONTAINERD_REVIEWED_UP_TO, judgeRuntime } from '../../upgrade/gate/boundary/containerd.ts';
import { REVIEWED_UP_TO as BOUNDARIES_REVIEWED_UP_TO, tryBoundary } from '../../upgrade/gate/boundary/index.ts';
import { judgeBoundary } from '../../upgrade/gate/boundary/judge.ts';
import {
  judgeMemory,
  judgeRemovedApis,
  REMOVED_APIS_REVIEWED_UP_TO,
} from '../../upgrade/gate/boundary/removed-apis.ts';
import { asWarning, finding, sortFindings, type Finding } from '../../upgrade/gate/finding.ts';
import { gateError, verdictOf, type Verdict } from '../../upgrade/gate/verdict.ts';
import { formatMinor, oldest, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { parseMinor, type Minor } from '../../upgrade/kubernetes/releases.ts';
import { judgeHop } from '../../upgrade/kubernetes/version-skew.ts';
import type { GateInput } from './contract.ts';
import type { GateFacts, GateNode } from './facts.ts';
import { judgeSkew } from './skew.ts';

export interface GateDecision {
  readonly verdict: Verdict;
  /** In the order in which a person reads them. */
  readonly findings: readonly Finding[];
}

/** The whole compat gate. `catalogue` is another than the shipped one only in tests. */
export function decide(facts: GateFacts, input: GateInput, catalogue: readonly Addon[] = ADDONS): GateDecision {
  const findings = sortFindings([...judgeSkew(facts, input.target), ...judgeMinorJump(facts, input, catalogue)]);
  return { verdict: verdictOf(findings), findings };
}

/** An error of the gate itself is a finding too, so that it blocks the upgrade. */
export function brokenGate(because: string): GateDecision {
  const findings = [gateError(because)];
  return { verdict: verdictOf(findings), findings };
}

/** No findings for a patch, because the running cluster is the proof. None for an upgrade that the skew policy refuses. */
function judgeMinorJump(facts: GateFacts, input: GateInput, catalogue: readonly Addon[]): Finding[] {
  const { target } = input;
  const running = jumpsFrom(facts.nodes, target);
  if (running === undefined) return [];
  const boundary = tryBoundary(target);
  // A half-finished upgrade is worse than an incompatible addon or client.
  const inTheWay = isBegun(facts, target) ? asWarning : (each: Finding): Finding => each;
  return [
    ...addonFindings(facts, input, running, catalogue).map(inTheWay),
    ...removedApiFindings(facts, target).map(inTheWay),
    ...reviewed(BOUNDARIES_REVIEWED_UP_TO, 'src/upgrade/gate/boundary/index.ts', target, boundary !== undefined),
    ...(boundary === undefined ? [] : judgeBoundary(boundary, facts, target)),
    ...reviewed(CONTAINERD_REVIEWED_UP_TO, 'src/upgrade/gate/boundary/containerd.ts', target),
    ...judgeRuntime(facts.nodes, target, input.untestedRuntime),
  ];
}

/** The running version when the target is its next minor; undefined when there is nothing but skew to judge. */
export function jumpsFrom(nodes: readonly Pick<GateNode, 'kubelet'>[], target: KubeVersion): KubeVersion | undefined {
  const running = oldest(nodes.map((node) => node.kubelet));
  if (running === undefined) return undefined;
  const hop = judgeHop(running, target);
  return hop.allowed && hop.kind === 'minor' ? running : undefined;
}

/** A control-plane node is at the target minor: this is a run that is being finished. */
const isBegun = ({ apiServers }: GateFacts, target: KubeVersion): boolean =>
  apiServers.known && apiServers.value.some(({ version }) => version.minor === target.minor);

function addonFindings(
  facts: GateFacts,
  input: GateInput,
  running: KubeVersion,
  catalogue: readonly Addon[],
): Finding[] {
  const { addons, problems } = mergeAddons(catalogue, input.addons);
  return [
    ...reviewed(ADDONS_REVIEWED_UP_TO, 'src/upgrade/gate/addons/index.ts', input.target),
    ...problems.map(settingsProblem),
    ...judgeAddons(addons, facts.workloads, { running, target: input.target }, input.untestedAddons),
  ];
}

const removedApiFindings = (facts: GateFacts, target: KubeVersion): Finding[] => [
  ...reviewed(REMOVED_APIS_REVIEWED_UP_TO, 'src/upgrade/gate/boundary/removed-apis.ts', target),
  ...judgeRemovedApis(facts.deprecatedApis, target),
  ...judgeMemory(facts.youngApiServers),
];

const settingsProblem = (problem: string): Finding =>
  finding('addon-settings', 'unknown', "the cluster's settings", {
    found: problem.replace(/\.$/, ''),
    needed: 'addon settings that the gate can read',
    remedy: 'No addon setting was applied. Correct them in clusters/<name>.yaml.',
  });

/** On hold, not blocked: the operator can only wait for the review, or do it. */
function reviewed(upTo: Minor, file: string, target: KubeVersion, hasRow = true): Finding[] {
  if (target.minor <= parseMinor(upTo) && hasRow) return [];
  const minor = formatMinor(target);
  return [
    finding('table-not-reviewed', 'waiting', file, {
      found: `a table that was reviewed up to Kubernetes ${upTo}${hasRow || target.minor > parseMinor(upTo) ? '' : ` and has no row for ${minor}`}`,
      needed: `a review for Kubernetes ${minor}`,
      remedy: `Review ${file} for ${minor}, add its rows with their sources, and only then raise the minor at its head.`,
    }),
  ];
}
