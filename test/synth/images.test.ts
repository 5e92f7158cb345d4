import { expect } from 'chai';
import { assertDigests, imageOf } from '../../src/synth/settings.ts';
import { MINIMAL, ofKind, render, settingsOf, workflowTemplates } from './support/render.ts';

const SHA = `sha256:${'0a'.repeat(32)}`;
const withDigests = (...digests: string[]) => {
  const settings = settingsOf(MINIMAL);
  return { ...settings, images: { ...settings.images, digests } };
};

describe('the images of the steps', () => {
  it('go by name and version, and by content where that is given', () => {
    const repository = 'registry.example.com/platform/argo-kubeadm-upgrade';
    expect(imageOf('drain', withDigests())).to.equal(`${repository}/drain:0.1.0`);
    expect(imageOf('drain', withDigests(`drain@${SHA}`))).to.equal(`${repository}/drain:0.1.0@${SHA}`);
    expect(imageOf('gate', withDigests(`upgrade-gate@${SHA}`))).to.equal(`${repository}/gate:0.1.0`);
  });

  it('are pinned in what is rendered', () => {
    const pinned = render(MINIMAL.replace(' }', `, digests: ['drain@${SHA}'] }`));
    const images = workflowTemplates(pinned).flatMap(({ spec }) =>
      spec.templates.flatMap(({ container }) => container?.image ?? []),
    );
    expect(images.filter((image) => image.endsWith(`/drain:0.1.0@${SHA}`))).to.not.be.empty;
    expect(images.filter((image) => image.includes('/gate:') && image.includes('@'))).to.be.empty;
  });

  it('are pinned where root runs them, in the backup of etcd: ours, and that of etcd', () => {
    const etcd = `gcr.io/etcd-development/etcd:v3.6.5@${SHA}`;
    const snapshot = `snapshot: { mode: built-in, builtIn: { image: '${etcd}' } }\n`;
    const pinned = render(`${MINIMAL.replace(' }', `, digests: ['keep-snapshot@${SHA}'] }`)}${snapshot}`);
    const [backup] = ofKind(pinned.objects, 'CronJob');
    const images = [...JSON.stringify(backup).matchAll(/"image":"([^"]+)"/g)].map(([, image = '']) => image);
    expect(images).to.have.lengthOf(4);
    expect(images.filter((image) => image === etcd)).to.have.lengthOf(2);
    expect(images.filter((image) => image.endsWith(`/keep-snapshot:0.1.0@${SHA}`))).to.have.lengthOf(2);
  });

  it('are pinned all or none, and each once', () => {
    const steps = ['drain', 'gate'];
    assertDigests(withDigests(), steps);
    assertDigests(withDigests(`gate@${SHA}`, `drain@${SHA}`), steps);
    expect(() => {
      assertDigests(withDigests(`drain@${SHA}`, `drain@sha256:${'1'.repeat(64)}`, `drian@${SHA}`), steps);
    }).to.throw(
      'lab.yaml  images.digests: drian is no step of this release; drain is there twice; gate is missing, expected one digest for every step, or none',
    );
  });
});
