import { expect } from 'chai';
import { SETTINGS } from '../../src/settings/cluster.ts';
import { isSection, type Members, type Setting } from '../../src/settings/kit.ts';

interface Declared {
  readonly path: string;
  readonly setting: Setting<unknown>;
}

const declaredBelow = (members: Members, prefix = ''): Declared[] =>
  Object.entries(members).flatMap(([key, setting]) => {
    const path = `${prefix}${key}`;
    return [{ path, setting }, ...(isSection(setting) ? declaredBelow(setting.members, `${path}.`) : [])];
  });

const DECLARED = declaredBelow(SETTINGS);

describe('the declaration of a setting', () => {
  it('of a section has the path at which the section stands', () => {
    const wrong = DECLARED.filter(({ path, setting }) => isSection(setting) && setting.path !== path);
    expect(wrong.map(({ path }) => path)).to.deep.equal([]);
    expect(DECLARED.length).to.be.greaterThan(150);
  });

  it('has a value to show: a default or an example', () => {
    const bare = DECLARED.filter(
      ({ setting }) => !isSection(setting) && setting.default === undefined && setting.example === undefined,
    );
    expect(bare.map(({ path }) => path)).to.deep.equal([]);
  });

  it('has a doc of whole sentences', () => {
    const wrong = DECLARED.filter(({ setting: { doc } }) => !/^[A-Za-z0-9`"].*\.$/.test(doc));
    expect(wrong.map(({ path }) => path)).to.deep.equal([]);
    const elliptic = DECLARED.filter(({ setting: { doc } }) => /(^|\. )(Of|The same|Who|As above) /.test(doc));
    expect(elliptic.map(({ path }) => path)).to.deep.equal([]);
  });
});
