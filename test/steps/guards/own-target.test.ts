import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { markInFlight } from '../../../src/steps/begin/act.ts';
import { STEPS } from '../../../src/steps/catalog.ts';
import { assertOwnTarget } from '../../../src/steps/guards/own-target.ts';
import { ME, OTHER, TO } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';

const PREFIX = 'argo-kubeadm-upgrade.io/';
const told = (target = TO) => ({ annotationPrefix: PREFIX, runName: ME.name, target });
const message = (recorded: string): string =>
  `This step received the target v1.99.0, and ${ME.name} recorded ${recorded} when it began: an output of another step, or the record in ConfigMap k8s-upgrade/k8s-upgrade-run-state, was changed. This step changed nothing. Find out who wrote it, then start a new run: argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade`;

describe('a step that works towards a target', () => {
  let cluster = new FakeCluster();
  const begin = (run = ME) =>
    markInFlight({ reads: cluster, writes: cluster, clock: new FakeClock() }, PREFIX, run, TO);
  beforeEach(() => {
    cluster = new FakeCluster();
  });

  it('goes on to the one that the run recorded as it began', async () => {
    await begin();
    await assertOwnTarget(cluster, told());
  });

  it('refuses any other: somebody forged the output of a step', async () => {
    await begin();
    const forged = told({ major: 1, minor: 99, patch: 0 });
    expect(await failureOf(assertOwnTarget(cluster, forged))).to.deep.equal({
      exitCode: 77,
      message: message('v1.34.10'),
    });
    for (const target of [null, '{{=1+1}}']) {
      await cluster.writeRunMarks({ [`${PREFIX}target`]: target });
      expect(await failureOf(assertOwnTarget(cluster, forged))).to.deep.equal({
        exitCode: 77,
        message: message('no target that can be read'),
      });
    }
  });

  it('has nothing to compare with in a run that is no upgrade', async () => {
    await assertOwnTarget(cluster, told());
    await begin(OTHER);
    await assertOwnTarget(cluster, told({ major: 1, minor: 34, patch: 8 }));
  });

  it('is each of those that change or judge one node', () => {
    const source = (path: string) => readFileSync(new URL(`../../../src/steps/${path}.ts`, import.meta.url), 'utf8');
    const steps = STEPS.filter(({ inputs }) => 'node' in inputs && 'target' in inputs).map(({ name }) => name);
    expect(steps).to.deep.equal(['admit', 'drain', 'upgrade-node', 'verify-node']);
    for (const step of steps) expect(source(`${step}/main`), step).to.include('await assertOwnTarget(');
  });
});
