import { objectName } from '../../text/object-name.ts';
import { howAttached, removal, volumeName, whyNeverDetached } from '../../upgrade/drain/attached-volume.ts';
import { quoted } from '../../text/bounded.ts';
import type { PlacedVolume } from '../ports/rehearsal.ts';
import type { RehearseInput } from './contract.ts';
import { claimNames, podsToEvict, nodesToDrain, type DrainCheckResult, type ClusterState } from './cluster-state.ts';

/** Volumes that a drain could not detach from a node. */
export function judgeVolumes(state: ClusterState, input: RehearseInput): DrainCheckResult {
  const attached = state.attachments.filter(({ node }) => nodesToDrain(input).includes(node));
  return {
    problems: attached.flatMap((volume) => missingDriverProblems(volume, state, input)),
    warnings: attached.flatMap((volume) => staysAttachedWarning(volume, state)),
  };
}

/** Without its driver the kubelet cannot unmount the volume, so the pod would never terminate. */
function missingDriverProblems(volume: PlacedVolume, state: ClusterState, input: RehearseInput): string[] {
  const { node, claim, driver, driverGone } = volume;
  if (!driverGone || claim === undefined) return [];
  return podsToEvict(node, state, input)
    .filter((pod) => claimNames(pod).includes(claim))
    .map(
      (pod) =>
        `${objectName(pod)} on ${node} uses ${volumeName(volume)} of the CSI driver ${quoted(driver)}, which no CSIDriver and no CSINode names: the volume could be neither unmounted there nor attached elsewhere. Install the driver again.`,
    );
}

function staysAttachedWarning(volume: PlacedVolume, { podsOn }: ClusterState): string[] {
  const { node, claim } = volume;
  const isUsed = claim !== undefined && (podsOn.get(node) ?? []).some((pod) => claimNames(pod).includes(claim));
  if (isUsed) return [];
  const never = whyNeverDetached(volume);
  if (never !== undefined)
    return [
      `${volumeName(volume)} stays attached to ${node}: ${never}. The drain does not wait for it. ${removal(volume)}`,
    ];
  if (claim === undefined) return [];
  return [
    `${volumeName(volume)} is attached to ${node}, and no pod there uses it: the drain waits until it is detached. ${howAttached(volume)}`,
  ];
}
