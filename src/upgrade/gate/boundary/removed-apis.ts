import { finding, type Finding } from '../finding.ts';
import { formatMinor, type KubeVersion } from '../../kubernetes/kube-version.ts';
import type { Reading } from '../../reading.ts';
import { READ_ON, tryParseMinor, type Minor, type Source } from '../../kubernetes/releases.ts';
import { pull } from './boundary.ts';

/** The newest Kubernetes minor whose removals were reviewed. Raise it only together with the rows. */
export const REMOVED_APIS_REVIEWED_UP_TO: Minor = '1.37';

/** An API version that a minor removes. */
interface RemovedApi {
  readonly removedIn: Minor;
  readonly group: string;
  readonly version: string;
  readonly resources: readonly string[];
  /** Group and version to use instead; absent without a replacement. */
  readonly replacement?: string;
  /** What else to do, as a whole sentence. */
  readonly note?: string;
  readonly source: Source;
}

const GUIDE: Source = { url: 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/', date: READ_ON };
const PLUTO: Source = { url: 'https://github.com/FairwindsOps/pluto/blob/dd5ec8c/versions.yaml', date: READ_ON };

type Row = readonly [group: string, version: string, resources: string, replacement?: string];

const removed = (removedIn: Minor, source: Source, ...rows: readonly Row[]): RemovedApi[] =>
  rows.map(([group, version, resources, replacement]) => ({
    removedIn,
    group,
    version,
    resources: resources.split(' '),
    source,
    ...(replacement === undefined ? {} : { replacement }),
  }));

export const REMOVED_APIS: readonly RemovedApi[] = [
  ...removed(
    '1.22',
    GUIDE,
    [
      ...(['admissionregistration.k8s.io', 'v1beta1'] as const),
      'mutatingwebhookconfigurations validatingwebhookconfigurations',
      'admissionregistration.k8s.io/v1',
    ],
    ['apiextensions.k8s.io', 'v1beta1', 'customresourcedefinitions', 'apiextensions.k8s.io/v1'],
    ['apiregistration.k8s.io', 'v1beta1', 'apiservices', 'apiregistration.k8s.io/v1'],
    ['authentication.k8s.io', 'v1beta1', 'tokenreviews', 'authentication.k8s.io/v1'],
    [
      ...(['authorization.k8s.io', 'v1beta1'] as const),
      'localsubjectaccessreviews selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews',
      'authorization.k8s.io/v1',
    ],
    ['certificates.k8s.io', 'v1beta1', 'certificatesigningrequests', 'certificates.k8s.io/v1'],
    ['coordination.k8s.io', 'v1beta1', 'leases', 'coordination.k8s.io/v1'],
    ['extensions', 'v1beta1', 'ingresses', 'networking.k8s.io/v1'],
    ['networking.k8s.io', 'v1beta1', 'ingresses ingressclasses', 'networking.k8s.io/v1'],
    [
      ...(['rbac.authorization.k8s.io', 'v1alpha1'] as const),
      'clusterroles clusterrolebindings roles rolebindings',
      'rbac.authorization.k8s.io/v1',
    ],
    [
      ...(['rbac.authorization.k8s.io', 'v1beta1'] as const),
      'clusterroles clusterrolebindings roles rolebindings',
      'rbac.authorization.k8s.io/v1',
    ],
    ['scheduling.k8s.io', 'v1beta1', 'priorityclasses', 'scheduling.k8s.io/v1'],
    ['storage.k8s.io', 'v1beta1', 'csidrivers csinodes storageclasses volumeattachments', 'storage.k8s.io/v1'],
  ),
  ...removed(
    '1.25',
    GUIDE,
    ['autoscaling', 'v2beta1', 'horizontalpodautoscalers', 'autoscaling/v2'],
    ['batch', 'v1beta1', 'cronjobs', 'batch/v1'],
    ['discovery.k8s.io', 'v1beta1', 'endpointslices', 'discovery.k8s.io/v1'],
    ['events.k8s.io', 'v1beta1', 'events', 'events.k8s.io/v1'],
    ['node.k8s.io', 'v1beta1', 'runtimeclasses', 'node.k8s.io/v1'],
    ['policy', 'v1beta1', 'poddisruptionbudgets', 'policy/v1'],
    // Pod Security Admission replaces it, which is not an API.
    ['policy', 'v1beta1', 'podsecuritypolicies'],
  ),
  ...removed(
    '1.26',
    GUIDE,
    ['autoscaling', 'v2beta2', 'horizontalpodautoscalers', 'autoscaling/v2'],
    [
      ...(['flowcontrol.apiserver.k8s.io', 'v1beta1'] as const),
      'flowschemas prioritylevelconfigurations',
      'flowcontrol.apiserver.k8s.io/v1beta3',
    ],
  ),
  ...removed('1.27', GUIDE, ['storage.k8s.io', 'v1beta1', 'csistoragecapacities', 'storage.k8s.io/v1']),
  ...removed('1.29', GUIDE, [
    ...(['flowcontrol.apiserver.k8s.io', 'v1beta2'] as const),
    'flowschemas prioritylevelconfigurations',
    'flowcontrol.apiserver.k8s.io/v1',
  ]),
  ...removed('1.29', pull(121229), ['networking.k8s.io', 'v1alpha1', 'clustercidrs']),
  ...removed('1.32', GUIDE, [
    ...(['flowcontrol.apiserver.k8s.io', 'v1beta3'] as const),
    'flowschemas prioritylevelconfigurations',
    'flowcontrol.apiserver.k8s.io/v1',
  ]),
  ...removed('1.32', pull(128003), ['resource.k8s.io', 'v1alpha3', 'podschedulingcontexts']),
  ...removed('1.33', PLUTO, [
    ...(['admissionregistration.k8s.io', 'v1alpha1'] as const),
    'validatingadmissionpolicies validatingadmissionpolicybindings',
    'admissionregistration.k8s.io/v1',
  ]),
  ...removed('1.34', PLUTO, [
    ...(['resource.k8s.io', 'v1alpha3', 'deviceclasses resourceclaims resourceclaimtemplates resourceslices'] as const),
    'resource.k8s.io/v1',
  ]),
  {
    removedIn: '1.35',
    group: 'storagemigration.k8s.io',
    version: 'v1alpha1',
    resources: ['storageversionmigrations'],
    source: pull(134784),
    note: 'Delete its objects before the upgrade.',
  },
  ...removed('1.35', pull(134625), ['storage.k8s.io', 'v1alpha1', 'volumeattributesclasses', 'storage.k8s.io/v1']),
  ...removed('1.36', pull(136976), ['scheduling.k8s.io', 'v1alpha1', 'workloads']),
  {
    removedIn: '1.37',
    group: 'scheduling.k8s.io',
    version: 'v1alpha2',
    resources: ['workloads', 'podgroups'],
    source: pull(138572),
    note: 'Delete its objects before the upgrade.',
  },
];

/** One series of `apiserver_requested_deprecated_apis`, as an API server reports it. */
export interface DeprecatedApiSeries {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** Empty for the resource itself. */
  readonly subresource: string;
  /** Such as `1.37`; empty while no removal is planned. */
  readonly removedRelease: string;
}

/**
 * An API server whose uptime is shorter than the look-back. An API server loses its request counters when it starts.
 */
export interface YoungApiServer {
  readonly server: string;
  /** Whole hours. */
  readonly upHours: number;
  readonly neededHours: number;
}

/** Only more uptime helps, so the run waits for it. */
export const judgeMemory = (young: readonly YoungApiServer[]): Finding[] =>
  young.map(({ server, upHours, neededHours }) =>
    finding('removed-apis-forgotten', 'waiting', `API server ${server}`, {
      found: `an uptime of ${upHours} h; earlier requests are not counted`,
      needed: `an uptime of ${neededHours} h, so that daily requests are counted`,
      remedy:
        'Wait, query Prometheus instead (compatibility.deprecatedApis.source), or set a shorter compatibility.deprecatedApis.lookbackHours.',
    }),
  );

/** Returns a finding for each API that is in use now and removed at the target. */
export function judgeRemovedApis(series: Reading<readonly DeprecatedApiSeries[]>, target: KubeVersion): Finding[] {
  const minor = formatMinor(target);
  if (!series.known) return [unknown('removed APIs', `no answer: ${series.reason}`)];
  return series.value.flatMap((api): Finding[] => {
    if (api.removedRelease === '') return [];
    const release = tryParseMinor(api.removedRelease);
    if (release === undefined) return [unknown(nameOf(api), `removed_release "${api.removedRelease}"`)];
    if (release > target.minor) return [];
    const row = REMOVED_APIS.find((each) => isAbout(each, api));
    return [
      finding('removed-api', 'actionable', nameOf(api), {
        found: `requests for it, which Kubernetes ${api.removedRelease} removes`,
        needed: `no client that asks for it before Kubernetes ${minor}`,
        remedy: remedyFor(row),
        source: row?.source ?? GUIDE,
      }),
    ];
  });
}

const isAbout = (row: RemovedApi, { group, version, resource }: DeprecatedApiSeries): boolean =>
  row.group === group && row.version === version && row.resources.includes(resource);

function remedyFor(row: RemovedApi | undefined): string {
  const use = row?.replacement === undefined ? '' : ` Use ${row.replacement}.`;
  const note = row?.note === undefined ? '' : ` ${row.note}`;
  return `Find the client (audit annotation k8s.io/deprecated, manifests, Helm releases) and move it.${use}${note}`;
}

const nameOf = ({ group, version, resource, subresource }: DeprecatedApiSeries): string =>
  `${group === '' ? '' : `${group}/`}${version} ${resource}${subresource === '' ? '' : `/${subresource}`}`;

const unknown = (subject: string, found: string): Finding =>
  finding('removed-apis-unknown', 'unknown', subject, {
    found,
    needed: 'apiserver_requested_deprecated_apis, with the release that removes each API',
    remedy:
      'Without this metric, clients of removed APIs are unknown. Restore Prometheus, or let the gate read /metrics of the API servers.',
  });
