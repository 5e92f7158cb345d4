import { expect } from 'chai';
import { input } from '../../src/contract/from-settings.ts';
import { compatibility } from '../../src/settings/compatibility.ts';
import type { AddonSetting } from '../../src/upgrade/gate/addons/merge.ts';

const param = input(compatibility, 'addons');
const WHOLE: AddonSetting = {
  name: 'own',
  images: ['acme/own'],
  versionPattern: '^v(.+)$',
  matrix: [{ floor: '1.2', minimumKubernetes: '1.33', maximumKubernetes: '1.36' }],
  pin: { reason: "it's ours" },
  required: true,
};

describe('what the settings say of addons, as a parameter', () => {
  for (const value of [[], [WHOLE], [{ name: 'a' }, { name: 'b', noMatrix: true }]])
    it(`comes back as it went: ${JSON.stringify(value).slice(0, 60)}`, () => {
      expect(param.parse(param.format(value))).to.deep.equal(value);
    });

  const BAD: readonly unknown[] = [
    ...[{}, null, 'a', [null], [[]], ['a'], [{}], [{ name: 5 }], [{ name: 'a', image: 'b' }]],
    ...[[{ name: 'a', images: 'b' }], [{ name: 'a', images: [5] }], [{ name: 'a', versionPattern: 1 }]],
    ...[
      [{ name: 'a', matrix: 'none-published' }],
      [{ name: 'a', pin: { reason: '{{x}}' } }],
      [{ name: 'a', images: [] }],
      [{ name: 'a', matrix: [{}] }],
      [{ name: 'a', matrix: [{ floor: '1' }] }],
    ],
    [{ name: 'a', matrix: [{ floor: 1.1, maximumKubernetes: '1.36' }] }],
    ...[[{ name: 'a', pin: 'no' }], [{ name: 'a', pin: {} }], [{ name: 'a', required: 'yes' }]],
    ...[[{ name: 'a', noMatrix: 'yes' }], [{ name: 'a', pin: null }]],
  ];
  for (const value of BAD)
    it(`is refused: ${JSON.stringify(value)}`, () => {
      expect(() => param.parse(JSON.stringify(value))).to.throw(
        RangeError,
        'a list of {"name", "images", "versionPattern", "matrix": [{"floor", "minimumKubernetes", "maximumKubernetes"}], "noMatrix", "pin": {"reason"}, "required"}',
      );
    });

  it('is refused when it is no JSON', () => {
    for (const text of ['', 'a', '{{inputs.parameters.addons}}']) expect(() => param.parse(text)).to.throw('JSON');
  });
});
