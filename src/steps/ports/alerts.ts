import type { Alert, AlertScope } from '../../signals/alert-gate.ts';
import type { Reading } from '../../upgrade/reading.ts';

/** The server that knows the firing alerts. Never throws for a fault outside; an incomplete answer is not known. */
export interface Alerts {
  /** Those that fire at this moment, in no order; pending, silenced and inhibited ones left out where they are known. */
  firing(): Promise<Reading<readonly Alert[]>>;
}

/** The server to ask, undefined for none, and the alerts that count. */
export interface AlertSource {
  readonly alerts: Alerts | undefined;
  readonly scope: AlertScope;
}
