import { expect } from 'chai';
import { fencedDeployments, quiesce, restoreQuiesced, thenRestore } from '../../../src/steps/harness/quiesce.ts';
import { refused } from '../../../src/steps/harness/step-error.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeDeployments } from '../../support/fakes/deployments.ts';

describe('Deployments that are to be away for a while', () => {
  let [deployments, said] = [new FakeDeployments(), [] as string[]];
  beforeEach(() => {
    [deployments, said] = [new FakeDeployments(), []];
  });
  const log = (line: string): void => void said.push(line);
  const down = (...names: string[]): Promise<void> => quiesce(names, deployments, log);
  const back = (): Promise<string[]> => restoreQuiesced(deployments, log);
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
    await back();
    await back();
    expect(deployments.writes).to.deep.equal(['a/one 0 (3)', 'a/one 3 (none)']);
  });

  it('that an operator has at 0 stay there', async () => {
    deployments.set('a/one', { replicas: 0 });
    await down('a/one');
    await back();
    expect(deployments.writes).to.deep.equal([]);
  });

  it('that are not there are said to be not there', async () => {
    await down('a/one');
    expect(said).to.deep.equal(['There is no Deployment a/one.']);
  });

  it('that somebody scaled back up are reported, not fought, and no longer ours', async () => {
    deployments.set('a/one', { replicas: 3 });
    await down('a/one');
    deployments.set('a/one', { replicas: 2 });
    await down('a/one');
    expect(await back()).to.deep.equal([]);
    expect(await replicas('one')).to.equal('2 (none)');
    const line = 'Deployment a/one was scaled back up to 2 by somebody else: left so.';
    expect(said.slice(1)).to.deep.equal([line, line]);
  });

  it('whose annotation cannot be read stay at 0, and are told of', async () => {
    deployments.set('a/one', { replicas: 0, held: 'unreadable' });
    expect(await back()).to.deep.equal([
      'Deployment a/one stays at 0: how many it had cannot be read from its annotation.',
    ]);
    expect(deployments.writes).to.deep.equal([]);
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
    expect(deployments.writes).to.deep.equal([]);
  });

  it('are written behind the fence only', async () => {
    deployments.set('a/one', { replicas: 3 });
    const fenced = fencedDeployments(deployments, () => Promise.reject(refused('no Lease')));
    expect(await failureOf(quiesce(['a/one'], fenced, log))).to.deep.equal({ exitCode: 77, message: 'no Lease' });
    expect(await replicas('one')).to.equal('3 (none)');
  });

  it('come back after the work, however it ends', async () => {
    deployments.set('a/one', { replicas: 0, held: 3 });
    expect(await thenRestore(async () => 'done', deployments, log)).to.equal('done');
    expect(await replicas('one')).to.equal('3 (none)');
    deployments.set('a/one', { replicas: 0, held: 3 });
    const work = thenRestore(() => Promise.reject(refused('no')), deployments, log);
    expect(await failureOf(work)).to.deep.equal({ exitCode: 77, message: 'no' });
    expect(await replicas('one')).to.equal('3 (none)');
  });

  it('never hide how the work ended', async () => {
    deployments.set('a/one', { replicas: 0, held: 3 });
    const fenced = fencedDeployments(deployments, () => Promise.reject(refused('no Lease')));
    expect(await thenRestore(async () => 'done', fenced, log)).to.equal('done');
    expect(said.at(-1)).to.equal('Deployments that are held at 0 are left to the exit handler: no Lease');
  });
});
