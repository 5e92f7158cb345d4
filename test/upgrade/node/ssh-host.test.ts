import { expect } from 'chai';
import { known, notKnown } from '../../../src/upgrade/reading.ts';
import { addressProblems, sshHost } from '../../../src/upgrade/node/ssh-host.ts';
import { aControlPlane, aNode } from '../../support/builders.ts';

describe('the machine that a Node names', () => {
  it('has the address in its one spelling, and the machine ID', () => {
    expect(sshHost(aNode('w1', { internalIp: '::FFFF:10.0.0.5', machineId: 'abc' }))).to.deep.equal(
      known({ node: 'w1', uid: 'uid-of-w1', address: '10.0.0.5', machineId: 'abc' }),
    );
  });

  it('is unknown without an address, or with a text that is none', () => {
    expect(sshHost(aNode('w1', { internalIp: undefined }))).to.deep.equal(notKnown('has no InternalIP; SSH needs one'));
    expect(sshHost(aNode('w1', { internalIp: '{{=1+41}}' }))).to.deep.equal(
      notKnown('reports the InternalIP "???1?41??", which is no IP address; SSH needs one'),
    );
  });
});

describe('addresses that Nodes report', () => {
  const cp1 = aControlPlane('cp1', { internalIp: '10.0.0.1' });
  const SHARED =
    'Nodes cp1 and w1 report the same InternalIP 10.0.0.1, expected one machine for each Node. Find out which of them has it (ssh 10.0.0.1 hostname), correct the kubelet of the other (--node-ip), or remove its Node: kubectl delete node <name>';

  for (const internalIp of ['10.0.0.1', '::ffff:10.0.0.1', '::FFFF:A00:1'])
    it(`are refused when two are the same, also as ${internalIp}`, () => {
      const nodes = [cp1, aNode('w1', { internalIp }), aNode('w2', { internalIp: '10.0.0.3' })];
      expect(addressProblems(nodes, ['w1'])).to.deep.equal([SHARED]);
      expect(addressProblems(nodes, ['cp1'])).to.deep.equal([SHARED]);
      expect(addressProblems(nodes, ['w2'])).to.deep.equal([]);
    });

  for (const [internalIp, kind] of [
    ['127.0.0.1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['fe80::1', 'link-local'],
    ['224.0.0.1', 'multicast'],
  ] as const)
    it(`are refused when one is ${kind}: ${internalIp}`, () => {
      const [problem] = addressProblems([aNode('w1', { internalIp })], ['w1']);
      expect(problem).to.match(
        new RegExp(`^Node w1 reports the InternalIP \\S+, which is a ${kind} address, expected`),
      );
    });
});
