import { expect } from 'chai';
import { fencedDeployments, heldOf, quiesce, restoreQuiesced, thenRestore } from '../../../src/steps/guards/quiesce.ts';
import { refused } from '../../../src/steps/runtime/step-error.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeDeployments } from '../../support/fakes/deployments.ts';

describe('Deployments that are to be away for a while', () => {
  let [deployments, said] = [new FakeDeployments(), [] as string[]];
  beforeEach(() => {
    [deployments, said] = [new FakeDeployments(), []];
  });
  const log = (line: string): void => void said.push(line);
  const NAMES = ['a/one', 'a/two'];
  const down = (...names: string[]): Promise<void> => quiesce(names, deployments, log);
  const back = (names: readonly string[] = NAMES): Promise<string[]> => restoreQuiesced(names, deployments, log);
  const replicas = async (name: string): Promise<string> => {
    const seen = await deployments.deployment('a', name);
    return `${seen?.replicas ?? 'none'} (${seen?.held ?? 'none'})`;
  };

  it('go down to 0 and get back what they had', async () => {
    deployments.set('a/one', { replicas: 3 });
    deployments.set('a/two', { replicas: 1 });
    await down('a/one', 'a/two');
    expect([await replicas('one'), await replicas('two')]).to.deep.equal(['0 (3)', '0 (1)']);
    expect(await back()).to.deep.equal([]);
    expect([await replicas('one'), await replicas('two')]).to.deep.equal(['3 (none)', '1 (none)']);
    expect(said).to.deep.equal([
      'Deployment a/one: 3 → 0 while the control plane changes.',
      'Deployment a/two: 1 → 0 while the control plane changes.',
      'Deployment a/one: 0 → 3, as before.',
      'Deployment a/two: 0 → 1, as before.',
    ]);
  });

  it('keep what they had when it is asked for twice, and are given back once', async () => {
    deployments.set('a/one', { replicas: 3 });
    await down('a/one');
    await down('a/one');
    expect(await replicas('one')).to.equal('0 (3)');
    await back(['a/one']);
    await back(['a/one']);
    expect(deployments.writes).to.deep.equal(['a/one: 3 recorded', 'a/one 0', 'a/one 3', 'a/one: none recorded']);
  });

  it('are scaled by the next attempt when the first ended between the record and that', async () => {
    deployments.set('a/one', { replicas: 3, held: 3 });
    await down('a/one');
    expect(await replicas('one')).to.equal('0 (3)');
    expect(deployments.writes).to.deep.equal(['a/one 0']);
  });

  it('that an operator has at 0 stay there', async () => {
    deployments.set('a/one', { replicas: 0 });
    await down('a/one');
    await back(['a/one']);
    expect(deployments.writes).to.deep.equal([]);
  });

  it('that are not there are said to be not there, and nothing is remembered of them', async () => {
    await down('a/one');
    expect(said).to.deep.equal(['There is no Deployment a/one.']);
    deployments.set('a/one', { replicas: 0, held: 3 });
    deployments.remove('a/one');
    expect(await back(['a/one'])).to.deep.equal([]);
    expect(await deployments.records()).to.deep.equal([]);
  });

  it('that somebody scaled back up are reported, not fought, and no longer ours', async () => {
    deployments.set('a/one', { replicas: 3 });
    await down('a/one');
    deployments.set('a/one', { replicas: 2 });
    await down('a/one');
    expect(await back(['a/one'])).to.deep.equal([]);
    expect(await replicas('one')).to.equal('2 (none)');
    const line = 'Deployment a/one was scaled up to 2 by another client, and stays so.';
    expect(said.slice(1)).to.deep.equal([line, line]);
  });

  it('whose record no run of ours wrote stay at 0, and are told of', async () => {
    deployments.set('a/one', { replicas: 0, held: 'unreadable' });
    expect(await back(['a/one'])).to.deep.equal([
      `Deployment a/one stays at 0: how many replicas it had is recorded as no number from 1 to 100. Run: kubectl -n a scale deployment one --replicas=<number>. Then: kubectl -n k8s-upgrade patch configmap k8s-upgrade-run-state --type=merge -p '{"data":{"held.a.one":null}}'`,
    ]);
    expect(deployments.writes).to.deep.equal([]);
  });

  it('that the settings do not name are never scaled, whatever is recorded', async () => {
    deployments.set('kube-system/coredns', { replicas: 0, held: 50 });
    expect(await back()).to.deep.equal([
      `Deployment kube-system/coredns: an earlier run recorded that it holds it at 0, and controlPlane.quiesce does not name it any more, so it was left as it is. If it is at 0: kubectl -n kube-system scale deployment coredns --replicas=50. Then: kubectl -n k8s-upgrade patch configmap k8s-upgrade-run-state --type=merge -p '{"data":{"held.kube-system.coredns":null}}'`,
    ]);
    expect(await heldOf(NAMES, deployments)).to.deep.equal([]);
    expect(deployments.writes).to.deep.equal([]);
  });

  it('that are recorded by the thousand are counted, not listed', async () => {
    for (let number = 100; number < 1100; number++) deployments.set(`a/${number}`, { held: 1 });
    const lines = await back();
    expect(lines).to.have.length(11);
    expect(lines.at(-1)).to.equal(
      '990 more Deployments are recorded: kubectl -n k8s-upgrade get configmap k8s-upgrade-run-state -o yaml',
    );
  });

  it('that have very many replicas are left as they are', async () => {
    deployments.set('a/one', { replicas: 101 });
    await down('a/one');
    expect(said).to.deep.equal([
      'Deployment a/one has 101 replicas, and this project scales at most 100. It stays so.',
    ]);
    expect(deployments.writes).to.deep.equal([]);
  });

  it('are held when we hold them at 0 and can give them back', async () => {
    deployments.set('a/one', { replicas: 0, held: 3 });
    deployments.set('a/two', { replicas: 2, held: 2 });
    deployments.set('a/three', { replicas: 0, held: 'unreadable' });
    expect(await heldOf([...NAMES, 'a/three', 'a/four'], deployments)).to.deep.equal(['a/one']);
  });

  it('are written as they are at that moment', async () => {
    deployments.set('a/one', { replicas: 3 });
    deployments.beforeNextWrite = () => {
      deployments.set('a/one', { replicas: 5 });
    };
    await down('a/one');
    expect(await replicas('one')).to.equal('0 (5)');
  });

  it('that vanish in between are nobody’s business', async () => {
    deployments.set('a/one', { replicas: 3 });
    deployments.beforeNextWrite = () => {
      deployments.remove('a/one');
    };
    await down('a/one');
    expect(deployments.writes).to.deep.equal(['a/one: 3 recorded']);
    await back();
    expect(await deployments.records()).to.deep.equal([]);
  });

  it('are written and recorded behind the fence only', async () => {
    deployments.set('a/one', { replicas: 3 });
    const fenced = fencedDeployments(deployments, () => Promise.reject(refused('no Lease')));
    expect(await failureOf(quiesce(['a/one'], fenced, log))).to.deep.equal({ exitCode: 77, message: 'no Lease' });
    const one = await deployments.deployment('a', 'one');
    if (one === undefined) throw new Error('a/one is not there');
    expect(await failureOf(fenced.scale(one, 0))).to.deep.equal({ exitCode: 77, message: 'no Lease' });
    expect(await replicas('one')).to.equal('3 (none)');
  });

  it('come back after the work, however it ends', async () => {
    deployments.set('a/one', { replicas: 0, held: 3 });
    expect(await thenRestore(async () => 'done', NAMES, deployments, log)).to.equal('done');
    expect(await replicas('one')).to.equal('3 (none)');
    deployments.set('a/one', { replicas: 0, held: 3 });
    const work = thenRestore(() => Promise.reject(refused('no')), NAMES, deployments, log);
    expect(await failureOf(work)).to.deep.equal({ exitCode: 77, message: 'no' });
    expect(await replicas('one')).to.equal('3 (none)');
  });

  it('never hide how the work ended', async () => {
    deployments.set('a/one', { replicas: 0, held: 3 });
    const fenced = fencedDeployments(deployments, () => Promise.reject(refused('no Lease')));
    expect(await thenRestore(async () => 'done', NAMES, fenced, log)).to.equal('done');
    expect(said.at(-1)).to.equal('Deployments that are held at 0 are left to the exit handler: no Lease');
  });
});
