import { expect } from 'chai';
import { systemNames } from '../../../src/steps/adapters/dns.ts';

describe('dns: names', () => {
  it('are resolved to addresses, each once', async () => {
    const names = systemNames(async () => [{ address: '10.0.0.2' }, { address: '10.0.0.1' }, { address: '10.0.0.2' }]);
    expect(await names.resolve('a.svc')).to.deep.equal({ known: true, value: ['10.0.0.1', '10.0.0.2'] });
  });

  it('by the resolver of the system', async () => {
    const found = await systemNames().resolve('localhost');
    expect(found.known && found.value.every((address) => ['127.0.0.1', '::1'].includes(address))).to.equal(true);
  });

  it('that nobody knows are said to be unknown, with the reason', async () => {
    const nobody = systemNames(() => Promise.reject(new Error('getaddrinfo ENOTFOUND a.svc')));
    expect(await nobody.resolve('a.svc')).to.deep.equal({ known: false, reason: 'getaddrinfo ENOTFOUND a.svc' });
    const empty = systemNames(async () => []);
    expect(await empty.resolve('a.svc')).to.deep.equal({ known: false, reason: 'a.svc has no address' });
  });

  it('are not waited for longer than anybody would', async () => {
    const silent = systemNames(() => new Promise(() => undefined), 0.01);
    expect(await silent.resolve('a.svc')).to.deep.equal({ known: false, reason: 'a.svc: no answer within 0.01 s' });
  });
});
