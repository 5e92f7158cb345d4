import { IMAGE } from '../../../kit/cluster.ts';
import { apply, kubectl, remove } from '../../../kit/commands.ts';
import { WAIT, whenPodRuns } from '../../../kit/workloads.ts';
import type { Quirk } from './quirk.ts';

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: true;
}

const pod = (node: string, name: string, owner?: Owner): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', ...(owner && { ownerReferences: [owner] }) },
  spec: {
    nodeName: node,
    terminationGracePeriodSeconds: 1,
    // The scheduler would place it on a cordoned node, as a daemon.
    tolerations: owner === undefined ? [] : [{ operator: 'Exists' }],
    containers: [{ name: 'main', image: IMAGE, imagePullPolicy: 'IfNotPresent', command: WAIT }],
  },
});

/** A pod without a controller: a drain ends it for good. */
export const barePod = (node: string, name: string): Quirk => ({
  what: `default/${name} on ${node} is a pod without a controller`,
  make: async () => {
    await apply(pod(node, name));
    await whenPodRuns('default', name);
  },
  undo: () => remove('pod', name, '-n', 'default'),
});

/** The object of a volume that is attached to a node, and whose PersistentVolume is gone. */
export const attachmentWithoutVolume = (node: string): Quirk => ({
  what: `a VolumeAttachment of ${node} names the PersistentVolume pvc-gone, which is gone`,
  make: () =>
    apply({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name: 'csi-gone' },
      spec: { attacher: 'csi.lab.invalid', nodeName: node, source: { persistentVolumeName: 'pvc-gone' } },
    }),
  undo: () => remove('volumeattachment', 'csi-gone'),
});

const POLICY = 'no-evictions';

/** A policy of the API server denies every eviction in the namespace default. */
export const policyAgainstEvictions: Quirk = {
  what: `the ValidatingAdmissionPolicy ${POLICY} denies evictions in the namespace default`,
  make: async () => {
    const metadata = { name: POLICY };
    const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods/eviction'] };
    const matchConstraints = { resourceRules: [rule] };
    const validations = [{ expression: 'false', message: 'no evictions before the release' }];
    const selector = { matchLabels: { 'kubernetes.io/metadata.name': 'default' } };
    const group = 'admissionregistration.k8s.io/v1';
    await apply(
      {
        apiVersion: group,
        kind: 'ValidatingAdmissionPolicy',
        metadata,
        spec: { failurePolicy: 'Fail', matchConstraints, validations },
      },
      {
        apiVersion: group,
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata,
        spec: { policyName: POLICY, validationActions: ['Deny'], matchResources: { namespaceSelector: selector } },
      },
    );
  },
  undo: () => remove('validatingadmissionpolicybinding,validatingadmissionpolicy', POLICY),
};

const CRD = 'daemonsets.apps.lab.invalid';
const API = { apiVersion: 'apps.lab.invalid/v1', kind: 'DaemonSet' };

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: CRD },
  spec: {
    group: 'apps.lab.invalid',
    scope: 'Namespaced',
    names: { kind: 'DaemonSet', plural: 'daemonsets', singular: 'daemonset', listKind: 'DaemonSetList' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};

/** A daemon of another API group than apps, as OpenKruise has them. */
export const foreignDaemon = (node: string): Quirk => ({
  what: `default/foreign-daemon on ${node} belongs to a DaemonSet of the API group apps.lab.invalid`,
  make: async () => {
    await apply(definition);
    await kubectl('wait', '--for=condition=Established', `crd/${CRD}`, '--timeout=60s');
    const name = 'foreign';
    await apply({ ...API, metadata: { name, namespace: 'default' } });
    const uid = await kubectl('get', CRD, name, '-n', 'default', '-o', 'jsonpath={.metadata.uid}');
    await apply(pod(node, 'foreign-daemon', { ...API, name, uid, controller: true }));
    await whenPodRuns('default', 'foreign-daemon');
  },
  undo: async () => {
    await remove('pod', 'foreign-daemon', '-n', 'default');
    await remove('crd', CRD);
  },
});
