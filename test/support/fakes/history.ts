import type { History } from '../../../src/steps/ports/history.ts';
import type { KeptRun } from '../../../src/upgrade/run-history.ts';

export class FakeHistory implements History {
  readonly kept: KeptRun[] = [];

  async runs(): Promise<readonly KeptRun[]> {
    return this.kept;
  }
}
