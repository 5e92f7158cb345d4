import { expect } from 'chai';
import type { RollbackInput } from '../../../src/steps/plan-rollback/contract.ts';
import { decide } from '../../../src/steps/plan-rollback/decide.ts';
import { aControlPlane, aRecord, aNode, FROM, OTHER, staticPodsAt, TO, v } from '../../support/builders.ts';
import type { ClusterNode } from '../../../src/upgrade/node/node.ts';

const CP = aControlPlane('cp1', { kubelet: TO });
const CAME = { lastUpgrade: { run: OTHER.uid, from: FROM, to: TO, finishedAtMs: 0, seconds: 60 } };
const W1 = aNode('w1', { kubelet: TO, ...CAME });
const INPUT: RollbackInput = { node: 'w1', requestedTarget: undefined };
const at = (version: string): ClusterNode => aNode('w1', { kubelet: v(version) });
const cpAt = (version: string): ClusterNode => aControlPlane('cp1', { kubelet: v(version) });

describe('plan-rollback', () => {
  it('goes back to what the node came from, and says how it is held there', () => {
    expect(decide([CP, W1], INPUT)).to.deep.equal({
      target: FROM,
      workers: [{ name: 'w1', role: 'worker' }],
      result:
        "w1 is back at v1.34.9, from v1.34.10.\nThe next run takes it to the version of the control plane again. To hold it there: policy.skipVersions: ['1.34.10'] in clusters/<name>.yaml, npm run synth, commit; every night is refused then until a later patch is asked for or the line is gone. Or suspend the nightly.",
    });
  });

  const WHERE: readonly [string, ClusterNode, RollbackInput['requestedTarget'], string][] = [
    ['where it is told', W1, v('1.34.8'), '1.34.8'],
    [
      'where an upgrade began that is half done',
      aNode('w1', { kubelet: TO, upgradeRecord: aRecord() }),
      undefined,
      '1.34.9',
    ],
    ['three minors behind the API server at most', { ...W1, kubelet: v('1.34.10') }, v('1.31.9'), '1.31.9'],
  ];
  for (const [promise, node, requestedTarget, target] of WHERE)
    it(`goes ${promise}`, () => {
      expect(decide([CP, node], { ...INPUT, requestedTarget })).to.deep.include({ target: v(target) });
    });

  const REFUSED: readonly [string, readonly ClusterNode[], Partial<RollbackInput>, string][] = [
    ['a node that is not there', [CP, W1], { node: 'w9' }, 'There is no node w9; the cluster has cp1, w1.'],
    [
      'a control-plane node',
      [{ ...CP, ...CAME }, W1],
      { node: 'cp1' },
      'cp1 is a control-plane node, and kubeadm does not downgrade one. To go back, restore the etcd snapshot that the run took before the upgrade.',
    ],
    [
      'one that does not remember',
      [CP, at('1.34.10')],
      {},
      'w1 runs v1.34.10 and has no record of the version before it. Name the version: -p target=X.Y.Z',
    ],
    [
      'one whose memory is of another version than it runs',
      [CP, { ...W1, kubelet: v('1.34.8') }],
      {},
      'w1 runs v1.34.8 and has no record of the version before it. Name the version: -p target=X.Y.Z',
    ],
    ['one that is there', [CP, W1], { requestedTarget: TO }, 'w1 is at v1.34.10 already.'],
    [
      'one that was drained and not touched',
      [CP, aNode('w1', { upgradeRecord: aRecord() })],
      {},
      'w1 is at v1.34.9 already. To close the upgrade record that a run left open on it: argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-reset',
    ],
    [
      'an upgrade',
      [CP, W1],
      { requestedTarget: v('1.34.11') },
      'v1.34.11 is newer than v1.34.10, which w1 runs: that is an upgrade. argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-node -p nodes=w1 -p target=1.34.11',
    ],
    [
      'four minors behind the API server',
      [cpAt('1.35.0'), at('1.35.0')],
      { requestedTarget: v('1.31.0') },
      'w1 cannot go back to v1.31.0: found kubelet v1.31.0, 4 minors behind an API server at v1.35.0; needed a kubelet v1.31.0 at most 3 minors behind.',
    ],
    [
      'while the version of an API server is unknown',
      [aControlPlane('cp1', { staticPods: staticPodsAt(undefined).slice(0, 1) }), W1],
      {},
      "The version of a component on cp1 is unknown: kube-apiserver (no container of that name); expected an image tag such as v1.34.9. kubeadm tags its images with the release. Name such a tag in /etc/kubernetes/manifests on each of these nodes; a digest may follow the tag. See the images: kubectl -n kube-system get pods -l tier=control-plane -o 'custom-columns=POD:.metadata.name,IMAGES:.spec.containers[*].image'",
    ],
    [
      'while no API server can be seen',
      [aControlPlane('cp1', { staticPods: [] }), W1],
      {},
      'No API server shows its version, and a kubelet must not be too far behind. Is its kube-apiserver pod there?',
    ],
    [
      'one that has no address',
      [CP, { ...W1, internalIp: undefined }],
      {},
      'Node w1 has no InternalIP; SSH needs one.',
    ],
  ];
  for (const [what, nodes, input, says] of REFUSED)
    it(`refuses ${what}`, () => {
      expect(decide(nodes, { ...INPUT, ...input })).to.deep.equal({ problems: [says] });
    });
});
