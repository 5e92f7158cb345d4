import type { Alerts } from '../../../src/steps/ports/alerts.ts';
import type { Alert } from '../../../src/signals/alert-gate.ts';
import { known, notKnown, type Reading } from '../../../src/upgrade/reading.ts';

/** Alerts in memory. */
export class FakeAlerts implements Alerts {
  readonly #alerts: { readonly alert: Alert; readonly pending: boolean }[] = [];
  /** Why the answer is not known. */
  trouble: string | undefined;

  fire(name: string, labels: Readonly<Record<string, string>> = {}): void {
    this.#alerts.push({ alert: { name, labels: { alertname: name, ...labels } }, pending: false });
  }

  async firing(): Promise<Reading<readonly Alert[]>> {
    if (this.trouble !== undefined) return notKnown(this.trouble);
    return known(this.#alerts.filter(({ pending }) => !pending).map(({ alert }) => alert));
  }
}
