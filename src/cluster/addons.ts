import type { AddonSetting } from '../upgrade/gate/addons/merge.ts';
import type { ClusterSettings } from '../settings/cluster.ts';

type Written = ClusterSettings['compatibility']['addons'][number];

/** As the gate reads it: that there is no matrix is a value of the matrix there, and a setting of its own in the file. */
export const toAddonSetting = ({ noMatrix, ...addon }: Written): AddonSetting =>
  noMatrix === true ? { ...addon, matrix: 'none-published' } : addon;
