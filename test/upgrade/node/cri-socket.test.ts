import { expect } from 'chai';
import fc from 'fast-check';
import { criSocketTrouble, type CriSocketFiles } from '../../../src/upgrade/node/cri-socket.ts';
import type { ClusterNode } from '../../../src/upgrade/node/node.ts';
import { aControlPlane, aNode } from '../../support/builders.ts';

const FILES: CriSocketFiles = { endpoint: undefined, instanceConfig: false, annotated: undefined };
const DOCKERSHIM = 'unix:///var/run/dockershim.sock';

describe('the annotation cri-socket of a Node', () => {
  const troubled = (node: ClusterNode, files: CriSocketFiles | undefined): number[] =>
    [28, 31, 32, 33, 34, 35, 36, 37, 38].filter((minor) => criSocketTrouble(node, files, minor) !== undefined);

  it('is missed by each kubeadm that needs it, and by no other', () => {
    expect(troubled(aNode('w1'), FILES)).to.deep.equal([28, 31, 32, 33, 34]);
    expect(troubled(aNode('w1'), { ...FILES, instanceConfig: true })).to.deep.equal([28, 31]);
  });

  it('is not called missing where the file that may stand for it was not read', () => {
    expect(troubled(aNode('w1'), undefined)).to.deep.equal([28, 31]);
  });

  it('is wrong for each kubeadm that connects to the socket in it', () => {
    const files = { ...FILES, annotated: false };
    expect(troubled(aControlPlane('cp1', { criSocket: DOCKERSHIM }), files)).to.deep.equal([
      28, 31, 32, 33, 34, 35, 36,
    ]);
    expect(troubled(aNode('w1', { criSocket: DOCKERSHIM }), files)).to.deep.equal([36]);
  });

  it('is right with a socket, and is not judged where nobody looked or where it names no path', () => {
    const node = aControlPlane('cp1', { criSocket: 'unix:///run/containerd/containerd.sock' });
    for (const files of [{ ...FILES, annotated: true }, FILES, undefined])
      expect(troubled(node, files)).to.deep.equal([]);
  });

  describe('is set by a command that can be pasted, to', () => {
    const remedy = (about: Partial<ClusterNode>, endpoint?: string): string | undefined =>
      criSocketTrouble(aNode('w1', about), { ...FILES, endpoint }, 34)?.remedy;
    const COMMAND = 'Set it: kubectl annotate node w1 kubeadm.alpha.kubernetes.io/cri-socket=';
    const CASES: readonly [string, Partial<ClusterNode>, string | undefined, string][] = [
      ['the endpoint that the kubelet uses', {}, 'unix:///run/k3s/c.sock', 'unix:///run/k3s/c.sock'],
      ['the same with its scheme', {}, '/run/crio.sock', 'unix:///run/crio.sock'],
      ['the default of containerd', {}, undefined, 'unix:///var/run/containerd/containerd.sock'],
      ['the default of CRI-O', { runtime: 'cri-o://1.34.1' }, undefined, 'unix:///var/run/crio/crio.sock'],
      ['the default of cri-dockerd', { runtime: 'docker://28.0.0' }, undefined, 'unix:///var/run/cri-dockerd.sock'],
      ['no endpoint that a shell would run', {}, '/a.sock; reboot', 'unix:///var/run/containerd/containerd.sock'],
    ];
    for (const [what, about, endpoint, value] of CASES)
      it(what, () => {
        expect(remedy(about, endpoint)).to.equal(`${COMMAND}${value}`);
      });
  });

  it('law: whatever it holds, its message is short and quotes it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5000 }), (criSocket) => {
        const trouble = criSocketTrouble(aControlPlane('cp1', { criSocket }), { ...FILES, annotated: false }, 34);
        expect(trouble?.found.length).to.be.at.most(2000);
      }),
    );
  });
});
