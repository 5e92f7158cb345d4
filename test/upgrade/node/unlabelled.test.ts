import { expect } from 'chai';
import fc from 'fast-check';
import { blockingNodes, type NodeReadings, type UnreadableNode } from '../../../src/upgrade/node/readings.ts';
import { known, notKnown } from '../../../src/upgrade/reading.ts';
import { settleRoles } from '../../../src/upgrade/node/unlabelled.ts';

const shows = (name: string, ...addresses: readonly string[]): UnreadableNode => ({
  ...{ name, because: 'it runs static pods of a control plane.', leftAlone: true, unlabelled: { addresses } },
});
const readings = (
  unreadable: readonly UnreadableNode[],
  ...controlPlaneAddresses: readonly (readonly string[])[]
): NodeReadings => ({
  ...{ nodes: [], excluded: [], unreadable, controlPlaneAddresses },
});
const blockingNames = (settled: NodeReadings): readonly string[] => blockingNodes(settled).map(({ name }) => name);

describe('a node without the label that shows static pods of a control plane', () => {
  it('is a control-plane node when it has an address of an API server that no labelled node has', () => {
    const settled = settleRoles(
      readings([shows('cp2', '192.0.2.2', '10.0.0.2')], ['10.0.0.1']),
      known(['10.0.0.1', '10.0.0.2']),
    );
    expect(settled.unreadable).to.deep.equal([
      {
        ...{ name: 'cp2', leftAlone: false, unlabelled: { addresses: ['192.0.2.2', '10.0.0.2'] } },
        because:
          'it runs static pods of a control plane. Its address 10.0.0.2 is that of an API server (EndpointSlice default/kubernetes), ' +
          'and no node with the label has this address: it is a control-plane node.',
      },
    ]);
  });

  const ALONE: readonly [string, NodeReadings, readonly string[]][] = [
    ['has no address of an API server', readings([shows('w1', '10.0.0.9')], ['10.0.0.1']), ['10.0.0.1']],
    ['reports the address of a labelled node', readings([shows('w1', '10.0.0.1')], ['10.0.0.1']), ['10.0.0.1']],
    ['reports no address', readings([shows('w1')], ['10.0.0.1']), ['10.0.0.1', '10.0.0.2']],
    [
      'reports the address that a labelled node has and does not report',
      readings([shows('w1', '192.0.2.1')], ['10.0.0.1'], ['10.0.0.2', '192.0.2.2']),
      ['192.0.2.1', '192.0.2.2'],
    ],
    [
      'reports the address of a load balancer that stands for every API server',
      readings([shows('w1', '192.0.2.9')], ['10.0.0.1'], ['10.0.0.2']),
      ['192.0.2.9'],
    ],
  ];
  for (const [what, seen, apiServers] of ALONE)
    it(`is left alone when it ${what}`, () => {
      expect(settleRoles(seen, known(apiServers))).to.deep.equal(seen);
    });

  it('is not told apart from another that reports the same address: the message has both names', () => {
    const seen = readings([shows('cp2', '10.0.0.2'), shows('w1', '10.0.0.2'), shows('w2', '10.0.0.2')], ['10.0.0.1']);
    const settled = settleRoles(seen, known(['10.0.0.1', '10.0.0.2']));
    expect(blockingNames(settled)).to.deep.equal(['cp2', 'w1', 'w2']);
    expect(settled.unreadable[1]?.because).to.equal(
      'it runs static pods of a control plane. Its address 10.0.0.2 is that of an API server (EndpointSlice default/kubernetes), ' +
        'and no node with the label has this address. cp2 or w2 reports this address too: label only the node whose machine has it.',
    );
  });

  it('is left alone while the addresses cannot be read, and a sentence says why', () => {
    const garbage: UnreadableNode = { name: 'w9', because: 'it reports the kubelet version "x".', leftAlone: true };
    const seen = readings([shows('w1', '10.0.0.2'), garbage], ['10.0.0.1']);
    const settled = settleRoles(seen, notKnown('HTTP 403: forbidden.'));
    expect(settled).to.deep.equal({
      ...seen,
      rolesUnknown:
        'The addresses of the API servers could not be read, so nothing shows whether w1 is a control-plane node: HTTP 403: forbidden.',
    });
    const many = settleRoles(
      readings(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => shows(name))),
      notKnown('x'.repeat(9000)),
    );
    expect(many.rolesUnknown).to.match(/whether a, b, c, d, e or another node is a control-plane node: x{400}…\.$/);
  });

  it('law: no worker stops an upgrade while every API server is on a labelled node', () => {
    const anyAddress = fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', '192.0.2.1', '192.0.2.2');
    const anyNode = fc.uniqueArray(anyAddress, { maxLength: 4 });
    // Each labelled node has one API server, at an address that its Node reports or another one.
    const anyLabelled = fc.array(fc.tuple(anyNode, anyAddress), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyLabelled, fc.array(anyNode, { minLength: 1 }), (labelled, workers) => {
        const seen = readings(
          workers.map((addresses, place) => shows(`w${place}`, ...addresses)),
          ...labelled.map(([addresses]) => addresses),
        );
        const apiServers = [...new Set(labelled.map(([, address]) => address))];
        expect(blockingNames(settleRoles(seen, known(apiServers)))).to.deep.equal([]);
      }),
    );
  });
});
