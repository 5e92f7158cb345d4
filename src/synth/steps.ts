import { APPROVAL, type PlanVerdict } from '../run/approval.ts';
import type { KubeVersion } from '../upgrade/kubernetes/kube-version.ts';
import type { Verdict } from '../upgrade/gate/verdict.ts';
import { admit } from '../steps/admit/contract.ts';
import { begin } from '../steps/begin/contract.ts';
import { detect } from '../steps/detect/contract.ts';
import { drain } from '../steps/drain/contract.ts';
import { finish } from '../steps/finish/contract.ts';
import { gate } from '../steps/gate/contract.ts';
import { inventory } from '../steps/inventory/contract.ts';
import { plan } from '../steps/plan/contract.ts';
import { postflight } from '../steps/postflight/contract.ts';
import { preflight } from '../steps/preflight/contract.ts';
import { prepare } from '../steps/prepare/contract.ts';
import { rehearse } from '../steps/rehearse/contract.ts';
import { snapshot } from '../steps/snapshot/contract.ts';
import { upgradeNode } from '../steps/upgrade-node/contract.ts';
import { verifyNode } from '../steps/verify-node/contract.ts';
import { asksForApproval } from './approval.ts';
import { after, outputOf, type Call, type Control } from './argo/dag.ts';
import { equals, workflowField, workflowOutput, workflowParameter, type Arg } from './argo/ref.ts';
import { notOnTarget, type NodeKind } from './placement.ts';
import type { ClusterSettings } from './settings.ts';
import { stepTemplate } from './step-template.ts';

export const gateStep = (settings: ClusterSettings, as = 'gate', global: true | typeof ofSecondCheck = true) =>
  stepTemplate(gate, {
    settings,
    as,
    global,
  });

/**
 * Outputs of a second check have their own names. Argo sets a global output again whenever it passes the step that produced it.
 * With one name, the value of the first step could overwrite that of the second.
 */
const ofSecondCheck = (output: string): string => output.replace(/^[a-z]+/, '$&Again');

/** The names of the only nodes to do, as the operator typed them. */
const only: Arg<readonly string[]> = workflowParameter('nodes');

interface RunArguments {
  readonly only: Arg<readonly string[]>;
  readonly detectionDryRun: Arg<boolean>;
}
const FROM_PARAMETERS: RunArguments = { only, detectionDryRun: workflowParameter('detectionDryRun') };

const planTemplate = (settings: ClusterSettings, as: string, global: true | typeof ofSecondCheck = true) =>
  stepTemplate(plan, { settings, as, global, fixed: { only } });

export const rehearseStep = (settings: ClusterSettings) => stepTemplate(rehearse, { settings });

/** `images`: whether the images of the control plane are pulled before the first drain. */
export const prepareStep = (settings: ClusterSettings, images: ClusterSettings['prepare']['images']) =>
  stepTemplate(prepare, { settings, instead: { images } });

/** The steps of a whole run, with this cluster's settings. */
export function runSteps(settings: ClusterSettings, scope: 'all-nodes' | 'named-nodes', asked = FROM_PARAMETERS) {
  return {
    detect: stepTemplate(detect, {
      settings,
      global: true,
      fixed: { requestedTarget: workflowParameter('target') },
    }),
    plan: planTemplate(settings, 'plan'),
    planAgain: planTemplate(settings, 'plan-again', ofSecondCheck),
    gate: gateStep(settings),
    gateAgain: gateStep(settings, 'gate-again', ofSecondCheck),
    preflight: stepTemplate(preflight, { settings, global: true }),
    begin: stepTemplate(begin, { settings, global: true }),
    inventory: stepTemplate(inventory, { settings, fixed: { only, scope } }),
    rehearse: rehearseStep(settings),
    snapshot: stepTemplate(snapshot, { settings, global: true }),
    prepare: prepareStep(settings, settings.prepare.images),
    postflight: stepTemplate(postflight, { settings, global: true, fixed: { only } }),
    finish: stepTemplate(finish, {
      settings,
      fixed: {
        status: workflowField('status'),
        verdict: workflowOutput('verdict'),
        reason: workflowOutput('reason'),
        target: workflowOutput('target'),
        gateVerdict: workflowOutput('gateVerdict'),
        gateMessage: workflowOutput('gateMessage'),
        ...approvalOutcome(settings, asked),
        beginVerdict: asked.detectionDryRun === true ? undefined : workflowOutput('beginVerdict'),
        beginMessage: asked.detectionDryRun === true ? undefined : workflowOutput('beginMessage'),
        podsReady: asked.detectionDryRun === true ? undefined : workflowOutput('podsReady'),
        ...asked,
      },
    }),
  };
}

/** The outcome of the approval, where the settings ask for one. */
function approvalOutcome(settings: ClusterSettings, { detectionDryRun }: RunArguments) {
  const asks = detectionDryRun !== true && asksForApproval(settings);
  return {
    approval: asks ? workflowOutput<string | undefined>(APPROVAL) : undefined,
    planVerdict: asks ? workflowOutput<PlanVerdict | undefined>(ofSecondCheck('planVerdict')) : undefined,
    planDigest: asks ? workflowOutput<string | undefined>('planDigest') : undefined,
    planMessage: asks ? workflowOutput<string | undefined>(ofSecondCheck('planMessage')) : undefined,
    gateAgainVerdict: asks ? workflowOutput<Verdict | undefined>(ofSecondCheck('gateVerdict')) : undefined,
    gateAgainMessage: asks ? workflowOutput<string | undefined>(ofSecondCheck('gateMessage')) : undefined,
  };
}

/** How a node is worked on: an upgrade passes windows and alerts; what an operator takes back passes neither. */
export interface Direction {
  readonly direction: 'forward' | 'back';
  /** The only nodes that the run may touch, as the operator typed them. */
  readonly only: Arg<readonly string[]>;
}
const FORWARD: Direction = { direction: 'forward', only };

export const ANY_TIME = { maintenance: { timezone: 'UTC', windows: [], freezes: [] } };

/** The steps of one node. The kinds of nodes differ in where the pods run. */
export function nodeSteps(settings: ClusterSettings, kind: NodeKind, { direction, only } = FORWARD) {
  const placement = notOnTarget(kind, settings);
  // What an operator takes back waits for neither windows nor alerts.
  const isBack = direction === 'back';
  const requestedTarget = workflowParameter<KubeVersion | undefined>('target');
  return {
    admit: stepTemplate(admit, {
      settings,
      placement,
      as: `admit-${kind}`,
      probe: true,
      fixed: { direction, only, requestedTarget },
      instead: isBack ? { ...ANY_TIME, alertSource: 'off', alertWaitSeconds: 0 } : {},
    }),
    drain: stepTemplate(drain, { settings, placement, as: `drain-${kind}` }),
    upgrade: stepTemplate(upgradeNode, { settings, placement, as: `upgrade-${kind}`, fixed: { direction } }),
    verify: stepTemplate(verifyNode, {
      settings,
      placement,
      as: `verify-${kind}`,
      instead: isBack ? { alertSource: 'off', alertSilenceSeconds: 0 } : {},
    }),
  };
}

/** A task that follows `begin` and is skipped unless `begin` says `go`. */
export const afterBegin = (began: Call<(typeof begin)['outputs']>): Control => ({
  depends: after(began),
  when: equals(outputOf(began, 'beginVerdict'), 'go'),
});
