import { toAddonSetting } from '../cluster/addons.ts';
import { workflowField } from './argo/ref.ts';
import { runnersOf } from './placement.ts';
import type { ClusterSettings } from './settings.ts';

// What of the settings several steps are told, by the inputs of src/contract/run-context.ts.

const REPOSITORY_SECONDS = 30; // one answer of the package repository
const REFRESH_SECONDS = 300; // one apt list, on a slow mirror
const HANDOVER_SECONDS = 120; // a step ends within a second of SIGTERM; its pod within the default grace of 30 s
const KURED_SECONDS = 300; // a reboot that has begun; the run holds the lock, so this is for `argo retry`
const SETTLE_SECONDS = 60; // for a step that still winds up when the exit handler begins

export const ssh = ({ ssh: { user, port, hostKeys, connectTimeoutSeconds } }: ClusterSettings) => ({
  sshUser: user,
  sshPort: port,
  sshHostKeys: hostKeys,
  sshConnectTimeoutSeconds: connectTimeoutSeconds,
});

export const metrics = ({ name, metrics }: ClusterSettings) => ({
  clusterName: name,
  pushgatewayUrl: metrics?.pushgatewayUrl,
});

export const chat = ({ name, notify: { slack, webhook, argoUiUrl } }: ClusterSettings) => ({
  ...{ clusterName: name, slack, webhook, argoUiUrl },
});

export const packages = ({ packages: { repository: url, sourceFile, keyringFile } }: ClusterSettings) => ({
  ...{ repository: url, sourceFile, keyringFile },
});

const repository = ({ packages: { repository: url, httpsProxy, noProxy } }: ClusterSettings) => ({
  ...{ repository: url, httpsProxy, noProxy },
  repositoryTimeoutSeconds: REPOSITORY_SECONDS,
});

export const compatibility = ({
  compatibility: { untested, addons, deprecatedApis },
  monitoring,
}: ClusterSettings) => ({
  addons: addons.map(toAddonSetting),
  untestedAddons: untested.addons,
  untestedRuntime: untested.runtime,
  deprecatedApisSource: deprecatedApis.source,
  lookbackHours: deprecatedApis.lookbackHours,
  prometheusUrl: monitoring?.prometheusUrl,
});

export const kured = ({ kured: { mode, daemonSet, lockAnnotation } }: ClusterSettings) => ({
  kuredDaemonSet: mode === 'off' ? undefined : daemonSet,
  kuredLockAnnotation: lockAnnotation,
});

/** What steps that scale Deployments, or look for those that are at 0, are told. */
export const quiesce = ({ controlPlane: { quiesce } }: ClusterSettings) => ({ quiesce });

export const besideKured = (settings: ClusterSettings) => ({
  ...kured(settings),
  kuredWaitSeconds: settings.kured.mode === 'off' ? 0 : KURED_SECONDS,
});

export const maintenanceOf = ({ maintenance: { timezone, windows, freezes } }: ClusterSettings) => ({
  maintenance: { timezone, windows, freezes },
});

export const order = (settings: ClusterSettings) => ({
  canaryNames: settings.workers.canary.names,
  canaryLabels: settings.workers.canary.labels,
  maxUnavailable: settings.workers.maxUnavailable,
  runners: runnersOf(settings),
});

export const pods = ({ drain: { deleteEmptyDirData, deleteUnmanagedPods, deleteDeadlocked } }: ClusterSettings) => ({
  ...{ deleteEmptyDirData, deleteUnmanagedPods, deleteDeadlocked },
});

export const patience = ({ drain: { timeoutSeconds, maximumSeconds, gracePeriodSeconds } }: ClusterSettings) => ({
  ...{ timeoutSeconds, maximumSeconds, gracePeriodSeconds },
});

export const alerts = ({ monitoring }: ClusterSettings) => {
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

/** How long a run that has begun waits for alerts to clear, and for an answer. 0 where no server is asked. */
export const alertPatience = ({ monitoring }: ClusterSettings) => {
  const { source = 'off', waitSeconds = 0, silenceSeconds = 0 } = monitoring?.alerts ?? {};
  return source === 'off' ? { waitSeconds: 0, silenceSeconds: 0 } : { waitSeconds, silenceSeconds };
};

export const detection = (settings: ClusterSettings) => ({
  ...ssh(settings),
  ...repository(settings),
  ...quiesce(settings),
  sourceFile: settings.packages.sourceFile,
  packageSource: settings.packages.source,
  patchPolicy: settings.policy.patch,
  minorPolicy: settings.policy.minor,
  skipVersions: settings.policy.skipVersions,
  minimumReleaseAgeDays: settings.policy.minimumReleaseAgeDays,
  packagesTimeoutSeconds: REFRESH_SECONDS,
});

/** What `begin` is told, whatever the run is for. */
export const beginning = (settings: ClusterSettings) => ({
  deleteUnmanagedPods: settings.drain.deleteUnmanagedPods,
  ...metrics(settings),
  ...alerts(settings),
  ...chat(settings),
  ...kured(settings),
  handoverSeconds: HANDOVER_SECONDS,
});

/** What `finish` is told, whatever the run was for. */
export const ending = (settings: ClusterSettings) => ({
  ...metrics(settings),
  ...chat(settings),
  ...kured(settings),
  ...quiesce(settings),
  status: workflowField<string>('status'),
  settleSeconds: SETTLE_SECONDS,
});
