import { NOTHING, type Boundary } from './boundary.ts';

/** No flag, gate or plugin; the API versions that went are in removed-apis.ts. */
export const v1_29: Boundary = { ...NOTHING, target: '1.29' };
