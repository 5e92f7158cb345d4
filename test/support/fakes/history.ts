import type { History } from '../../../src/steps/ports/history.ts';
import type { KeptRun } from '../../../src/run/history.ts';

export class FakeHistory implements History {
  readonly #kept = new Map<string, { readonly template: string; readonly run: KeptRun }>();

  keep(run: KeptRun, template = 'k8s-upgrade'): void {
    this.#kept.set(run.name, { template, run });
  }

  async runs(): Promise<readonly KeptRun[]> {
    const ours = [...this.#kept.values()].filter(({ template }) => template !== 'k8s-upgrade-report');
    return ours.map(({ run }) => run);
  }
}
