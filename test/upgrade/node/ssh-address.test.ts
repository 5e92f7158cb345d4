import { expect } from 'chai';
import { nodeContext } from '../../../src/contract/run-context.ts';
import { isInNetwork } from '../../../src/upgrade/node/ip-address.ts';
import { known, notKnown } from '../../../src/upgrade/reading.ts';
import { chooseAddress, FIRST_INTERNAL_IP, type AddressType } from '../../../src/upgrade/node/ssh-address.ts';
import { addressProblems, sshHost } from '../../../src/upgrade/node/ssh-host.ts';
import { aNode } from '../../support/builders.ts';

const REPORTED = [
  { type: 'Hostname', address: 'W1.Example.org' },
  { type: 'InternalIP', address: '192.168.1.4' },
  { type: 'InternalIP', address: 'FD00::5' },
  { type: 'InternalIP', address: '10.1.2.3' },
  { type: 'ExternalIP', address: '203.0.113.4' },
];

describe('the address that SSH goes to', () => {
  const CHOSEN: readonly [string, AddressType, string[], string][] = [
    ['is the first InternalIP', 'InternalIP', [], '192.168.1.4'],
    ['is the first of the type in a network', 'InternalIP', ['10.0.0.0/8'], '10.1.2.3'],
    ['may be an IPv6 address', 'InternalIP', ['fd00::/8'], 'fd00::5'],
    [
      'goes by the order of the addresses, and not of the networks',
      'InternalIP',
      ['10.0.0.0/8', 'fd00::/8'],
      'fd00::5',
    ],
    ['may be an ExternalIP', 'ExternalIP', [], '203.0.113.4'],
    ['may be a name', 'Hostname', [], 'w1.example.org'],
  ];
  for (const [promise, type, cidrs, address] of CHOSEN)
    it(promise, () => {
      expect(chooseAddress(REPORTED, { type, cidrs })).to.deep.equal(known(address));
    });

  const NONE: readonly [string, Parameters<typeof chooseAddress>, string][] = [
    [
      'no address of the type',
      [REPORTED, { type: 'ExternalDNS', cidrs: [] }],
      'has no ExternalDNS; SSH needs one. It reports InternalIP, ExternalIP, Hostname, which ssh.address.type can name',
    ],
    ['no address at all', [[], FIRST_INTERNAL_IP], 'has no InternalIP; SSH needs one'],
    [
      'none in the networks',
      [REPORTED, { type: 'InternalIP', cidrs: ['172.16.0.0/12'] }],
      'has no InternalIP in 172.16.0.0/12 (ssh.address.cidrs); it reports 192.168.1.4, FD00::5, 10.1.2.3',
    ],
    [
      'a name that an IP reader takes for an address',
      [[{ type: 'Hostname', address: '0x7f.1' }], { type: 'Hostname', cidrs: [] }],
      'reports the Hostname "0x7f.1", which is no host name; SSH needs one',
    ],
    [
      'a name with an option of ssh',
      [[{ type: 'Hostname', address: '-oProxyCommand=x' }], { type: 'Hostname', cidrs: [] }],
      'reports the Hostname "-oProxyCommand?x", which is no host name; SSH needs one',
    ],
  ];
  for (const [what, input, reason] of NONE)
    it(`is unknown with ${what}`, () => {
      expect(chooseAddress(...input)).to.deep.equal(notKnown(reason));
    });

  it('is what two Nodes must not share, and what must not be this machine, whatever its type', () => {
    const at = (name: string, address: string) =>
      aNode(name, { sshAddress: { type: 'Hostname', address: known(address) } });
    expect(
      addressProblems([at('w1', 'ubuntu'), at('w2', 'ubuntu'), at('w3', 'fe80-host')], ['w1', 'w3']),
    ).to.deep.equal([
      'Nodes w1 and w2 report the same Hostname ubuntu, expected one machine for each Node. Find out which of them has it (ssh ubuntu hostname), correct the kubelet of the other (--hostname-override), or remove its Node: kubectl delete node <name>',
    ]);
    expect(addressProblems([at('w1', 'localhost')], ['w1'])).to.deep.equal([
      'Node w1 reports the Hostname localhost, which is a loopback address, expected one by which only its own machine is reached.',
    ]);
    expect(sshHost(at('w1', 'w1.example.org'))).to.deep.equal(
      known({ node: 'w1', uid: 'uid-of-w1', address: 'w1.example.org' }),
    );
  });

  it('is what synth tells the steps', () => {
    const rule = { type: 'ExternalIP', cidrs: ['fd00::/8'] } as const;
    const { sshAddress } = nodeContext;
    expect(sshAddress.parse(sshAddress.format(rule))).to.deep.equal(rule);
    expect(() => sshAddress.parse('{"type":"internalip","cidrs":[]}')).to.throw(RangeError);
  });
});

describe('a network', () => {
  for (const [address, cidr, is] of [
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['10.1.2.3', '0.0.0.0/0', true],
    ['10.1.2.3', '10.1.2.3/32', true],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
    ['10.1.2.3', '::/0', false],
    ['fd00::1', 'fd00::/8', true],
    ['fe00::1', 'fd00::/8', false],
    ['2001:db8:0:1::1', '2001:db8::/32', true],
    ['2001:db9::', '2001:db8::/32', false],
    ['10.1.2.3', '10.0.0.0/99', false],
    ['w1', '0.0.0.0/0', false],
  ] as const)
    it(`${cidr} has ${is ? '' : 'not '}${address}`, () => {
      expect(isInNetwork(address, cidr)).to.equal(is);
    });
});
