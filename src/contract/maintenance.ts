import type { Maintenance } from '../run/maintenance-window.ts';
import { object } from '../settings/kit.ts';
import { maintenance as settings } from '../settings/maintenance.ts';
import { derived, jsonOf, type SettingParam } from './from-settings.ts';

const { timezone, windows, freezes } = settings.members;

/** When a node may begin. */
export const maintenance: SettingParam<Maintenance> = derived(
  jsonOf<Maintenance>(object({ timezone, windows, freezes }), {
    doc: 'When a node may begin: time zone, windows (none: always), freezes.',
    example:
      '{"timezone":"Europe/Berlin","windows":[{"days":["mon"],"start":"23:00","end":"06:00"}],"freezes":[{"from":"2026-12-20","to":"2027-01-04","reason":"holidays"}]}',
  }),
  ({ maintenance: { timezone, windows, freezes } }) => ({ timezone, windows, freezes }),
);
