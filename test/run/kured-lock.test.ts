import { expect } from 'chai';
import {
  formatKuredLock,
  mustWriteLock,
  kuredLockState,
  parseKuredLock,
  withoutOwnLocks,
} from '../../src/run/kured-lock.ts';
import { ME, OTHER } from '../support/builders.ts';

const NOW = Date.UTC(2026, 10, 24, 1);
const HOUR_MS = 3_600_000;
const WHERE = { daemonSet: 'kube-system/kured', annotation: 'weave.works/kured-node-lock' };
const stand = (lock: string | undefined, nowMs = NOW) => kuredLockState(lock, ME, nowMs, WHERE);
/** As kured 1.16 writes it; TTL in nanoseconds. */
const held = (nodeID: string, ttlHours = 0, created = '2026-11-24T00:40:05.123456789Z') => ({
  nodeID,
  metadata: { unschedulable: false },
  created,
  TTL: ttlHours * HOUR_MS * 1e6,
});
const one = (...about: Parameters<typeof held>): string => JSON.stringify(held(...about));
const many = (...locks: object[]): string => JSON.stringify({ maxOwners: 2, locks });
const REMEDY =
  'kured releases its lock once the node is healthy. To remove the lock of a deleted node: kubectl -n kube-system annotate daemonset kured weave.works/kured-node-lock-';

describe('the lock of kured', () => {
  const STANDS: readonly [string, string | undefined, object][] = [
    ['is free when nobody wrote one', undefined, { kind: 'free' }],
    ['is free when a kured of several has given every place back', many(), { kind: 'free' }],
    ['is free when the list is null, as Go writes an empty one', '{"maxOwners":2,"locks":null}', { kind: 'free' }],
    ['is free when its time is over', one('w3', 0.25), { kind: 'free' }],
    [
      'is held by a node for as long as it is not given back',
      one('w3'),
      {
        kind: 'rolling',
        because: `kured rolls w3 since 2026-11-24 00:40 UTC: it and an upgrade never take nodes at once. ${REMEDY}`,
      },
    ],
    [
      'is held by a node within its time',
      one('w3', 1),
      {
        kind: 'rolling',
        because: `kured rolls w3 since 2026-11-24 00:40 UTC: it and an upgrade never take nodes at once. ${REMEDY}`,
      },
    ],
    [
      'is held when one place of several is',
      many(held('w3', 0.25), held('w4')),
      {
        kind: 'rolling',
        because: `kured rolls w4 since 2026-11-24 00:40 UTC: it and an upgrade never take nodes at once. ${REMEDY}`,
      },
    ],
    [
      'of an old kured does not say since when',
      '{"nodeID":"w3"}',
      { kind: 'rolling', because: `kured rolls w3: it and an upgrade never take nodes at once. ${REMEDY}` },
    ],
    [
      'that cannot be read is held: not knowing is no permission',
      'w3 {{x}}',
      { kind: 'rolling', because: `It is unknown whether kured rolls a node: its lock reads w3 {{x}}. ${REMEDY}` },
    ],
  ];
  for (const [promise, lock, expected] of STANDS)
    it(promise, () => {
      expect(stand(lock)).to.deep.equal(expected);
    });

  for (const text of [
    '',
    'null',
    '5',
    '{"nodeID":5}',
    '{"locks":5}',
    '{"locks":[{}]}',
    '{"nodeID":"w","created":"x"}',
    '{"nodeID":"w","TTL":"1h"}',
  ])
    it(`is not read from ${text || 'an empty text'}`, () => {
      expect(parseKuredLock(text)).to.deep.equal({ unreadable: text });
    });
});

describe('the lock that we hold', () => {
  it('says to each kind of kured that every place is taken, beyond the next night', () => {
    const lock = JSON.parse(formatKuredLock(ME, NOW, 2)) as ReturnType<typeof held> & {
      locks: object[];
      maxOwners: number;
    };
    const { locks, maxOwners, ...single } = lock;
    expect(single).to.deep.equal({
      nodeID: 'k8s-upgrade/k8s-upgrade-nightly-2/uid-of-this-run',
      metadata: { unschedulable: false },
      created: '2026-11-24T01:00:00.000Z',
      TTL: 108_000_000_000_000,
    });
    expect([maxOwners, locks]).to.deep.equal([2, [single, single]]);
  });

  it('is ours until its time is over, and left behind by any other run', () => {
    const ours = formatKuredLock(ME, NOW, 1);
    expect(stand(ours)).to.deep.equal({ kind: 'ours', sinceMs: NOW, untilMs: NOW + 30 * HOUR_MS });
    expect(stand(ours, NOW + 30 * HOUR_MS)).to.deep.equal({ kind: 'free' });
    expect(stand(formatKuredLock(OTHER, NOW, 1))).to.deep.equal({ kind: 'leaked', run: OTHER.name });
  });

  it('is not ours alone once kured has taken a place beside it', () => {
    const both = many({ ...held('w3') }, JSON.parse(formatKuredLock(ME, NOW, 1)) as object);
    expect(stand(both).kind).to.equal('rolling');
  });

  it('is written when it is free or left behind, anew after an hour, and never over that of kured', () => {
    expect(mustWriteLock({ kind: 'free' }, NOW)).to.equal(true);
    expect(mustWriteLock({ kind: 'leaked', run: 'x' }, NOW)).to.equal(true);
    expect(mustWriteLock(stand(one('w3')), NOW)).to.equal(false);
    const ours = stand(formatKuredLock(ME, NOW, 1));
    expect(mustWriteLock(ours, NOW + HOUR_MS - 1)).to.equal(false);
    expect(mustWriteLock(ours, NOW + HOUR_MS)).to.equal(true);
  });

  it('goes as a whole when it is given back, and leaves a place that kured has taken', () => {
    expect(withoutOwnLocks(formatKuredLock(ME, NOW, 2), ME)).to.equal(null);
    const both = { ...(JSON.parse(formatKuredLock(ME, NOW, 1)) as object), locks: [held('w3')], maxOwners: 2 };
    expect(withoutOwnLocks(JSON.stringify(both), ME)).to.equal(many(held('w3')));
  });

  it('is given back by its own run, by another only when any is to go, and by nobody when it is of kured', () => {
    expect(withoutOwnLocks(formatKuredLock(OTHER, NOW, 1), ME)).to.equal(undefined);
    expect(withoutOwnLocks(formatKuredLock(OTHER, NOW, 1), 'any')).to.equal(null);
    for (const lock of [undefined, one('w3'), 'unreadable', many(held('w3'))])
      expect(withoutOwnLocks(lock, 'any'), lock).to.equal(undefined);
  });
});
