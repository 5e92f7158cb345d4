import type * as client from '@kubernetes/client-node';
import { unexpected } from '../../runtime/step-error.ts';

/** A resource of the Kubernetes API, whose objects are a `T`. */
export interface Resource<T extends object> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** As a path and RBAC write it. */
  readonly plural: string;
  /** Never set: it ties `T` to the resource. */
  readonly object?: T;
}

/** An object, or all objects of a namespace, or of the cluster. */
export interface Place {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/** What JSON makes of a `T`: a time is text. */
type Wire<T> = T extends Date ? string : T extends object ? { [K in keyof T]: Wire<T[K]> } : T;

export type CoreV1Event = Wire<client.CoreV1Event>;
export type V1ConfigMap = Wire<client.V1ConfigMap>;
export type V1CronJob = Wire<client.V1CronJob>;
export type V1CSINode = Wire<client.V1CSINode>;
export type V1DaemonSet = Wire<client.V1DaemonSet>;
export type V1Deployment = Wire<client.V1Deployment>;
export type V1EndpointSlice = Wire<client.V1EndpointSlice>;
export type V1Job = Wire<client.V1Job>;
export type V1Lease = Wire<client.V1Lease>;
export type V1Namespace = Wire<client.V1Namespace>;
export type V1Node = Wire<client.V1Node>;
export type V1PersistentVolume = Wire<client.V1PersistentVolume>;
export type V1Pod = Wire<client.V1Pod>;
export type V1PodDisruptionBudget = Wire<client.V1PodDisruptionBudget>;
export type V1PodSpec = Wire<client.V1PodSpec>;
export type V1PodTemplateSpec = Wire<client.V1PodTemplateSpec>;
export type V1SubjectAccessReview = Wire<client.V1SubjectAccessReview>;
export type V1Taint = Wire<client.V1Taint>;
export type V1ValidatingAdmissionPolicy = Wire<client.V1ValidatingAdmissionPolicy>;
type V1ValidatingAdmissionPolicyBinding = Wire<client.V1ValidatingAdmissionPolicyBinding>;
export type V1WebhookConfiguration = Wire<
  client.V1ValidatingWebhookConfiguration | client.V1MutatingWebhookConfiguration
>;
export type V1VolumeAttachment = Wire<client.V1VolumeAttachment>;

const inGroup =
  (group: string) =>
  <T extends object>(plural: string): Resource<T> => ({ group, version: 'v1', plural });

const core = inGroup('');
export const CONFIG_MAPS = core<V1ConfigMap>('configmaps');
export const EVENTS = core<CoreV1Event>('events');
export const NAMESPACES = core<V1Namespace>('namespaces');
export const NODES = core<V1Node>('nodes');
export const PERSISTENT_VOLUMES = core<V1PersistentVolume>('persistentvolumes');
export const PODS = core<V1Pod>('pods');
export const SECRETS = core<Wire<client.V1Secret>>('secrets');

const apps = inGroup('apps');
export const DAEMON_SETS = apps<V1DaemonSet>('daemonsets');
export const DEPLOYMENTS = apps<V1Deployment>('deployments');
export const STATEFUL_SETS = apps<Wire<client.V1StatefulSet>>('statefulsets');

const batch = inGroup('batch');
export const CRON_JOBS = batch<V1CronJob>('cronjobs');
export const JOBS = batch<V1Job>('jobs');

const storage = inGroup('storage.k8s.io');
export const CSI_DRIVERS = storage<Wire<client.V1CSIDriver>>('csidrivers');
export const CSI_NODES = storage<V1CSINode>('csinodes');
export const VOLUME_ATTACHMENTS = storage<V1VolumeAttachment>('volumeattachments');

const admission = inGroup('admissionregistration.k8s.io');
export const POLICIES = admission<V1ValidatingAdmissionPolicy>('validatingadmissionpolicies');
export const POLICY_BINDINGS = admission<V1ValidatingAdmissionPolicyBinding>('validatingadmissionpolicybindings');
export const MUTATING_WEBHOOKS = admission<V1WebhookConfiguration>('mutatingwebhookconfigurations');
export const VALIDATING_WEBHOOKS = admission<V1WebhookConfiguration>('validatingwebhookconfigurations');

export const ACCESS_REVIEWS = inGroup('authorization.k8s.io')<V1SubjectAccessReview>('subjectaccessreviews');
export const BUDGETS = inGroup('policy')<V1PodDisruptionBudget>('poddisruptionbudgets');
export const ENDPOINT_SLICES = inGroup('discovery.k8s.io')<V1EndpointSlice>('endpointslices');
export const LEASES = inGroup('coordination.k8s.io')<V1Lease>('leases');

/** The path of an object, or of the list without a name. Throws `Bug` when a name would lead to another path. */
export function pathOf({ group, version, plural }: Resource<object>, place: Place): string {
  const { namespace, name, subresource } = place;
  const segments = [
    ...(group === '' ? ['api', version] : ['apis', group, version]),
    ...(namespace === undefined ? [] : ['namespaces', namespace]),
    plural,
    ...(name === undefined ? [] : [name]),
    ...(subresource === undefined ? [] : [subresource]),
  ];
  return segments.map((segment) => `/${encoded(segment)}`).join('');
}

/** An empty segment would turn an object into a list, and a URL resolves `.` and `..`. */
function encoded(segment: string): string {
  if (['', '.', '..'].includes(segment)) throw unexpected(`saw "${segment}", expected the name of an object`);
  return encodeURIComponent(segment);
}

/** A resource or an object for messages. The namespace of the run is left out of the name of an object. */
export function titleOf({ group, plural }: Resource<object>, place: Place, ownNamespace: string): string {
  const { namespace, name, subresource } = place;
  const kinds = group === '' ? plural : `${plural}.${group}`;
  if (name === undefined) return namespace === undefined ? kinds : `${kinds} in ${namespace}`;
  const object = namespace === undefined || namespace === ownNamespace ? name : `${namespace}/${name}`;
  return subresource === undefined ? `${plural.slice(0, -1)} ${object}` : `${plural}/${subresource} of ${object}`;
}

/** Milliseconds since 1970; undefined for a time that is left out, null or no time. */
export function timeMs(text: string | null | undefined): number | undefined {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}
