import { expect } from 'chai';
import { tryParseJson } from '../../src/text/json.ts';
import { objectName, parseObjectName } from '../../src/text/object-name.ts';

describe('the name of an object', () => {
  it('is read as it is written', () => {
    expect(objectName({ namespace: 'shop', name: 'web' })).to.equal('shop/web');
    expect(parseObjectName('shop/web')).to.deep.equal({ namespace: 'shop', name: 'web' });
  });

  it('is empty where a part is missing', () => {
    expect(parseObjectName('shop')).to.deep.equal({ namespace: 'shop', name: '' });
    expect(parseObjectName('')).to.deep.equal({ namespace: '', name: '' });
  });
});

describe('JSON of somebody else', () => {
  it('is parsed, or undefined where it is no JSON', () => {
    expect(tryParseJson('{"a":[1]}')).to.deep.equal({ a: [1] });
    expect(tryParseJson('null')).to.equal(null);
    for (const text of ['', '{', 'a']) expect(tryParseJson(text), text).to.equal(undefined);
  });
});
