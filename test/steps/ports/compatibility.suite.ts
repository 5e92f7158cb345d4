import { expect } from 'chai';
import type { Compatibility, DeprecatedApis } from '../../../src/steps/ports/compatibility.ts';
import type { DeprecatedApiSeries } from '../../../src/upgrade/gate/boundary/removed-apis.ts';
import type { Reading } from '../../../src/upgrade/reading.ts';

export const valueOf = <T>(reading: Reading<T>): T => {
  if (!reading.known) throw new Error(reading.reason);
  return reading.value;
};

export interface CompatibilityWorld {
  readonly compatibility: Compatibility;
  readonly namespace: string;
  /** In that namespace; nothing of it has to run. */
  addWorkload(kind: string, name: string, images: { readonly init: string; readonly main: string }): Promise<void>;
  end(): Promise<void>;
}

export function describeCompatibility(name: string, make: () => Promise<CompatibilityWorld>): void {
  describe(`Compatibility: ${name}`, () => {
    let world: CompatibilityWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    for (const kind of ['Deployment', 'DaemonSet', 'StatefulSet'])
      it(`shows a ${kind} with the images of its containers, those that come first included`, async () => {
        const images = { init: 'example.org/a/prepare:v1', main: 'example.org/a/serve:v2.3.4@sha256:0123' };
        await world.addWorkload(kind, 'thing', images);
        const { namespace } = world;
        const ours = valueOf(await world.compatibility.workloads()).filter((each) => each.namespace === namespace);
        expect(ours).to.deep.equal([{ kind, namespace, name: 'thing', images: [images.init, images.main] }]);
      });
  });
}

export interface DeprecatedApisWorld {
  readonly deprecatedApis: DeprecatedApis;
  /** Some client asks for these, on every API server. */
  ask(...series: readonly DeprecatedApiSeries[]): Promise<void>;
  end(): Promise<void>;
}

const PSP: DeprecatedApiSeries = {
  ...{ group: 'policy', version: 'v1beta1', resource: 'podsecuritypolicies', subresource: '' },
  removedRelease: '1.25',
};
const ODD: DeprecatedApiSeries = {
  ...{ group: 'a.example.org', version: 'v1', resource: 'things', subresource: 'status', removedRelease: '1.99' },
};
const CORE: DeprecatedApiSeries = {
  ...{ group: '', version: 'v1', resource: 'componentstatuses', subresource: '', removedRelease: '' },
};

/** A source that sees two API servers. */
export function describeDeprecatedApis(name: string, make: () => Promise<DeprecatedApisWorld>): void {
  describe(`DeprecatedApis: ${name}`, () => {
    let world: DeprecatedApisWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    it('knows that nobody asks, and of how many API servers it knows that', async () => {
      expect(await world.deprecatedApis.inUse()).to.deep.equal({
        known: true,
        value: { series: [], apiServers: 2, young: [] },
      });
    });

    it('names each API that is asked for once, however many servers are asked', async () => {
      await world.ask(PSP, CORE, ODD);
      const { series } = valueOf(await world.deprecatedApis.inUse());
      expect(series).to.have.length(3);
      expect(series).to.have.deep.members([PSP, CORE, ODD]);
    });
  });
}
