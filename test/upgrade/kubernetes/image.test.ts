import { expect } from 'chai';
import type { Addon } from '../../../src/upgrade/gate/addons/addon.ts';
import {
  compareDotted,
  parseDotted,
  versionInTag,
  COMMON_TAG,
} from '../../../src/upgrade/kubernetes/dotted-version.ts';
import { sightings } from '../../../src/upgrade/gate/addons/find.ts';
import { endsWithPath, parseImage } from '../../../src/upgrade/kubernetes/image.ts';
import { ADDONS } from '../../../src/upgrade/gate/addons/index.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('an image', () => {
  const TABLE: readonly [text: string, repository: string, tag: string | undefined, digest: string | undefined][] = [
    ['traefik:v3.7', 'docker.io/library/traefik', 'v3.7', undefined],
    ['docker.io/traefik:v3.7', 'docker.io/library/traefik', 'v3.7', undefined],
    ['calico/node:v3.30.1', 'docker.io/calico/node', 'v3.30.1', undefined],
    ['mirror:5000/hub/calico/node', 'mirror:5000/hub/calico/node', undefined, undefined],
    ['localhost/calico/node:1', 'localhost/calico/node', '1', undefined],
    [`quay.io/cilium/cilium:v1.18.4@${DIGEST}`, 'quay.io/cilium/cilium', 'v1.18.4', DIGEST],
    [`quay.io/cilium/cilium@${DIGEST}`, 'quay.io/cilium/cilium', undefined, DIGEST],
  ];
  for (const [text, repository, tag, digest] of TABLE)
    it(`${text} is ${repository}`, () => {
      expect(parseImage(text)).to.deep.equal({ repository, tag, digest });
    });

  it('is known by the end of its path, in whole components', () => {
    expect(endsWithPath('docker.io/calico/node', 'calico/node')).to.equal(true);
    expect(endsWithPath('mirror:5000/hub/calico/node', 'calico/node')).to.equal(true);
    expect(endsWithPath('quay.io/acme-calico/node', 'calico/node')).to.equal(false);
    expect(endsWithPath('quay.io/calico/node/extra', 'calico/node')).to.equal(false);
  });
});

describe('the version in a tag', () => {
  const TABLE: readonly [string, readonly number[] | undefined][] = [
    ['v3.30.1', [3, 30, 1]],
    ['1.30.0-distroless', [1, 30, 0]],
    ['v1.18.4-eksbuild.1', [1, 18, 4]],
    ['v2.8.0-ubi', [2, 8, 0]],
    ['v3.7', [3, 7]],
    ['v1.18.0-rc.1', undefined],
    ['v1.18.0-rc1', undefined],
    ['1.30.0-alpha.2', undefined],
    ['v1.20.0-pre.3', undefined],
    ['latest', undefined],
    ['main', undefined],
    ['v3', undefined],
    ['3.30.1.2', undefined],
  ];
  for (const [tag, version] of TABLE)
    it(`${tag} is ${version?.join('.') ?? 'unreadable'}`, () => {
      expect(versionInTag(tag, COMMON_TAG)).to.deep.equal(version);
    });

  it('is compared as numbers, a missing one being 0', () => {
    expect(compareDotted(parseDotted('1.10'), parseDotted('1.9.9'))).to.be.greaterThan(0);
    expect(compareDotted(parseDotted('3.32'), parseDotted('v3.32.0'))).to.equal(0);
    expect(() => parseDotted('three')).to.throw(RangeError, '"three" is not a version such as 3.32 or 1.15.3');
  });
});

describe('an addon', () => {
  it('is found by its image, whatever the workload is called and wherever it was mirrored', () => {
    const kyverno = ADDONS.find(({ name }) => name === 'kyverno') as Addon;
    const workloads = [
      {
        ...{ kind: 'Deployment', namespace: 'policy', name: 'admission' },
        images: ['mirror.example.com:5000/ghcr/kyverno/kyverno:v1.18.2', 'mirror.example.com:5000/busybox:1.36'],
      },
    ];
    expect(sightings(kyverno, workloads)).to.deep.equal([
      {
        where: 'Deployment policy/admission',
        image: 'mirror.example.com:5000/ghcr/kyverno/kyverno:v1.18.2',
        running: { known: true, value: { tag: 'v1.18.2', version: [1, 18, 2] } },
      },
    ]);
  });
});
