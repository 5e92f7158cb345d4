import { toAddonSetting } from '../cluster/addons.ts';
import {
  admit,
  begin,
  detect,
  drain,
  finish,
  gate,
  inventory,
  postflight,
  preflight,
  prepare,
  rehearse,
  snapshot,
  upgradeNode,
  verifyNode,
} from '../steps/catalog.ts';
import { workflowField, workflowOutput, workflowParameter, type Arg } from './argo/ref.ts';
import { anywhere, forControlPlane, forWorker, type Placement } from './placement.ts';
import type { ClusterSettings } from './settings.ts';
import { cronJobOf } from './snapshot.ts';
import { stepTemplate } from './step-template.ts';

/** Bounds that no operator needs to turn; the reason stands beside each. */
const REPOSITORY_SECONDS = 30; // one answer of the package repository
const REFRESH_SECONDS = 300; // one apt list, on a slow mirror
const INSTALL_SECONDS = 1500; // one package, after up to 600 s of waiting for a foreign apt lock
const HANDOVER_SECONDS = 120; // a step ends within a second of SIGTERM; its pod within the default grace of 30 s
const SETTLE_SECONDS = 60;
const PULL_IMAGES_SECONDS = 1800; // up to seven images of a control plane, on a slow line
const PREPARE_SECONDS = 3600; // all nodes, five at a time; another attempt goes on where this one ended
const KURED_SECONDS = 300; // a reboot that has begun; the run holds the lock, so this is for `argo retry`
const API_PATIENCE_SECONDS = 900; // a single control-plane node may reboot

const ssh = ({ ssh: { user, port, hostKeys, connectTimeoutSeconds } }: ClusterSettings) => ({
  sshUser: user,
  sshPort: port,
  sshHostKeys: hostKeys,
  sshConnectTimeoutSeconds: connectTimeoutSeconds,
});

const metrics = ({ metrics }: ClusterSettings) => ({ pushgatewayUrl: metrics?.pushgatewayUrl });

const chat = ({ name, notify: { slack, webhookUrl, argoUiUrl } }: ClusterSettings) => ({
  ...{ clusterName: name, slack, chatUrl: webhookUrl, argoUiUrl },
});

const packages = ({ packages: { repository: url, sourceFile, keyringFile } }: ClusterSettings) => ({
  ...{ repository: url, sourceFile, keyringFile },
});

const repository = ({ packages: { repository: url, httpsProxy, noProxy } }: ClusterSettings) => ({
  ...{ repository: url, httpsProxy, noProxy },
  repositoryTimeoutSeconds: REPOSITORY_SECONDS,
});

const compatibility = ({ compatibility: { untested, addons, deprecatedApis }, monitoring }: ClusterSettings) => ({
  addons: addons.map(toAddonSetting),
  untestedAddons: untested.addons,
  untestedRuntime: untested.runtime,
  deprecatedApisSource: deprecatedApis.source,
  lookbackHours: deprecatedApis.lookbackHours,
  prometheusUrl: monitoring?.prometheusUrl,
});

const kured = ({ kured: { mode, daemonSet, lockAnnotation } }: ClusterSettings) => ({
  kuredDaemonSet: mode === 'off' ? undefined : daemonSet,
  kuredLockAnnotation: lockAnnotation,
});

const maintenanceOf = ({ maintenance: { timezone, windows, freezes } }: ClusterSettings) => ({
  maintenance: { timezone, windows, freezes },
});

const order = ({ workers: { maxUnavailable, canary } }: ClusterSettings) => ({
  canaryNames: canary.names,
  canaryLabels: canary.labels,
  maxUnavailable,
});

const pods = ({ drain: { deleteEmptyDirData, deleteUnmanagedPods, deleteDeadlocked } }: ClusterSettings) => ({
  ...{ deleteEmptyDirData, deleteUnmanagedPods, deleteDeadlocked },
});

const patience = ({ drain: { timeoutSeconds, maximumSeconds, gracePeriodSeconds } }: ClusterSettings) => ({
  ...{ timeoutSeconds, maximumSeconds, gracePeriodSeconds },
});

const alerts = ({ monitoring }: ClusterSettings) => {
  const {
    source = 'off',
    alertmanagerUrl,
    severities = [],
    ignore = [],
    gateLabel = 'upgrade_gate',
  } = monitoring?.alerts ?? {};
  return {
    alertSource: source,
    alertUrl: source === 'alertmanager' ? alertmanagerUrl : monitoring?.prometheusUrl,
    alertSeverities: severities,
    ignoredAlerts: ignore,
    alertGateLabel: gateLabel,
  };
};

/** How long a run that has begun waits for alerts to clear, and for an answer; not at all where nobody is asked. */
const alertPatience = ({ monitoring }: ClusterSettings) => {
  const { source = 'off', waitSeconds = 0, silenceSeconds = 0 } = monitoring?.alerts ?? {};
  return source === 'off' ? { waitSeconds: 0, silenceSeconds: 0 } : { waitSeconds, silenceSeconds };
};

/** The names of the only nodes to do, as the operator typed them. */
const only: Arg<readonly string[]> = workflowParameter('nodes');

