import { quoted } from '../../text/bounded.ts';

/** A VolumeAttachment of a node. */
export interface AttachedVolume {
  /** Name of the PersistentVolume; of the VolumeAttachment where it names none. */
  readonly name: string;
  /** `namespace/name` of the claim that the volume is bound to. */
  readonly claim: string | undefined;
  /** Name of the VolumeAttachment. */
  readonly attachment: string;
  /** Name of the CSI driver that attaches and detaches it. */
  readonly driver: string;
  /** It names a PersistentVolume that does not exist. */
  readonly volumeGone: boolean;
  /** No CSIDriver and no CSINode names the driver. */
  readonly driverGone: boolean;
  /** What the driver reported when a detachment failed. */
  readonly detachError: string | undefined;
}

/**
 * Why nobody detaches the volume any more; undefined when its driver may do so. The external attacher needs the
 * PersistentVolume to detach: https://github.com/kubernetes-csi/external-attacher/issues/235
 */
export function whyNeverDetached({ volumeGone, driverGone, driver }: AttachedVolume): string | undefined {
  if (volumeGone) return 'its PersistentVolume is gone';
  return driverGone ? `no CSIDriver and no CSINode names its driver ${quoted(driver)}` : undefined;
}

/** `Volume pv-1 (shop/data)`. */
export const volumeName = ({ name, claim }: AttachedVolume): string =>
  `Volume ${name}${claim === undefined ? '' : ` (${claim})`}`;

/** What the driver said last, and the command that shows more. */
export function howAttached({ attachment, detachError }: AttachedVolume): string {
  const said = detachError === undefined ? '' : `Its driver says: ${quoted(detachError)} `;
  return `${said}See: kubectl describe volumeattachment ${attachment}`;
}

/** How to remove an attachment that nobody detaches. */
export const removal = ({ attachment }: AttachedVolume): string =>
  `Once the storage system shows the volume as detached, remove the attachment: kubectl patch volumeattachment ${attachment} --type=json -p '[{"op":"remove","path":"/metadata/finalizers"}]'; kubectl delete volumeattachment ${attachment} --ignore-not-found`;
