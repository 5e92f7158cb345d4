import { expect } from 'chai';
import { EXIT } from '../../../../src/contract/exit-code.ts';
import { connectKubernetes } from '../../../support/kubernetes.ts';
import type { ClusterNode } from '../../../../src/upgrade/node/node.ts';
import { failure, ok } from '../../../support/fakes/api-server.ts';
import { failureOf } from '../../ports/remote.suite.ts';
import { list, PREFIX, StandIn } from './stand-in.ts';

describe('kubernetes: trouble', () => {
  const api = new StandIn();

  it('is waited out, whatever was asked', async () => {
    api.server.answers.push('cut', failure(503, 'apiserver not ready'), ok(list([])), 'cut', ok(list([])));
    expect(await api.kubernetes.cluster.nodes()).to.deep.equal([]);
    expect(api.lines[0]).to.match(/^cannot list nodes \(.+\); asking again for up to 600 s$/);
    expect(api.lines[1]).to.equal('list nodes: answered again after 3 s');
  });

  it('that is a missing permission is named by verb and resource', async () => {
    const said = 'nodes "w1" is forbidden: User "x" cannot patch resource "nodes" in API group "" at the cluster scope';
    api.server.answers.push(...Array.from({ length: 10 }, () => failure(403, said, 'Forbidden')));
    const read = { name: 'w1', revision: '41' } as ClusterNode;
    const error = await failureOf(api.kubernetes.cluster.changeNode(read, { unschedulable: true }));
    expect(error.message).to.equal(
      `may not patch node w1: HTTP 403: ${said}; grant it in the access of the step (contract.ts) and apply dist/ again`,
    );
    expect(error.exitCode).to.equal(EXIT.Refused);
  });

  it('is over at once when the step is told to end', async () => {
    const ending = new AbortController();
    api.server.answers.push(() => {
      ending.abort();
      return 'cut';
    });
    const error = await failureOf(api.connect(ending.signal).cluster.nodes());
    expect(error.message).to.equal('stopped before it finished');
    expect(error.exitCode).to.equal(EXIT.TryAgain);
    expect(api.server.requests).to.have.length(1);
  });
});

describe('kubernetes: the way there', () => {
  const api = new StandIn();

  const names = ['KUBECONFIG', 'KUBERNETES_SERVICE_HOST', 'HOME'];
  let before: (string | undefined)[];
  beforeEach(() => {
    before = names.map((name) => process.env[name]);
    for (const name of names) Reflect.deleteProperty(process.env, name);
  });
  afterEach(() => {
    names.forEach((name, index) => {
      if (before[index] !== undefined) process.env[name] = before[index];
    });
  });

  it('is asked for when there is none', () => {
    const options = {
      namespace: 'k8s-upgrade',
      annotationPrefix: PREFIX,
      clock: api.clock,
      log: (): undefined => undefined,
    };
    expect(() => connectKubernetes(options)).to.throw(
      'no cluster to talk to: set KUBECONFIG or write ~/.kube/config, or run in a pod that has a service account',
    );
  });
});
