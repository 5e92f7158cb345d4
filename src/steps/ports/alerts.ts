import type { Alert, AlertScope } from '../../signals/alert-gate.ts';
import type { Reading } from '../../upgrade/reading.ts';

/** Whoever knows which alerts fire. Never throws for a fault of the world: an answer that is not whole is no answer. */
export interface Alerts {
  /** Those that fire at this moment, in no order; pending, silenced and inhibited ones left out where they are known. */
  firing(): Promise<Reading<readonly Alert[]>>;
}

/** Whom to ask, undefined when nobody is; and which alerts count. */
export interface AlertSight {
  readonly alerts: Alerts | undefined;
  readonly scope: AlertScope;
}
