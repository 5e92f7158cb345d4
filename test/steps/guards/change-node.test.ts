import { expect } from 'chai';
import { changeNodeNow } from '../../../src/steps/guards/change-node.ts';
import { aRecord } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';

/** A cluster whose Node is written by its kubelet between every look and our write, so many times. */
function busyCluster(times: number): FakeCluster {
  const cluster = new FakeCluster();
  cluster.addNode('w1');
  const look = cluster.node.bind(cluster);
  let left = times;
  cluster.node = async (name) => {
    const seen = await look(name);
    if (left-- > 0) cluster.alterNode(name);
    return seen;
  };
  return cluster;
}

const cordon = () => ({ unschedulable: true });

describe('a change of a Node', () => {
  it('is made to the Node as it is, and tells how that was', async () => {
    const cluster = new FakeCluster();
    cluster.addNode('w1', { upgradeRecord: aRecord() });
    const was = await changeNodeNow(cluster, cluster, 'w1', ({ upgradeRecord }) => ({
      upgradeRecord: upgradeRecord ?? null,
      unschedulable: true,
    }));
    expect(was.unschedulable).to.equal(false);
    expect(await cluster.node('w1')).to.deep.include({ unschedulable: true, upgradeRecord: aRecord() });
  });

  it('is made again, on what is there then, when the kubelet wrote it meanwhile', async () => {
    const cluster = busyCluster(3);
    await changeNodeNow(cluster, cluster, 'w1', cordon);
    expect(cluster.writes).to.have.length(4);
    expect((await cluster.node('w1'))?.unschedulable).to.equal(true);
  });

  it('gives up after 20 times, to be tried again later', async () => {
    const cluster = busyCluster(99);
    expect(await failureOf(changeNodeNow(cluster, cluster, 'w1', cordon))).to.deep.equal({
      exitCode: 75,
      message: 'Node w1 was changed by others 20 times while we tried to write it.',
    });
  });

  it('is refused when the Node is gone, before the look or after it', async () => {
    const gone = new FakeCluster();
    const going = new FakeCluster();
    going.addNode('w1');
    const look = going.node.bind(going);
    going.node = async (name) => {
      const seen = await look(name);
      going.removeNode(name);
      return seen;
    };
    for (const cluster of [gone, going])
      expect(await failureOf(changeNodeNow(cluster, cluster, 'w1', cordon))).to.deep.equal({
        exitCode: 77,
        message: 'There is no node w1 any more.',
      });
  });
});
