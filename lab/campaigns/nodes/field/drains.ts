import { IMAGE } from '../../../kit/cluster.ts';
import { apply, kubectl, remove } from '../../../kit/commands.ts';
import { holdingLease } from '../../../kit/namespace.ts';
import { check } from '../../../kit/record.ts';
import type { Scenario } from '../../../kit/runner.ts';
import { WAIT, whenPodRuns } from '../../../kit/workloads.ts';
import { checkStep, EVERY_NODE, type Quirk, REFUSED, step, withQuirks } from './steps.ts';

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
const barePod = (node: string, name: string): Quirk => ({
  what: `default/${name} on ${node} is a pod without a controller`,
  make: async () => {
    await apply(pod(node, name));
    await whenPodRuns('default', name);
  },
  undo: () => remove('pod', name, '-n', 'default'),
});

/** The object of a volume that is attached to a node, and whose PersistentVolume is gone. */
const attachmentWithoutVolume = (node: string): Quirk => ({
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
const policyAgainstEvictions: Quirk = {
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
const foreignDaemon = (node: string): Quirk => ({
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

/** What stands on w1 while the drain check looks, and while the run of this part drains w1. */
export const ON_W1 = [barePod('w1', 'lone'), attachmentWithoutVolume('w1'), foreignDaemon('w1')];

export const BARE =
  'Nothing recreates these pods once they are evicted: default/lone on w1. With drain.deleteUnmanagedPods: false, a node with such a pod is not drained.';
export const ATTACHED =
  'Volume pvc-gone stays attached to w1: its PersistentVolume is gone. The drain does not wait for it. Once the storage system shows the volume as detached, remove the attachment: kubectl patch volumeattachment csi-gone --type=json -p \'[{"op":"remove","path":"/metadata/finalizers"}]\'; kubectl delete volumeattachment csi-gone --ignore-not-found';

const MAY_DENY =
  'ValidatingAdmissionPolicy no-evictions may deny the eviction of default/lone on w1. Each drain asks with a dry run before its cordon, and ends if the policy denies it.';
const DENIED =
  "default/lone: pods \"lone\" is forbidden: ValidatingAdmissionPolicy 'no-evictions' with binding 'no-evictions' denied request: no evictions before the release Exempt the ServiceAccount of this step in the policy, or change the policy: kubectl get validatingadmissionpolicy no-evictions -o yaml.";

/** Drains that never ended, and pods that nothing recreates. */
export const endlessDrains: Scenario = () =>
  withQuirks([...ON_W1, policyAgainstEvictions], async () => {
    checkStep('rehearse', await step('rehearse', EVERY_NODE), {
      says: [BARE, ATTACHED, MAY_DENY],
    });
    await holdingLease(async () => {
      const end = await step('drain', { NODE: 'w1' });
      checkStep('drain of w1', end, { exit: REFUSED, says: ['w1 could never be drained:', DENIED] });
    });
    const cordoned = await kubectl('get', 'node', 'w1', '-o', 'jsonpath={.spec.unschedulable}');
    check('… w1 is cordoned', 'no', cordoned === 'true' ? 'yes' : 'no');
  });
