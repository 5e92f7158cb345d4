import { expect } from 'chai';
import { ADDONS } from '../../../src/upgrade/gate/addons/index.ts';
import { mergeAddons, type AddonSetting } from '../../../src/upgrade/gate/addons/merge.ts';

const merged = (...settings: AddonSetting[]) => mergeAddons(ADDONS, settings);
const find = (name: string, ...settings: AddonSetting[]) =>
  merged(...settings).addons.find((each) => each.name === name);

describe('addon settings', () => {
  it('that say nothing change nothing', () => {
    expect(merged()).to.deep.equal({ addons: ADDONS, problems: [] });
    expect(find('calico', { name: 'calico' })).to.deep.equal(find('calico'));
  });

  it('add images, pin, require', () => {
    const calico = find('calico', {
      ...{ name: 'calico', images: ['platform/cni', 'calico/node'], pin: { reason: 'until May' }, required: true },
    });
    expect(calico?.images).to.deep.equal(['calico/node', 'calico/typha', 'calico/kube-controllers', 'platform/cni']);
    expect(calico?.pin).to.deep.equal({ reason: 'until May' });
    expect(calico?.required).to.equal(true);
    expect(calico?.matrix).to.deep.equal(find('calico')?.matrix);
  });

  it('replace the row of the same floor and add the others, with the settings as their source', () => {
    const kyverno = find('kyverno', {
      name: 'kyverno',
      matrix: [
        { floor: '1.18.0', maximumKubernetes: '1.36' },
        { floor: '1.19', minimumKubernetes: '1.34', maximumKubernetes: '1.37' },
      ],
    });
    const source = { url: "addons.kyverno of the cluster's settings", date: 'no date given' };
    const before = find('kyverno')?.matrix;
    expect(kyverno?.matrix).to.deep.equal([
      ...(typeof before === 'object' ? before.slice(0, 2) : []),
      { floor: '1.18.0', maximumKubernetes: '1.36', source },
      { floor: '1.19', minimumKubernetes: '1.34', maximumKubernetes: '1.37', source },
    ]);
    expect(find('rook', { name: 'rook', noMatrix: true })?.matrix).to.equal('none-published');
  });

  it('bring an addon of their own, which is not reviewed until it has a matrix', () => {
    const own = find('shop', { name: 'shop', images: ['acme/shop'], versionPattern: '^release-(\\d+\\.\\d+)$' });
    expect(own?.matrix).to.equal('not-reviewed');
    expect(own?.versionPattern.exec('release-1.2')).to.deep.equal(['release-1.2', '1.2']);
    const matrix = [{ floor: '2', maximumKubernetes: '1.36' }];
    expect(find('shop', { name: 'shop', images: ['acme/shop'], matrix })?.matrix).to.have.length(1);
  });

  it('that cannot be read are refused as a whole, every complaint at once', () => {
    const row = { floor: 'newest', minimumKubernetes: '1', maximumKubernetes: '2.0' };
    const { addons, problems } = merged(
      { name: 'shop' },
      { name: 'calico', versionPattern: 'v(' },
      { name: 'calico', versionPattern: 'no group' },
      { name: 'kyverno', matrix: [row] },
    );
    expect(addons).to.equal(ADDONS);
    expect(problems).to.deep.equal([
      'addons: calico is there twice.',
      'addons: versionPattern of calico is not a regular expression with one group for the version: it is not valid.',
      'addons: versionPattern of calico is not a regular expression with one group for the version.',
      'addons: floor "newest" of kyverno is not a version.',
      'addons: "2.0" of kyverno is not a minor such as 1.36.',
      'addons: "1" of kyverno is not a minor such as 1.36.',
      'addons: shop is not in the catalogue; give its images.',
    ]);
  });
});
