import type { Gauges } from '../../../src/steps/ports/gauges.ts';
import {
  lastRunSamples,
  upgradeSamples,
  versionCheckSamples,
  type LastRun,
  type Sample,
  type UpgradeGauges,
  type VersionCheck,
} from '../../../src/signals/gauges.ts';

/** Remembers as a Pushgateway does, until it is told to forget. */
export class FakeGauges implements Gauges {
  #upgrade: readonly Sample[] = [];
  #versionCheck: readonly Sample[] = [];
  #lastRun: readonly Sample[] = [];

  async upgrade(values: UpgradeGauges): Promise<void> {
    const fresh = upgradeSamples(values);
    const kept = this.#upgrade.filter(({ gauge }) => !fresh.some((sample) => sample.gauge === gauge));
    this.#upgrade = [...kept, ...fresh];
  }

  async versionCheck(values: VersionCheck): Promise<void> {
    this.#versionCheck = versionCheckSamples(values);
  }

  async lastRun(values: LastRun): Promise<void> {
    this.#lastRun = lastRunSamples(values);
  }

  forget(): void {
    this.#upgrade = [];
    this.#lastRun = [];
    this.#versionCheck = [];
  }

  get samples(): readonly Sample[] {
    return [...this.#upgrade, ...this.#versionCheck, ...this.#lastRun];
  }

  /** The scraped text: `k8s_upgrade_failed 1`. */
  get lines(): readonly string[] {
    return this.samples.map(formatSample).sort();
  }
}

export function formatSample({ gauge, labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([name, text]) => `${name}="${text}"`);
  return `${gauge}${pairs.length === 0 ? '' : `{${pairs.sort().join(',')}}`} ${value}`;
}
