import { kubectl } from '../../../kit/commands.ts';
import { holdingLease } from '../../../kit/namespace.ts';
import { check } from '../../../kit/record.ts';
import type { Scenario } from '../../../kit/runner.ts';
import { attachmentWithoutVolume, barePod, foreignDaemon, policyAgainstEvictions } from './drain-quirks.ts';
import { withQuirks } from './quirk.ts';
import { checkStep, EVERY_NODE, REFUSED, step } from './steps.ts';

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
