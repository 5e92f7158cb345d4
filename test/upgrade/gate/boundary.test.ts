import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import type { Boundary, RemovedFlag } from '../../../src/upgrade/gate/boundary/boundary.ts';
import { BOUNDARIES, REVIEWED_UP_TO, tryBoundary } from '../../../src/upgrade/gate/boundary/index.ts';
import { parseKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import { parseMinor, type Source } from '../../../src/upgrade/kubernetes/releases.ts';

const sourcesOf = ({ flags, gates, admissionPlugins, kubeadmApis, etcd, cgroupV1 }: Boundary): Source[] => [
  ...[...flags, ...gates, ...admissionPlugins, ...kubeadmApis].map(({ source }) => source),
  ...(etcd === undefined ? [] : [etcd.source]),
  ...(cgroupV1 === undefined ? [] : [cgroupV1.source]),
];

describe('the boundary tables', () => {
  it('go up to the reviewed minor without a gap, one file each', () => {
    const minors = BOUNDARIES.map(({ target }) => parseMinor(target));
    expect(minors).to.deep.equal(minors.map((_, place) => (minors[0] ?? 0) + place));
    expect(minors.at(-1)).to.equal(parseMinor(REVIEWED_UP_TO));
    const files = readdirSync('src/upgrade/gate/boundary').filter((file) => file.startsWith('v1-'));
    expect(files).to.have.length(BOUNDARIES.length);
  });

  it('are looked up by the target minor', () => {
    expect(tryBoundary(parseKubeVersion('1.35.4'))?.target).to.equal('1.35');
    expect(tryBoundary(parseKubeVersion('1.24.1'))).to.equal(undefined);
    expect(tryBoundary(parseKubeVersion('1.38.0'))).to.equal(undefined);
    expect(tryBoundary(parseKubeVersion('2.35.0'))).to.equal(undefined);
  });

  for (const boundary of BOUNDARIES)
    it(`${boundary.target}: every row has a source with its date, and is there once`, () => {
      for (const { url, date } of sourcesOf(boundary)) {
        expect(url).to.match(/^https:\/\/[^ ]+$/);
        expect(date).to.match(/^\d{4}-\d{2}-\d{2}$/);
      }
      const flags = boundary.flags.map(({ component, flag }) => `${component} ${flag}`);
      const gates = boundary.gates.map(({ gate, of }) => `${of} ${gate}`);
      expect([...flags, ...gates]).to.deep.equal([...new Set([...flags, ...gates])]);
      for (const { flag } of boundary.flags) expect(flag).to.match(/^[a-z][a-z0-9-]*$/);
    });

  it('hold as many rows as were read', () => {
    const counts = BOUNDARIES.map(({ target, flags, gates, admissionPlugins, kubeadmApis }) => [
      ...[target, flags.length, gates.length, admissionPlugins.length, kubeadmApis.length],
    ]);
    expect(counts).to.deep.equal([
      ['1.25', 4, 4, 1, 0],
      ['1.26', 1, 1, 0, 0],
      ['1.27', 4, 12, 0, 0],
      ['1.28', 0, 12, 0, 0],
      ['1.29', 0, 0, 0, 0],
      ['1.30', 0, 8, 1, 0],
      ['1.31', 7, 6, 0, 0],
      ['1.32', 0, 15, 0, 0],
      ['1.33', 2, 11, 0, 0],
      ['1.34', 1, 3, 0, 0],
      ['1.35', 1, 4, 0, 0],
      ['1.36', 0, 5, 0, 0],
      ['1.37', 19, 31, 0, 1],
    ]);
  });

  it('do not compile with a row without a source', () => {
    // @ts-expect-error A row without a source is not a row.
    const row: RemovedFlag = { component: 'kubelet', flag: 'x' };
    expect(row.source).to.equal(undefined);
  });
});