/** The steps of a whole run, with this cluster's settings. */
export function runSteps(settings: ClusterSettings, scope: 'all-nodes' | 'named-nodes') {
  return {
    detect: stepTemplate(detect, {
      settings,
      placement: anywhere,
      global: true,
      fixed: {
        ...ssh(settings),
        ...metrics(settings),
        ...repository(settings),
        sourceFile: settings.packages.sourceFile,
        packageSource: settings.packages.source,
        requestedTarget: workflowParameter('target'),
        patchPolicy: settings.policy.patch,
        minorPolicy: settings.policy.minor,
        skipVersions: settings.policy.skipVersions,
        minimumReleaseAgeDays: settings.policy.minimumReleaseAgeDays,
        packagesTimeoutSeconds: REFRESH_SECONDS,
      },
    }),
    gate: stepTemplate(gate, {
      settings,
      placement: anywhere,
      global: true,
      fixed: { ...ssh(settings), ...compatibility(settings) },
    }),
    preflight: stepTemplate(preflight, {
      settings,
      placement: anywhere,
      global: true,
      fixed: {
        ...ssh(settings),
        ...alerts(settings),
        ...kured(settings),
        ...settings.preflight,
        ignorePreflightErrors: settings.kubeadm.ignorePreflightErrors,
      },
    }),
    begin: stepTemplate(begin, {
      settings,
      placement: anywhere,
      global: true,
      fixed: {
        ...metrics(settings),
        ...alerts(settings),
        ...chat(settings),
        ...kured(settings),
        ...maintenanceOf(settings),
        handoverSeconds: HANDOVER_SECONDS,
      },
    }),
    inventory: stepTemplate(inventory, { settings, placement: anywhere, fixed: { only, scope, ...order(settings) } }),
    rehearse: stepTemplate(rehearse, {
      settings,
      placement: anywhere,
      fixed: { ...pods(settings), noRoom: settings.drain.noRoom, maxUnavailable: settings.workers.maxUnavailable },
    }),
    snapshot: stepTemplate(snapshot, {
      settings,
      placement: anywhere,
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
    prepare: stepTemplate(prepare, {
      settings,
      placement: anywhere,
      fixed: {
        ...ssh(settings),
        ...metrics(settings),
        ...packages(settings),
        images: settings.prepare.images,
        ignorePreflightErrors: settings.kubeadm.ignorePreflightErrors,
        skipPhases: settings.kubeadm.skipPhases,
        minimumFreeRootMiB: settings.nodes.minimumFreeDisk.rootMiB,
        minimumFreeVarLibMiB: settings.nodes.minimumFreeDisk.varLibMiB,
        packagesTimeoutSeconds: INSTALL_SECONDS,
        imagesTimeoutSeconds: PULL_IMAGES_SECONDS,
        patienceSeconds: PREPARE_SECONDS,
      },
    }),
    postflight: stepTemplate(postflight, {
      settings,
      placement: anywhere,
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
      placement: anywhere,
      fixed: {
        ...metrics(settings),
        ...chat(settings),
        ...kured(settings),
        status: workflowField('status'),
        failures: workflowField('failures'),
        verdict: workflowOutput('verdict'),
        reason: workflowOutput('reason'),
        target: workflowOutput('target'),
        gateVerdict: workflowOutput('gateVerdict'),
        gateMessage: workflowOutput('gateMessage'),
        beginVerdict: workflowOutput('beginVerdict'),
        beginMessage: workflowOutput('beginMessage'),
        podsReady: workflowOutput('podsReady'),
        only,
        detectionDryRun: workflowParameter('detectionDryRun'),
        settleSeconds: SETTLE_SECONDS,
      },
    }),
  };
}

/** The steps of one node; control-plane nodes and workers differ in where the pods may run. */
export function nodeSteps(settings: ClusterSettings, kind: 'control-plane' | 'worker') {
  const placement: Placement = kind === 'worker' ? forWorker : forControlPlane;
  const { kubeadm, nodes, controlPlane } = settings;
  const { readyTimeoutSeconds, soakSeconds, minimumFreeDisk } = nodes;
  const { repository, sourceFile, keyringFile } = settings.packages;
  return {
    admit: stepTemplate(admit, {
      settings,
      placement,
      as: `admit-${kind}`,
      probe: true,
      fixed: {
        ...metrics(settings),
        ...alerts(settings),
        ...maintenanceOf(settings),
        assumedNodeSeconds: settings.maintenance.assumedNodeSeconds,
        alertWaitSeconds: alertPatience(settings).waitSeconds,
        ...kured(settings),
        kuredWaitSeconds: settings.kured.mode === 'off' ? 0 : KURED_SECONDS,
      },
    }),
    drain: stepTemplate(drain, {
      settings,
      placement,
      as: `drain-${kind}`,
      fixed: { ...metrics(settings), ...pods(settings), ...patience(settings) },
    }),
    upgrade: stepTemplate(upgradeNode, {
      settings,
      placement,
      as: `upgrade-${kind}`,
      fixed: {
        ...ssh(settings),
        ...metrics(settings),
        ...{ repository, sourceFile, keyringFile },
        ignorePreflightErrors: kubeadm.ignorePreflightErrors,
        skipPhases: kubeadm.skipPhases,
        packagesTimeoutSeconds: INSTALL_SECONDS,
        kubeadmTimeoutSeconds: kubeadm.timeoutSeconds,
        minimumFreeRootMiB: minimumFreeDisk.rootMiB,
        minimumFreeVarLibMiB: minimumFreeDisk.varLibMiB,
        containerdPackage: nodes.containerdPackage,
        quiesce: controlPlane.quiesce,
        apiPatienceSeconds: API_PATIENCE_SECONDS,
      },
    }),
    verify: stepTemplate(verifyNode, {
      settings,
      placement,
      as: `verify-${kind}`,
      fixed: {
        ...metrics(settings),
        ...alerts(settings),
        ...{ readyTimeoutSeconds, soakSeconds },
        alertSilenceSeconds: alertPatience(settings).silenceSeconds,
      },
    }),
  };
}
