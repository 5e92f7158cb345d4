import { objectName } from '../../text/object-name.ts';
import { decide as decideDetection } from '../../steps/detect/decide.ts';
import { observe as observeDetection } from '../../steps/detect/observe.ts';
import { brokenGate, decide as decideGate } from '../../steps/gate/decide.ts';
import { observe as observeGate } from '../../steps/gate/observe.ts';
import type { gate as gateContract } from '../../steps/gate/contract.ts';
import type { preflight as preflightContract } from '../../steps/preflight/contract.ts';
import type { InputOf } from '../../contract/run-context.ts';
import { sha256 } from '../../steps/runtime/digest.ts';
import { failSafe } from '../../steps/runtime/fail-safe.ts';
import type { Tools } from '../../steps/runtime/run-step.ts';
import { settledReadings } from '../../steps/guards/node-readings.ts';
import { decide as decideInventory } from '../../steps/inventory/decide.ts';
import { decide as decidePreflight } from '../../steps/preflight/decide.ts';
import { observe as observePreflight } from '../../steps/preflight/observe.ts';
import { judge as judgeDrains, clusterStateOf } from '../../steps/rehearse/decide.ts';
import { observe as observeRehearsal } from '../../steps/rehearse/observe.ts';
import { podsToEvict, type RehearsalReadings } from '../../steps/rehearse/cluster-state.ts';
import type { RehearseInput } from '../../steps/rehearse/contract.ts';
import type { ClusterSettings } from '../../synth/settings.ts';
import { whyClosed } from '../../run/admission.ts';
import { estimateNode, estimateRun } from '../../run/estimate.ts';
import { verdictOf as gateVerdictOf } from '../../upgrade/gate/verdict.ts';
import { formatKubeVersion, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { buildPlan, canonicalPlan, type Plan, type PlannedNode } from '../../run/plan.ts';
import { known, notKnown, type Reading } from '../../upgrade/reading.ts';
import { FORMER_HOOK } from '../../upgrade/host/restore-hook.ts';
import { haltedBecause } from '../../run/stop.ts';
import type { HopKind } from '../../upgrade/kubernetes/version-skew.ts';
import { isUnchecked, withoutUnchecked } from './unchecked.ts';
import { PLAN_VERDICTS, type PlannedStep, type PlanReport, type UpgradeChecks } from './report.ts';
import { wordOf } from './text.ts';
import type { PlanInputs, PlanClients } from './clients.ts';

export interface PlanSources {
  readonly clients: PlanClients;
  readonly inputs: PlanInputs;
  readonly settings: ClusterSettings;
  readonly tools: Pick<Tools, 'log' | 'signal'>;
}

/** Runs `observe` and `decide` of the steps, one after the other, and never `act`. */
export async function collectPlan(sources: PlanSources): Promise<PlanReport> {
  const { clients, settings, tools } = sources;
  const { detect } = sources.inputs;
  const detection = await observeDetection(clients.detect, detect, (facts) => decideDetection(facts, detect));
  tools.log(`${wordOf(PLAN_VERDICTS.detect[detection.verdict])}: ${detection.reason}`);
  const { nodes, unreadable, excluded } = await settledReadings(clients.cluster);
  const { target, kind } = detection;
  const hop = kind === 'none' ? 'patch' : kind;
  const killSwitch = await clients.cluster.killSwitch();
  const { restoreHook } = settings.controlPlane;
  return {
    cluster: settings.name,
    nodes,
    unreadable,
    excluded,
    detection,
    maxUnavailable: settings.workers.maxUnavailable,
    restoreHook,
    formerHook: restoreHook === undefined ? await clients.preflight.restoreHook.script(FORMER_HOOK) : undefined,
    upgrade: target === undefined ? undefined : await checkUpgrade(sources, { nodes, target, hop }),
    closed: whyClosed(settings.maintenance, clients.preflight.clock.now()),
    halted: killSwitch === undefined ? undefined : haltedBecause(killSwitch),
  };
}

interface Goal {
  readonly nodes: readonly ClusterNode[];
  readonly target: KubeVersion;
  readonly hop: HopKind;
}

async function checkUpgrade(
  { clients, inputs, settings, tools }: PlanSources,
  { nodes, target, hop }: Goal,
): Promise<UpgradeChecks> {
  const at = formatKubeVersion(target);
  tools.log('Asking what the gate asks.');
  const gate = await judgeGate(clients, inputs.gate(at), target, tools);
  tools.log('Asking what preflight asks.');
  const preflight = await judgePreflight(clients, inputs.preflight(at), nodes, target);
  const order = inputs.inventory(at);
  const canary = { names: order.canaryNames, labels: order.canaryLabels };
  const codes = gate.findings.filter((finding) => !isUnchecked(finding)).map(({ code }) => code);
  const plan = buildPlan(nodes, { target, kind: hop, only: order.only, canary }, codes);
  const inventory = decideInventory(nodes, order);
  tools.log('Rehearsing the drains.');
  const readings = await observeRehearsal(clients.rehearsal);
  const input = rehearseInput(plan, inputs);
  const { problems, warnings } = judgeDrains(readings, input);
  const { assumedNodeSeconds } = settings.maintenance;
  const steps = plan.nodes.map((planned): PlannedStep => ({
    ...planned,
    estimate: estimateNode(planned.node, nodes, assumedNodeSeconds),
    drains: drainsOf(planned.node.name, readings, input),
  }));
  const secondsOf = (node: ClusterNode): number => estimateNode(node, nodes, assumedNodeSeconds).seconds;
  return {
    gate,
    preflight,
    steps,
    left: plan.left,
    orderProblems: 'problems' in inventory ? inventory.problems : [],
    drainProblems: steps.length === 0 ? [] : problems,
    drainWarnings: warnings,
    seconds: estimateRun(plan.nodes, secondsOf, order.maxUnavailable),
    digest: sha256(canonicalPlan(plan)),
  };
}

async function judgeGate(
  clients: PlanClients,
  inputs: InputOf<typeof gateContract>,
  target: KubeVersion,
  tools: Pick<Tools, 'log' | 'signal'>,
): Promise<UpgradeChecks['gate']> {
  const judge = async () => decideGate(await observeGate(clients.gate, target), { ...inputs, target });
  const findings = (await failSafe(judge, brokenGate, tools)).findings.map(withoutUnchecked);
  return { verdict: PLAN_VERDICTS.gate[gateVerdictOf(findings)], findings };
}

async function judgePreflight(
  clients: PlanClients,
  inputs: InputOf<typeof preflightContract>,
  nodes: readonly ClusterNode[],
  target: KubeVersion,
): Promise<UpgradeChecks['preflight']> {
  const before = await clients.preflight.kured.state();
  const facts = await observePreflight(clients.preflight, { nodes, before }, { ...inputs, target });
  const decision = decidePreflight(facts, { ...inputs, alerts: clients.alertScope });
  const findings = decision.findings.map(withoutUnchecked);
  if (decision.verdict === 'pause') return { ...decision, verdict: 'paused', findings };
  return { verdict: findings.every(({ class: kind }) => kind === 'warning') ? 'clear' : 'blocked', findings };
}

function rehearseInput(plan: Plan, inputs: PlanInputs): RehearseInput {
  const tasks = (isIt: (planned: PlannedNode) => boolean): string =>
    JSON.stringify(plan.nodes.filter(isIt).map(({ node: { name }, role }) => ({ name, role })));
  return inputs.rehearse({
    CONTROL_PLANES: tasks(({ turn }) => turn === 'control-plane'),
    WORKERS: tasks(({ turn }) => turn !== 'control-plane'),
  });
}

function drainsOf(node: string, readings: RehearsalReadings, input: RehearseInput): Reading<readonly string[]> {
  const state = clusterStateOf(readings);
  if (state === undefined) return notKnown('not every question about pods was answered');
  return known(podsToEvict(node, state, input).map(objectName).sort());
}
