import { quoted } from '../../text/bounded.ts';

/** A VolumeAttachment of a node. */
export interface AttachedVolume {
  /** Name of the PersistentVolume, or of the VolumeAttachment when it names none. */
  readonly name: string;
  /** `namespace/name` of the claim that the volume is bound to. */
  readonly claim: string | undefined;
  /** Name of the VolumeAttachment. */
  readonly attachment: string;
  /** Name of the CSI driver that attaches and detaches it. */
  readonly driver: string;
  /** The VolumeAttachment names a PersistentVolume that does not exist. */
  readonly volumeGone: boolean;
  /** No CSIDriver and no CSINode names the driver. */
  readonly driverGone: boolean;
  /** The error that the driver reported for the last failed detachment. */
  readonly detachError: string | undefined;
}

/**
 * Returns why no controller can detach the volume any more; undefined when its driver may do so. The external attacher
 * needs the PersistentVolume to detach: https://github.com/kubernetes-csi/external-attacher/issues/235
 */
export function whyNeverDetached({ volumeGone, driverGone, driver }: AttachedVolume): string | undefined {
  if (volumeGone) return 'its PersistentVolume is gone';
  return driverGone ? `no CSIDriver and no CSINode names its driver ${quoted(driver)}` : undefined;
}

/** Returns `Volume pv-1 (shop/data)`. */
export const volumeName = ({ name, claim }: AttachedVolume): string =>
  `Volume ${name}${claim === undefined ? '' : ` (${claim})`}`;

/** Returns the driver's last error, and the command that shows more. */
export function howAttached({ attachment, detachError }: AttachedVolume): string {
  const said = detachError === undefined ? '' : `Its driver says: ${quoted(detachError)} `;
  return `${said}See: kubectl describe volumeattachment ${attachment}`;
}

/** Returns how to remove an attachment that no controller detaches. */
export const removal = ({ attachment }: AttachedVolume): string =>
  `Once the storage system shows the volume as detached, remove the attachment: kubectl patch volumeattachment ${attachment} --type=json -p '[{"op":"remove","path":"/metadata/finalizers"}]'; kubectl delete volumeattachment ${attachment} --ignore-not-found`;
