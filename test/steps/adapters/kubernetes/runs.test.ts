import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { EXIT } from '../../../../src/contract/exit-code.ts';
import { failure, ok } from '../../../support/fakes/api-server.ts';
import { failureOf } from '../../ports/remote.suite.ts';
import { asked, list, StandIn } from './stand-in.ts';

describe('kubernetes: runs', () => {
  const api = new StandIn();

  const RUN = { uid: 'uid-of-run', name: 'nightly-1' };
  const workflow = (status: object): object => ({ metadata: { name: 'nightly-1', uid: 'uid-of-run' }, status });
  const STATES: readonly [string, object, string][] = [
    ['without a status', {}, 'running'],
    ['that runs', { phase: 'Running', finishedAt: null }, 'running'],
    ['that waits', { phase: 'Pending' }, 'running'],
    ['that succeeded', { phase: 'Succeeded' }, 'ended'],
    ['that failed', { phase: 'Failed' }, 'ended'],
    ['that erred', { phase: 'Error' }, 'ended'],
    ['that has finished', { phase: 'Running', finishedAt: '2026-01-01T00:00:00Z' }, 'ended'],
  ];
  for (const [name, status, state] of STATES) {
    it(`calls a Workflow ${name} ${state}`, async () => {
      api.server.answers.push(ok(workflow(status)));
      expect(await api.kubernetes.runs.state(RUN)).to.equal(state);
      expect(asked(api.last())).to.equal('GET /apis/argoproj.io/v1alpha1/namespaces/k8s-upgrade/workflows/nightly-1');
    });
  }

  it('calls a Workflow gone that the server says is not there', async () => {
    api.server.answers.push(failure(404, 'workflows.argoproj.io "nightly-1" not found', 'NotFound'));
    expect(await api.kubernetes.runs.state(RUN)).to.equal('gone');
  });

  it('does not take a later Workflow of the same name for it', async () => {
    api.server.answers.push(ok(workflow({ phase: 'Running' })));
    expect(await api.kubernetes.runs.state({ ...RUN, uid: 'uid-of-an-earlier-one' })).to.equal('gone');
  });

  it('calls none gone by a server that does not serve Workflows', async () => {
    api.server.answers.push({ status: 404, body: '404 page not found\n' });
    const error = await failureOf(api.kubernetes.runs.state(RUN));
    expect(error.message).to.equal(
      'could not get workflow nightly-1: the API server does not serve workflows.argoproj.io',
    );
    expect(error.exitCode).to.equal(EXIT.TryAgain);
  });

  const node = (message: string): object => ({ nodes: { a: { type: 'Skipped', phase: 'Skipped', message } } });
  const resubmitted = (status: object): object => ({
    metadata: {
      name: 'nightly-1',
      uid: 'uid-of-run',
      labels: { 'workflows.argoproj.io/resubmitted-from-workflow': 'nightly-0' },
    },
    status,
  });
  const MEMOIZED: readonly [string, object, boolean][] = [
    ['resubmitted with finished steps', resubmitted(node('original pod: nightly-0-123')), true],
    ['resubmitted anew', resubmitted({}), false],
    ['resubmitted anew that skipped a step', resubmitted(node("when 'go' == 'halt' evaluated false")), false],
    ['submitted', workflow(node('original pod: nightly-0-123')), false],
  ];
  for (const [name, object, memoized] of MEMOIZED)
    it(`${memoized ? 'calls' : 'does not call'} a Workflow memoized that was ${name}`, async () => {
      api.server.answers.push(ok(object));
      expect(await api.kubernetes.runs.isMemoized(RUN)).to.equal(memoized);
    });

  const FAILED = {
    a: { type: 'DAG', displayName: 'nightly-1', phase: 'Failed', finishedAt: '2026-11-24T01:00:09Z' },
    b: { type: 'Retry', displayName: 'drain', phase: 'Failed', message: 'No more retries left' },
    c: {
      ...{
        type: 'Pod',
        displayName: 'drain(0)',
        phase: 'Failed',
        message: 'main: Error (exit code 77): drain: {{=1}}',
      },
      ...{ finishedAt: '2026-11-24T01:00:05Z', outputs: { exitCode: '77' } },
      inputs: { parameters: [{ name: 'node', value: 'w1' }] },
    },
    d: { type: 'Pod', displayName: 'verify(0)', phase: 'Error', message: 'pod deleted', outputs: { exitCode: 'x' } },
    e: { type: 'Pod', displayName: 'admit(0)', phase: 'Succeeded', outputs: { exitCode: '0' } },
    f: { type: 'Pod', displayName: 'nightly-1.onExit(0)', phase: 'Failed', message: 'm', outputs: { exitCode: '75' } },
  };
  const compressed = (nodes: object): string => gzipSync(JSON.stringify(nodes)).toString('base64');
  for (const [how, status] of [
    ['as it is', { nodes: FAILED }],
    ['compressed', { compressedNodes: compressed(FAILED) }],
  ] as const)
    it(`reads what failed of a run, attempts included and the exit handler left out, from its status ${how}`, async () => {
      api.server.answers.push(ok(workflow({ phase: 'Running', ...status })));
      const none = { message: '', finishedAtMs: undefined, exitCode: undefined, node: undefined };
      expect(await api.kubernetes.runs.failures(RUN)).to.deep.equal([
        { ...none, displayName: 'nightly-1', finishedAtMs: Date.UTC(2026, 10, 24, 1, 0, 9) },
        { ...none, displayName: 'drain', message: 'No more retries left' },
        {
          ...{
            displayName: 'drain(0)',
            message: 'main: Error (exit code 77): drain: {{=1}}',
            exitCode: 77,
            node: 'w1',
          },
          finishedAtMs: Date.UTC(2026, 10, 24, 1, 0, 5),
        },
        { ...none, displayName: 'verify(0)', message: 'pod deleted' },
      ]);
    });

  for (const [what, text] of [
    ['is no gzip', 'garbage'],
    ['is no JSON', gzipSync('garbage').toString('base64')],
  ] as const)
    it(`says that it cannot read compressed steps when their text ${what}`, async () => {
      api.server.answers.push(ok(workflow({ compressedNodes: text })));
      const { message, exitCode } = await failureOf(api.kubernetes.runs.failures(RUN));
      expect(message).to.match(/^status\.compressedNodes of Workflow nightly-1 cannot be read: ./);
      expect(exitCode).to.equal(EXIT.Bug);
    });

  it('reads how long each step took from what holds its attempts together, or from its one pod', async () => {
    const during = (from: string, to?: string, node?: string): object => ({
      startedAt: `2026-11-24T01:${from}Z`,
      finishedAt: to === undefined ? null : `2026-11-24T01:${to}Z`,
      ...(node === undefined ? {} : { inputs: { parameters: [{ name: 'node', value: node }] } }),
    });
    const nodes = {
      a: { type: 'DAG', displayName: 'nightly-1', ...during('00:00', '30:00') },
      b: { type: 'Retry', displayName: 'detect', ...during('00:00', '00:09') },
      c: { type: 'Pod', displayName: 'detect(0)', ...during('00:00', '00:09') },
      d: { type: 'Pod', displayName: 'admit', ...during('01:00', '01:30', 'w1') },
      e: { type: 'Skipped', displayName: 'upgrade', ...during('02:00', '02:00') },
      f: { type: 'Retry', displayName: 'drain', ...during('02:00', undefined, 'w1') },
      g: { type: 'Retry', displayName: 'nightly-1.onExit', ...during('03:00', '03:10') },
    };
    api.server.answers.push(ok(workflow({ phase: 'Running', nodes })));
    expect(await api.kubernetes.runs.tasks(RUN)).to.deep.equal([
      { phase: 'detect', node: undefined, seconds: 9 },
      { phase: 'admit', node: 'w1', seconds: 30 },
    ]);
  });

  it('counts every pod as live that may be at work', async () => {
    type About = { node?: string; deleted?: string; annotations?: Record<string, string> };
    const pod = (name: string, status: object, about: About = {}): object => ({
      metadata: { name, deletionTimestamp: about.deleted, annotations: about.annotations },
      spec: { containers: [], nodeName: about.node },
      status,
    });
    api.server.answers.push(
      ok(
        list([
          pod('running-but-deleted', { phase: 'Running' }, { node: 'w1', deleted: '2026-01-01T00:00:00Z' }),
          pod('lost', { phase: 'Unknown' }, { node: 'w1' }),
          pod('starting', { phase: 'Pending' }, { node: 'w1' }),
          pod('waiting-for-a-node', { phase: 'Pending' }),
          pod('done', { phase: 'Succeeded' }, { node: 'w1' }),
          pod('failed', { phase: 'Failed' }, { node: 'w1' }),
          pod(
            'made-by-a-kubelet',
            { phase: 'Running' },
            { node: 'w1', annotations: { 'kubernetes.io/config.mirror': 'abc' } },
          ),
        ]),
      ),
    );
    expect(await api.kubernetes.runs.livePods(RUN)).to.deep.equal(['lost', 'running-but-deleted', 'starting']);
    expect(asked(api.last())).to.equal(
      'GET /api/v1/namespaces/k8s-upgrade/pods?labelSelector=workflows.argoproj.io/workflow=nightly-1&limit=500',
    );
  });
});
