import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { ok } from '../../../support/fakes/api-server.ts';
import { failureOf } from '../../ports/remote.suite.ts';
import { asked, list, StandIn } from './stand-in.ts';

const AT = (time: string): string => `2026-11-24T${time}Z`;
const ms = (time: string): number => Date.parse(AT(time));
const outputs = (values: Record<string, string>): object => ({
  outputs: { parameters: Object.entries(values).map(([name, value]) => ({ name, value })) },
});
const DETECT = {
  ...{ type: 'Retry', templateName: 'detect', phase: 'Succeeded', finishedAt: AT('23:00:09') },
  ...outputs({ verdict: 'upgrade', target: '1.34.10' }),
};
const FINISH = {
  type: 'Retry',
  templateName: 'finish',
  finishedAt: AT('23:59:00'),
  ...outputs({ outcome: 'upgraded' }),
};

describe('kubernetes: history', () => {
  const api = new StandIn();
  const workflow = (status: object, about: { template?: string; target?: string; name?: string } = {}): object => ({
    metadata: { name: about.name ?? 'nightly-1', creationTimestamp: AT('22:59:59') },
    spec: {
      workflowTemplateRef: { name: about.template ?? 'k8s-upgrade' },
      ...(about.target === undefined ? {} : { arguments: { parameters: [{ name: 'target', value: about.target }] } }),
    },
    status: { startedAt: AT('23:00:00'), ...status },
  });
  const read = async (...workflows: object[]) => {
    api.server.answers.push(ok(list(workflows)));
    return api.kubernetes.history.runs();
  };
  const ENDED = { phase: 'Succeeded', finishedAt: AT('23:59:10'), nodes: { a: DETECT, b: FINISH } };

  it('reads how a run ended, where it went and when its check had worked', async () => {
    expect(await read(workflow(ENDED))).to.deep.equal([
      {
        ...{ name: 'nightly-1', startedAtMs: ms('23:00:00'), endedAtMs: ms('23:59:10'), succeeded: true },
        ...{ outcome: 'upgraded', target: { major: 1, minor: 34, patch: 10 }, checkedAtMs: ms('23:00:09') },
      },
    ]);
    expect(asked(api.last())).to.equal('GET /apis/argoproj.io/v1alpha1/namespaces/k8s-upgrade/workflows?limit=20');
  });

  it('reads the same of steps that Argo has packed', async () => {
    const { nodes, ...status } = ENDED;
    const compressedNodes = gzipSync(JSON.stringify(nodes)).toString('base64');
    expect(await read(workflow({ ...status, compressedNodes }))).to.deep.equal(await read(workflow(ENDED)));
  });

  it('takes what the exit handler said last, after an argo retry', async () => {
    const earlier = { ...FINISH, finishedAt: AT('23:30:00'), ...outputs({ outcome: 'failed' }) };
    const [run] = await read(workflow({ ...ENDED, nodes: { z: FINISH, a: earlier } }));
    expect(run?.outcome).to.equal('upgraded');
  });

  it('tells a run that is under way, or waits, from one that has ended', async () => {
    const states = await read(
      workflow({ phase: 'Running' }),
      workflow({ phase: 'Pending' }),
      workflow({ phase: 'Failed' }),
    );
    expect(states.map(({ endedAtMs, succeeded }) => [endedAtMs === undefined, succeeded])).to.deep.equal([
      [true, false],
      [true, false],
      [false, false],
    ]);
  });

  it('counts no check that failed, and none of a run with a target of its own', async () => {
    const failed = { ...ENDED, nodes: { a: { ...DETECT, phase: 'Failed' } } };
    const runs = await read(workflow(failed), workflow(ENDED, { target: '1.34.11' }), workflow(ENDED, { target: '' }));
    expect(runs.map(({ checkedAtMs }) => checkedAtMs)).to.deep.equal([undefined, undefined, ms('23:00:09')]);
    expect(runs[1]?.target).to.deep.equal({ major: 1, minor: 34, patch: 11 });
  });

  it('leaves out the reports, and what is not of ours', async () => {
    const names = ['k8s-upgrade-report', 'k8s-upgrade-node', 'k8s-upgrade-rollback', 'backup', 'k8s-upgraded'];
    const runs = await read(...names.map((template) => workflow(ENDED, { template, name: template })));
    expect(runs.map(({ name }) => name)).to.deep.equal(['k8s-upgrade-node', 'k8s-upgrade-rollback']);
  });

  it('goes on to the last page', async () => {
    api.server.answers.push(ok(list([workflow(ENDED)], 'more')), ok(list([workflow(ENDED, { name: 'nightly-2' })])));
    expect((await api.kubernetes.history.runs()).map(({ name }) => name)).to.deep.equal(['nightly-1', 'nightly-2']);
    expect(api.last().query.get('continue')).to.equal('more');
  });

  it('does not take steps that are kept elsewhere for none', async () => {
    const error = await failureOf(read(workflow({ ...ENDED, offloadNodeStatusVersion: 'fnv:1' })));
    expect(error.message).to.include('The steps of nightly-1 are not in its Workflow');
  });
});
