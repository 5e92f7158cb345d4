import { expect } from 'chai';
import { ok } from '../../../support/fakes/api-server.ts';
import { asked, list, StandIn } from './stand-in.ts';

interface About {
  readonly reason?: string;
  readonly message?: string | undefined;
  readonly at?: string;
  readonly eventTime?: string | null;
  readonly series?: object;
}

/** Times as they come: `eventTime` of the scheduler's own, `lastTimestamp` of older ones, `series` of one that repeats. */
const event = (pod: string, { reason = 'FailedScheduling', message, at, ...times }: About): object => ({
  metadata: { name: `${pod}.1`, creationTimestamp: at },
  involvedObject: { kind: 'Pod', name: pod },
  ...{ reason, message, ...times },
});

describe('kubernetes: what the scheduler says', () => {
  const api = new StandIn();
  const RUN = { uid: 'uid-of-run', name: 'nightly-1' };
  const told = async (...events: object[]): Promise<unknown> => {
    api.server.answers.push(ok(list(events)));
    return api.kubernetes.runs.unscheduled(RUN);
  };

  it('is asked of the Events of our namespace', async () => {
    expect(await told()).to.deep.equal([]);
    expect(asked(api.last())).to.equal(
      'GET /api/v1/namespaces/k8s-upgrade/events?fieldSelector=involvedObject.kind=Pod&limit=500',
    );
  });

  it('is its last word, by whichever of its times is the latest', async () => {
    const old = event('nightly-1-a-1', { message: 'old', at: '2026-11-24T01:00:00Z' });
    const late = event('nightly-1-a-1', {
      ...{ message: 'late', at: '2026-11-24T00:59:00Z', eventTime: '2026-11-24T00:59:00.123456Z' },
      series: { count: 3, lastObservedTime: '2026-11-24T01:02:00.000000Z' },
    });
    expect(await told(late, old)).to.deep.equal([{ pod: 'nightly-1-a-1', because: 'late' }]);
  });

  it('is nothing of a pod that found a node in the end', async () => {
    const failed = event('nightly-1-a-1', { message: 'm', at: '2026-11-24T01:00:00Z', eventTime: null });
    const found = event('nightly-1-a-1', { reason: 'Scheduled', at: '2026-11-24T01:00:09Z' });
    expect(await told(found, failed)).to.deep.equal([]);
  });

  it('is nothing of the pods of others, and of what is no verdict of the scheduler', async () => {
    const others = event('nightly-10-a-1', { message: 'm', at: '2026-11-24T01:00:00Z' });
    const pulled = event('nightly-1-a-1', { reason: 'Pulled', at: '2026-11-24T01:00:00Z' });
    expect(await told(others, pulled)).to.deep.equal([]);
  });

  it('is said to be missing when it is', async () => {
    const silent = event('nightly-1-a-1', { at: '2026-11-24T01:00:00Z' });
    expect(await told(silent)).to.deep.equal([{ pod: 'nightly-1-a-1', because: 'the scheduler gave no reason' }]);
  });
});

describe('kubernetes: the kill switch', () => {
  const api = new StandIn();

  it('is a ConfigMap, whose reason is taken without the space around it', async () => {
    api.server.answers.push(ok({ metadata: { name: 'k8s-upgrade-killswitch' }, data: { reason: ' disk swap\n' } }));
    expect(await api.kubernetes.cluster.killSwitch()).to.equal('disk swap');
    expect(asked(api.last())).to.equal('GET /api/v1/namespaces/k8s-upgrade/configmaps/k8s-upgrade-killswitch');
  });

  it('is not taken for off when it cannot be read', async () => {
    for (let attempt = 0; attempt < 12; attempt++) api.server.answers.push({ status: 403, body: '{"message":"no"}' });
    const error = await api.kubernetes.cluster.killSwitch().catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error);
    expect((error as Error).message).to.match(/^may not get configmap k8s-upgrade-killswitch: HTTP 403: no; grant it/);
  });
});
