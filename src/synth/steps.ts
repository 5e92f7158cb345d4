import { APPROVAL, type PlanVerdict } from '../run/approval.ts';
import type { Verdict } from '../upgrade/gate/verdict.ts';
import {
  admit,
  begin,
  detect,
  drain,
  finish,
  gate,
  inventory,
  plan,
  postflight,
  preflight,
  prepare,
  rehearse,
  snapshot,
  upgradeNode,
  verifyNode,
} from '../steps/catalog.ts';
import { asksForApproval } from './approval.ts';
import { workflowOutput, workflowParameter, type Arg } from './argo/ref.ts';
import { awayFrom, type NodeKind } from './placement.ts';
import type { ClusterSettings } from './settings.ts';
import { cronJobOf } from './snapshot.ts';
import {
  alertPatience,
  alerts,
  beginning,
  besideKured,
  chat,
  compatibility,
  detection,
  ending,
  kured,
  maintenanceOf,
  metrics,
  order,
  packages,
  patience,
  pods,
  quiesce,
  ssh,
} from './step-settings.ts';
import { stepTemplate } from './step-template.ts';

/** Bounds that no operator needs to turn; the reason stands beside each. */
const INSTALL_SECONDS = 1500; // one package, after up to 600 s of waiting for a foreign apt lock
const PULL_IMAGES_SECONDS = 1800; // up to seven images of a control plane, on a slow line
const PREPARE_SECONDS = 3600; // all nodes, five at a time; another attempt goes on where this one ended
const API_PATIENCE_SECONDS = 900; // a single control-plane node may reboot

export const judgement = (settings: ClusterSettings, as = 'gate', global: true | typeof again = true) =>
  stepTemplate(gate, {
    settings,
    as,
    global,
    fixed: { ...ssh(settings), ...compatibility(settings) },
  });

/**
 * Outputs of a second check have their own names. Argo sets a global output again whenever it passes the step that produced it.
 * With one name, the value of the first step could overwrite that of the second.
 */
export const again = (output: string): string => output.replace(/^[a-z]+/, '$&Again');

/** The names of the only nodes to do, as the operator typed them. */
const only: Arg<readonly string[]> = workflowParameter('nodes');

export interface Asked {
  readonly only: Arg<readonly string[]>;
  readonly detectionDryRun: Arg<boolean>;
}
const AS_ASKED: Asked = { only, detectionDryRun: workflowParameter('detectionDryRun') };

const planTemplate = (settings: ClusterSettings, as: string, global: true | typeof again = true) =>
  stepTemplate(plan, {
    settings,
    as,
    global,
    fixed: {
      ...chat(settings),
      ...{ only, canaryNames: settings.workers.canary.names, canaryLabels: settings.workers.canary.labels },
      approvalMinutes: Math.floor(settings.policy.approvalSeconds / 60),
    },
  });

export const rehearseStep = (settings: ClusterSettings) =>
  stepTemplate(rehearse, {
    settings,
    fixed: { ...pods(settings), noRoom: settings.drain.noRoom, maxUnavailable: settings.workers.maxUnavailable },
  });

/** `images`: whether the images of the control plane are pulled before the first drain. */
export const prepareStep = (settings: ClusterSettings, images: ClusterSettings['prepare']['images']) =>
  stepTemplate(prepare, {
    settings,
    fixed: {
      ...ssh(settings),
      ...metrics(settings),
      ...packages(settings),
      images,
      ignorePreflightErrors: settings.kubeadm.ignorePreflightErrors,
      skipPhases: settings.kubeadm.skipPhases,
      minimumFreeRootMiB: settings.nodes.minimumFreeDisk.rootMiB,
      minimumFreeVarLibMiB: settings.nodes.minimumFreeDisk.varLibMiB,
      packagesTimeoutSeconds: INSTALL_SECONDS,
      imagesTimeoutSeconds: PULL_IMAGES_SECONDS,
      patienceSeconds: PREPARE_SECONDS,
    },
  });

