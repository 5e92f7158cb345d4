import { format, inspect } from 'node:util';
import { expect } from 'chai';
import { Secret } from '../../../src/steps/runtime/secret.ts';

describe('a secret', () => {
  const secret = new Secret('hunter2');

  it('is told to who asks for it by name', () => {
    expect(secret.reveal()).to.equal('hunter2');
  });

  const WAYS: Record<string, string> = {
    'in a text': `${secret.toString()} ${String(secret)}`,
    'in JSON': JSON.stringify({ secret }),
    'in a log': format('%s %o %j', secret, secret, secret),
    'in an inspection with all hidden fields': inspect({ secret }, { showHidden: true, depth: 9 }),
    'by its fields': JSON.stringify([Object.entries(secret), Object.assign({}, secret)]),
    'in an error': new Error('x', { cause: secret }).message + inspect(new Error('x', { cause: secret })),
  };
  for (const [way, seen] of Object.entries(WAYS))
    it(`is not seen ${way}`, () => {
      expect(seen).to.not.include('hunter2');
    });
});
