import { expect } from 'chai';
import { connectionJson, connectionLine, connectionTo } from '../../src/cli/connection.ts';
import { EXIT } from '../../src/contract/exit-code.ts';
import { failure, ok, startApiServer, type ApiAnswer, type ApiServer } from '../support/fakes/api-server.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { failureOf } from '../steps/ports/remote.suite.ts';

const VERSION = ok({ major: '1', minor: '34', gitVersion: 'v1.34.9' });
const namespaceOf = (annotations?: object): ApiAnswer => ok({ metadata: { name: 'k8s-upgrade', annotations } });
const ANNOTATION = 'argo-kubeadm-upgrade.io/cluster';

describe('which cluster the kubeconfig leads to', () => {
  let server: ApiServer;
  let address = '';
  beforeEach(async () => {
    server = await startApiServer();
    address = server.config.getCurrentCluster()?.server ?? '';
  });
  afterEach(() => server.close());

  const connection = (...answers: ApiAnswer[]) => {
    server.answers.push(...answers);
    const tools = { log: () => undefined, signal: new AbortController().signal };
    return connectionTo('prod', tools, { config: server.config, clock: new FakeClock() });
  };

  it('is told in the first line, and to a program', async () => {
    const seen = await connection(VERSION, namespaceOf({ [ANNOTATION]: 'prod' }));
    expect(connectionLine('prod', seen)).to.equal(`prod (context loaded-context, ${address}, v1.34.9)`);
    expect(connectionJson(seen)).to.deep.equal({
      ...{ context: 'loaded-context', server: address, version: 'v1.34.9', installed: 'prod', confirmed: true },
    });
  });

  const UNCONFIRMED: readonly [string, ApiAnswer, string][] = [
    ['is not installed', failure(404, 'namespaces "k8s-upgrade" not found'), 'it has no namespace k8s-upgrade yet'],
    ['was set up by an older release', namespaceOf(), 'its namespace k8s-upgrade does not name a cluster'],
    ['may not be read', failure(403, 'forbidden', 'Forbidden'), 'its namespace k8s-upgrade cannot be read'],
  ];
  for (const [what, answer, remark] of UNCONFIRMED)
    it(`is told to be unconfirmed when the pipeline ${what}`, async () => {
      const seen = await connection(VERSION, answer);
      expect(connectionLine('prod', seen)).to.equal(
        `prod (context loaded-context, ${address}, v1.34.9); ${remark}, so nothing confirms that these are its settings`,
      );
      expect(connectionJson(seen)).to.include({ installed: null, confirmed: false });
    });

  it('is a refusal when the cluster was set up from other settings', async () => {
    const error = await failureOf(connection(VERSION, namespaceOf({ [ANNOTATION]: 'staging' })));
    expect(error.exitCode).to.equal(EXIT.BadInput);
    expect(error.message).to.equal(
      `--cluster: saw prod, but the cluster of the context loaded-context (${address}) was set up as staging. Nothing was changed. Choose --cluster staging, or another --context or --kubeconfig.`,
    );
  });

  it('is a refusal when the annotation is no name of a cluster, and control characters are not printed', async () => {
    const error = await failureOf(connection(VERSION, namespaceOf({ [ANNOTATION]: 'prod\u001b[2J' })));
    expect(error.message).to.include('was set up as "prod\\u001b[2J".');
  });

  const NO_KUBERNETES: readonly [string, ApiAnswer, string][] = [
    ['404', { status: 404, body: '<html>not found</html>' }, 'HTTP 404'],
    ['a page', { status: 200, body: '<html>log in</html>' }, 'HTTP 200'],
    ['JSON of something else', ok({ version: '7' }), 'HTTP 200'],
    ['a list', ok([]), 'HTTP 200'],
    ['a refusal of something else', { status: 403, body: 'no' }, 'HTTP 403'],
  ];
  for (const [what, answer, says] of NO_KUBERNETES)
    it(`is a refusal when the server answers with ${what}`, async () => {
      const error = await failureOf(connection(answer));
      expect(error.exitCode).to.equal(EXIT.BadInput);
      expect(error.message).to.equal(
        `this is no Kubernetes API: ${address} answered /version with ${says}; check the server of the context in the kubeconfig`,
      );
    });

  it('needs no version: a server may keep it from this user', async () => {
    const seen = await connection(failure(403, 'forbidden'), namespaceOf({ [ANNOTATION]: 'prod' }));
    expect(connectionLine('prod', seen)).to.equal(`prod (context loaded-context, ${address}, version unknown)`);
    const hostile = await connection(ok({ gitVersion: 'v1.34.9\u001b[2J' }), namespaceOf());
    expect(hostile.version).to.equal(undefined);
  });

  it('is asked again while the server is away, and the message names server and context', async () => {
    const away = Array.from({ length: 10 }, () => failure(503, 'starting'));
    const error = await failureOf(connection(...away));
    expect(error.exitCode).to.equal(EXIT.TryAgain);
    expect(error.message).to.match(
      /^could not ask the API server http:\/\/127\.0\.0\.1:\d+ \(context loaded-context\) for its version for \d+ s; the last answer was: HTTP 503$/,
    );
  });

  it('takes any Kubernetes cluster when no settings are named', async () => {
    server.answers.push(VERSION, namespaceOf({ [ANNOTATION]: 'prod' }));
    const tools = { log: () => undefined, signal: new AbortController().signal };
    const { installed } = await connectionTo(undefined, tools, { config: server.config });
    expect(installed).to.deep.equal({ state: 'named', cluster: 'prod' });
  });
});