/** The steps of a whole run, with this cluster's settings. */
export function runSteps(settings: ClusterSettings, scope: 'all-nodes' | 'named-nodes', asked = AS_ASKED) {
  return {
    detect: stepTemplate(detect, {
      settings,
      global: true,
      fixed: { ...detection(settings), ...metrics(settings), requestedTarget: workflowParameter('target') },
    }),
    plan: planTemplate(settings, 'plan'),
    planAgain: planTemplate(settings, 'plan-again', again),
    gate: judgement(settings),
    gateAgain: judgement(settings, 'gate-again', again),
    preflight: stepTemplate(preflight, {
      settings,
      global: true,
      fixed: {
        ...ssh(settings),
        ...alerts(settings),
        ...kured(settings),
        ...settings.preflight,
        restoreHook: settings.controlPlane.restoreHook,
        snapshotDirectory: settings.snapshot.mode === 'built-in' ? settings.snapshot.builtIn.directory : undefined,
        ignorePreflightErrors: settings.kubeadm.ignorePreflightErrors,
        kubeadmPatches: settings.kubeadm.patches,
      },
    }),
    begin: stepTemplate(begin, {
      settings,
      global: true,
      fixed: { ...beginning(settings), ...maintenanceOf(settings) },
    }),
    inventory: stepTemplate(inventory, { settings, fixed: { only, scope, ...order(settings) } }),
    rehearse: rehearseStep(settings),
    snapshot: stepTemplate(snapshot, {
      settings,
      global: true,
      fixed: {
        ...metrics(settings),
        cronJobNamespace: cronJobOf(settings)?.namespace ?? 'none',
        cronJobName: cronJobOf(settings)?.name ?? 'none',
        container: settings.snapshot.container,
        logPattern: settings.snapshot.logPattern,
        minimumBytes: settings.snapshot.minimumBytes,
        timeoutSeconds: settings.snapshot.timeoutSeconds,
      },
    }),
    prepare: prepareStep(settings, settings.prepare.images),
    postflight: stepTemplate(postflight, {
      settings,
      global: true,
      fixed: {
        ...metrics(settings),
        ...alerts(settings),
        ...settings.postflight,
        only,
        alertWaitSeconds: alertPatience(settings).waitSeconds,
      },
    }),
    finish: stepTemplate(finish, {
      settings,
      fixed: {
        ...ending(settings),
        errand: 'upgrade',
        result: undefined,
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

/** What became of the question whether to go on, where it is ever asked. */
function approvalOutcome(settings: ClusterSettings, { detectionDryRun }: Asked) {
  const asks = detectionDryRun !== true && asksForApproval(settings);
  return {
    approval: asks ? workflowOutput<string | undefined>(APPROVAL) : undefined,
    planVerdict: asks ? workflowOutput<PlanVerdict | undefined>(again('planVerdict')) : undefined,
    planDigest: asks ? workflowOutput<string | undefined>('planDigest') : undefined,
    planMessage: asks ? workflowOutput<string | undefined>(again('planMessage')) : undefined,
    gateAgainVerdict: asks ? workflowOutput<Verdict | undefined>(again('gateVerdict')) : undefined,
    gateAgainMessage: asks ? workflowOutput<string | undefined>(again('gateMessage')) : undefined,
  };
}

/** How a node is worked on: an upgrade passes windows and alerts; what an operator takes back passes neither. */
export interface Way {
  readonly direction: 'forward' | 'back';
  /** The only nodes that the run may touch, as the operator typed them. */
  readonly only: Arg<readonly string[]>;
}
const FORWARD: Way = { direction: 'forward', only };

export const ALWAYS = { maintenance: { timezone: 'UTC', windows: [], freezes: [] } };
const gates = (settings: ClusterSettings, { direction }: Way) =>
  direction === 'forward'
    ? { ...alerts(settings), ...maintenanceOf(settings), ...alertPatience(settings) }
    : { ...alerts(settings), ...ALWAYS, alertSource: 'off' as const, waitSeconds: 0, silenceSeconds: 0 };

/** The steps of one node. The kinds of nodes differ in where the pods run. */
export function nodeSteps(settings: ClusterSettings, kind: NodeKind, way = FORWARD) {
  const { maintenance, waitSeconds, silenceSeconds, ...alertsToPass } = gates(settings, way);
  const placement = awayFrom(kind, settings);
  const { kubeadm, nodes } = settings;
  const { readyTimeoutSeconds, soakSeconds, minimumFreeDisk } = nodes;
  return {
    admit: stepTemplate(admit, {
      settings,
      placement,
      as: `admit-${kind}`,
      probe: true,
      fixed: {
        ...metrics(settings),
        ...alertsToPass,
        ...way,
        maintenance,
        requestedTarget: workflowParameter('target'),
        assumedNodeSeconds: settings.maintenance.assumedNodeSeconds,
        alertWaitSeconds: waitSeconds,
        ...besideKured(settings),
      },
    }),
    drain: stepTemplate(drain, {
      settings,
      placement,
      as: `drain-${kind}`,
      fixed: { ...metrics(settings), ...besideKured(settings), ...pods(settings), ...patience(settings) },
    }),
    upgrade: stepTemplate(upgradeNode, {
      settings,
      placement,
      as: `upgrade-${kind}`,
      fixed: {
        ...ssh(settings),
        ...metrics(settings),
        ...packages(settings),
        ...besideKured(settings),
        direction: way.direction,
        ignorePreflightErrors: kubeadm.ignorePreflightErrors,
        skipPhases: kubeadm.skipPhases,
        kubeadmPatches: kubeadm.patches,
        packagesTimeoutSeconds: INSTALL_SECONDS,
        kubeadmTimeoutSeconds: kubeadm.timeoutSeconds,
        minimumFreeRootMiB: minimumFreeDisk.rootMiB,
        minimumFreeVarLibMiB: minimumFreeDisk.varLibMiB,
        containerdPackage: nodes.containerdPackage,
        containerdVersion: nodes.containerdVersion,
        ...quiesce(settings),
        restoreHook: settings.controlPlane.restoreHook,
        apiPatienceSeconds: API_PATIENCE_SECONDS,
      },
    }),
    verify: stepTemplate(verifyNode, {
      settings,
      placement,
      as: `verify-${kind}`,
      fixed: {
        ...metrics(settings),
        ...alertsToPass,
        ...{ readyTimeoutSeconds, soakSeconds },
        alertSilenceSeconds: silenceSeconds,
      },
    }),
  };
}
