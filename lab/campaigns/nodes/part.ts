import { bringUp, type Shape } from '../../kit/bring-up.ts';
import type { Part as CampaignPart } from '../../kit/parts.ts';
import { SETTINGS } from './settings.ts';

/** A part of the campaign, on a new cluster of its own. */
export interface Part extends Omit<CampaignPart, 'bringUp'> {
  readonly shape: Shape;
  /** Further keys of the product's Secret. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export const onItsOwnCluster = ({ shape, secrets = {}, ...rest }: Part): CampaignPart => ({
  ...rest,
  bringUp: () => bringUp(shape, SETTINGS, secrets),
});
