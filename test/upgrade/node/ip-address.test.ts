import { expect } from 'chai';
import fc from 'fast-check';
import { addressKind, canonicalAddress, isInNetwork, isNetwork } from '../../../src/upgrade/node/ip-address.ts';

describe('an IP address', () => {
  const SAME: readonly (readonly string[])[] = [
    ['10.0.0.1', '::ffff:10.0.0.1', '::FFFF:10.0.0.1', '::ffff:a00:1', '0:0:0:0:0:ffff:0a00:0001'],
    ['fd00::1', 'FD00::1', 'fd00:0:0:0:0:0:0:1', 'fd00:0000::0001'],
    ['127.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1'],
  ];
  for (const [canonical = '', ...others] of SAME)
    it(`has one spelling: ${canonical}`, () => {
      for (const other of [canonical, ...others]) expect(canonicalAddress(other), other).to.equal(canonical);
    });

  const NONE = ['', 'cp1', 'localhost', '10.0.0', '10.0.0.01', '010.0.0.1', '0x0a.0.0.1', '167772161', '10.0.0.256'];
  NONE.push(
    '10.0.0.1 ',
    '10.0.0.1\n',
    'fe80::1%eth0',
    '[fd00::1]',
    ':',
    '::1/128',
    '1',
    '0x7f.1',
    '10.1',
    '::10.0.0.01',
    '::ffff:010.0.0.1',
    '::ffff:10.0.0.256',
    '1:2:3:4:5:6:7:8:9',
    '::1::',
    'fd00::1]/a@[fd00::2',
    'a'.repeat(50),
  );
  for (const text of NONE)
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(canonicalAddress(text)).to.equal(undefined);
    });

  const KINDS: Readonly<Record<string, ReturnType<typeof addressKind>>> = {
    ...{ '10.0.0.1': 'unicast', '100.64.0.1': 'unicast', '223.255.255.255': 'unicast', 'fd00::1': 'unicast' },
    ...{ '2001:db8::1': 'unicast', '0.0.0.0': 'unspecified', '0.1.2.3': 'unspecified', '::': 'unspecified' },
    ...{ '127.0.0.1': 'loopback', '127.9.9.9': 'loopback', '::1': 'loopback', '::ffff:127.0.0.1': 'loopback' },
    ...{ '169.254.1.1': 'link-local', 'fe80::1': 'link-local', 'febf::1': 'link-local', '224.0.0.1': 'multicast' },
    ...{ 'ff02::1': 'multicast', '255.255.255.255': 'reserved', '240.0.0.1': 'reserved' },
    ...{ '::10.0.0.1': 'reserved', '0:1::1': 'reserved', '64:ff9b:1::1': 'reserved' },
    ...{ '::127.0.0.1': 'reserved', '::a00:1': 'reserved', '64:ff9b::a00:1': 'reserved' },
  };
  for (const [text, kind] of Object.entries(KINDS))
    it(`of the form ${text} is ${kind}`, () => {
      expect(addressKind(canonicalAddress(text) ?? '')).to.equal(kind);
    });

  it('law: the one spelling is its own', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), (text) => {
        const canonical = canonicalAddress(text);
        if (canonical !== undefined) expect(canonicalAddress(canonical)).to.equal(canonical);
      }),
    );
  });

  const NETWORKS: Readonly<Record<string, boolean>> = {
    ...{ '10.0.0.0/8': true, '0.0.0.0/0': true, '10.0.0.7/32': true, 'fd00::/8': true, '::/0': true, '::1/128': true },
    ...{ '10.0.0.7/8': false, 'fd00::1/8': false, '10.0.0.0': false, '10.0.0.0/33': false, 'fd00::/129': false },
    ...{ '10.0.0.0/08': false, '10.0.0.0/-1': false, '10.0.0.0/8/8': false, '010.0.0.0/8': false, '10/8': false },
    ...{ '::ffff:10.0.0.0/104': false, '::ffff:10.0.0.0/8': false, '/8': false, '': false, 'fe80::%eth0/64': false },
  };
  for (const [cidr, is] of Object.entries(NETWORKS))
    it(`${is ? 'may be in the network' : 'is in no network'} ${JSON.stringify(cidr)}`, () => {
      expect(isNetwork(cidr)).to.equal(is);
    });

  const INSIDE: readonly (readonly [string, string, boolean])[] = [
    ['10.255.255.255', '10.0.0.0/8', true],
    ['11.0.0.0', '10.0.0.0/8', false],
    ['10.0.0.1', '0.0.0.0/0', true],
    ['10.0.0.1', '::/0', false],
    ['fd00::1', '0.0.0.0/0', false],
    ['::ffff:10.0.0.1', '10.0.0.0/8', true],
    ['fd00::1', 'fd00::/16', true],
    ['fd01::1', 'fd00::/16', false],
    ['10.0.0.1', '10.0.0.0/8/8', false],
    ['10.0.0.1', '10.0.0.0/33', false],
    ['10.0.0.1', 'any', false],
    ['cp1', '0.0.0.0/0', false],
  ];
  for (const [address, cidr, is] of INSIDE)
    it(`${address} is ${is ? '' : 'not '}in ${cidr}`, () => {
      expect(isInNetwork(address, cidr)).to.equal(is);
    });
});
