import type { ApiServerHealth, ApiServersPort, NamesPort } from '../../../src/steps/ports/health.ts';
import { known, notKnown, type Reading } from '../../../src/upgrade/reading.ts';

/** API servers that are well. */
export class FakeApiServers implements ApiServersPort {
  answer: Reading<readonly ApiServerHealth[]> = known([{ server: '10.0.0.1:6443', trouble: [] }]);

  async health(): Promise<Reading<readonly ApiServerHealth[]>> {
    return this.answer;
  }
}

export class FakeNames implements NamesPort {
  readonly addresses = new Map<string, readonly string[]>([['kubernetes.default.svc', ['10.96.0.1']]]);
  /** Every name that was asked for. */
  readonly asked: string[] = [];

  async resolve(name: string): Promise<Reading<readonly string[]>> {
    this.asked.push(name);
    const found = this.addresses.get(name);
    return found === undefined ? notKnown(`getaddrinfo ENOTFOUND ${name}`) : known(found);
  }
}
