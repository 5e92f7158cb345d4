import { expect } from 'chai';
import fc from 'fast-check';
import { kubeletDifferences } from '../../../../src/upgrade/gate/manifests/kubelet-config.ts';

describe('the configuration of a kubelet', () => {
  const lost = (is: unknown, becomes: unknown): string[] =>
    kubeletDifferences(is, becomes).map(({ change, part, becomes: after }) =>
      [change, part.name, part.shown, after].join(' '),
    );

  it('loses each value that the ConfigMap does not have', () => {
    expect(lost({ maxPods: 250, systemReserved: { cpu: '1' }, failSwapOn: false }, { maxPods: 110 })).to.deep.equal([
      'changes maxPods 250 110',
      'removes systemReserved.cpu 1 ',
      'removes failSwapOn false ',
    ]);
  });

  it('loses nothing by what the ConfigMap has beside it, or writes in another way', () => {
    const is = {
      syncFrequency: '1m',
      imageMinimumGCAge: '0s',
      memorySwap: {},
      evictionHard: { 'memory.available': '1Gi' },
      systemReserved: { cpu: '1000m' },
    };
    const becomes = {
      ...{ syncFrequency: '1m0s', evictionHard: { 'memory.available': '1024Mi' }, maxPods: 110 },
      systemReserved: { cpu: '1' },
    };
    expect(lost(is, becomes)).to.deep.equal([]);
  });

  it('loses nothing by what kubeadm writes for each node', () => {
    const is = { containerRuntimeEndpoint: 'unix:///run/a.sock', resolvConf: '/run/systemd/resolve/resolv.conf' };
    expect(lost(is, { containerRuntimeEndpoint: '' })).to.deep.equal([]);
  });

  it('shows no header, which may hold a token', () => {
    expect(lost({ staticPodURLHeader: { Authorization: ['Bearer hunter2hunter2'] } }, {}).join()).to.equal(
      'removes staticPodURLHeader.Authorization  ',
    );
  });

  it('law: nothing is lost to itself, whatever it is', () => {
    fc.assert(fc.property(fc.jsonValue(), (is) => kubeletDifferences(is, is).length === 0));
  });
});
