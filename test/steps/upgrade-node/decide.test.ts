import { expect } from 'chai';
import fc from 'fast-check';
import {
  UNREACHABLE_TIMEOUT_SECONDS,
  decideApi,
  decideFlag,
  decideQuorum,
  decideWork,
  ETCD_PATIENCE_SECONDS,
  FLAG_PATIENCE_SECONDS,
  STEADY_SECONDS,
} from '../../../src/steps/upgrade-node/decide.ts';
import type { UpgradeNodeInput } from '../../../src/steps/upgrade-node/contract.ts';
import type { Facts, ReadyNode, JobOutput, UpgradeAction } from '../../../src/steps/upgrade-node/facts.ts';
import type { Decision } from '../../../src/upgrade/decision.ts';
import { nodeCommands } from '../../../src/upgrade/host/node-commands.ts';
import { unitOf } from '../../../src/upgrade/host/node-job.ts';
import type { JobState, JobRecord } from '../../../src/upgrade/host/job-status.ts';
import type { ClusterNode } from '../../../src/upgrade/node/node.ts';
import { known, notKnown } from '../../../src/upgrade/reading.ts';
import { aControlPlane, aRecord, aNode, FROM, ME, OTHER, staticPodsAt, TO, v } from '../../support/builders.ts';

const INPUT: UpgradeNodeInput = {
  node: 'w1',
  runUid: ME.uid,
  role: 'worker',
  direction: 'forward',
  kubeadmPatches: undefined,
  target: TO,
  repository: 'https://pkgs.k8s.io/core:/stable:',
  sourceFile: '/etc/apt/sources.list.d/kubernetes.list',
  keyringFile: '/etc/apt/keyrings/kubernetes-apt-keyring.asc',
  ignorePreflightErrors: [],
  skipPhases: [],
  packagesTimeoutSeconds: 900,
  kubeadmTimeoutSeconds: 1800,
  containerdPackage: 'containerd.io',
  containerdVersion: undefined,
  restoreHook: undefined,
  minimumFreeRootMiB: 512,
  minimumFreeVarLibMiB: 2048,
};
const DRAINED = { unschedulable: true, upgradeRecord: aRecord() };
const [FIRST, SECOND, THIRD] = [1, 2, 3].map((attempt) => unitOf(TO, attempt)) as [string, string, string];
const jobOf = (attempt: number, state: JobState, about: Partial<JobRecord> = {}): JobRecord => ({
  ...{ unit: unitOf(TO, attempt), target: TO, attempt, state, run: ME.uid, authenticationConfig: undefined },
  ...about,
});
const failed = (command: string, exitCode = 1): JobState => ({ kind: 'failed', exitCode, at: 3, command });
const printed = (...lines: string[]): JobOutput => ({ lines, begun: ['package source', 'kubeadm upgrade'] });
const STUCK = (component: string): JobOutput =>
  printed(`[upgrade/apply] FATAL: static Pod hash for component ${component} on Node cp1 did not change after 5m0s`);

const rest = (about: Partial<Omit<ReadyNode, 'kind'>> = {}): ReadyNode => ({
  kind: 'ready',
  node: aNode('w1', DRAINED),
  jobs: [],
  endedJobs: new Map(),
  disk: known([{ path: '/', freeMiB: 9999 }]),
  quorum: undefined,
  containerd: undefined,
  authenticationConfig: undefined,
  etcdAtTarget: false,
  ...about,
});
const think = (
  about: Partial<Omit<ReadyNode, 'kind'>>,
  input: Partial<UpgradeNodeInput> = {},
): Decision<UpgradeAction> => decideWork(rest(about), { ...INPUT, ...input });
const startOf = (decision: Decision<UpgradeAction>) =>
  decision.kind === 'act' && decision.action.kind === 'start' ? decision.action.job : undefined;

describe('upgrade-node thinks', () => {
  it('of the first attempt on a node that this run has drained, whose upgrade record says so before it begins', () => {
    const node = aNode('w1', DRAINED);
    expect(think({ node })).to.deep.equal({
      kind: 'act',
      action: {
        kind: 'start',
        node,
        upgradeRecord: aRecord({ phase: 'upgrading' }),
        job: { unit: FIRST, run: ME.uid, commands: nodeCommands(INPUT), authenticationConfig: undefined },
      },
      because: 'w1: to v1.34.10 by argo-kubeadm-upgrade-v1.34.10-1.',
    });
  });

  const AGAIN: readonly [string, ClusterNode][] = [
    ['an upgrade that stopped half-way', aNode('w1', { ...DRAINED, upgradeRecord: aRecord({ phase: 'upgrading' }) })],
    ['a control-plane node whose kubelet is behind', aControlPlane('c', { ...DRAINED, staticPods: staticPodsAt(TO) })],
    [
      'a control-plane node whose static pods are behind',
      aControlPlane('c', { ...DRAINED, kubelet: TO, staticPods: staticPodsAt(FROM) }),
    ],
    [
      'a control-plane node whose static pods cannot be seen',
      aControlPlane('c', { ...DRAINED, kubelet: TO, staticPods: [] }),
    ],
  ];
  for (const [what, node] of AGAIN)
    it(`begins on ${what}`, () => {
      expect(startOf(think({ node }))?.unit).to.equal(FIRST);
    });

  it('has nothing to do on a node that runs the target, drained or not', () => {
    for (const about of [{}, DRAINED])
      expect(think({ node: aNode('w1', { kubelet: TO, ...about }) })).to.include({
        kind: 'done',
        because: 'w1 runs v1.34.10 already.',
      });
  });

  const REFUSED: readonly [string, Partial<ClusterNode>, string][] = [
    ['that nobody has drained', {}, 'it is schedulable, it has no upgrade record'],
    ['that somebody else has cordoned', { unschedulable: true }, 'it is cordoned, it has no upgrade record'],
    [
      'that another run has drained',
      { ...DRAINED, upgradeRecord: aRecord({ run: OTHER.uid }) },
      'it is cordoned, its upgrade record is of run uid-of-other-run',
    ],
    [
      'that takes pods again',
      { upgradeRecord: aRecord() },
      'it is schedulable, its upgrade record is of run uid-of-this-run',
    ],
  ];
  for (const [what, about, seen] of REFUSED)
    it(`refuses a node ${what}`, () => {
      expect(think({ node: aNode('w1', about) })).to.deep.equal({
        kind: 'refuse',
        because: `w1 was not drained by this run: ${seen}. Nothing was changed on it. Start a new run.`,
      });
    });

  it('of nothing but waiting while something is at work there', () => {
    expect(decideWork({ kind: 'running', unit: 'argo-kubeadm-upgrade-v1.33.5-1' }, INPUT)).to.deep.equal({
      ...{ kind: 'wait', seconds: 2, because: 'argo-kubeadm-upgrade-v1.33.5-1 runs on w1.' },
    });
  });

  it('of nothing but waiting while it cannot see, and leaves it to a later pod at last', () => {
    const blind = (seconds: number): Facts => ({ kind: 'unreachable', because: 'ECONNREFUSED', seconds });
    expect(decideWork(blind(UNREACHABLE_TIMEOUT_SECONDS - 1), INPUT)).to.deep.equal({
      ...{ kind: 'wait', seconds: 5, because: 'Cannot reach w1: ECONNREFUSED' },
    });
    const message = 'w1 could not be reached for 900 s: ECONNREFUSED. A job that runs there continues.';
    expect(decideWork(blind(UNREACHABLE_TIMEOUT_SECONDS), INPUT)).to.deep.equal({
      ...{ kind: 'act', action: { kind: 'try-again', message }, because: message },
    });
  });

  describe('of what it finds on the node:', () => {
    const seen = (...units: string[]) => new Map(units.map((unit) => [unit, printed('no')]));
    const TABLE: readonly [string, Partial<Omit<ReadyNode, 'kind'>>, string][] = [
      ['an attempt of this run that ended well is done', { jobs: [jobOf(1, { kind: 'done' })] }, 'done'],
      [
        'an attempt of another run whose good end it has seen is done',
        { jobs: [jobOf(1, { kind: 'done' }, { run: OTHER.uid })], endedJobs: seen(FIRST) },
        'done',
      ],
      [
        'a good end of another day may have been undone since: a new attempt',
        { jobs: [jobOf(1, { kind: 'done' }, { run: OTHER.uid })] },
        SECOND,
      ],
      ['one that failed unseen: a new attempt', { jobs: [jobOf(1, failed('kubeadm upgrade'))] }, SECOND],
      [
        'one that was cut off: a new attempt',
        { jobs: [jobOf(1, { kind: 'running', command: 'kubeadm upgrade' })] },
        SECOND,
      ],
      ['one that had not even begun: a new attempt', { jobs: [jobOf(1, { kind: 'starting' })] }, SECOND],
      ['one that cannot be read: a new attempt', { jobs: [jobOf(1, { kind: 'unreadable', text: '' })] }, SECOND],
      [
        'one that was cut off before its eyes: a new attempt',
        { jobs: [jobOf(2, { kind: 'running', command: 'kubeadm upgrade' })], endedJobs: seen(SECOND) },
        THIRD,
      ],
      [
        'the last of several counts',
        { jobs: [jobOf(1, { kind: 'done' }), jobOf(2, failed('kubeadm upgrade'))] },
        THIRD,
      ],
      [
        'attempts for another target count for that',
        { jobs: [jobOf(7, { kind: 'done' }, { target: v('1.34.9') })] },
        FIRST,
      ],
    ];
    for (const [what, about, expected] of TABLE)
      it(what, () => {
        const decision = think(about);
        expect(startOf(decision)?.unit ?? decision.kind).to.equal(expected);
      });

    it('says why it begins again', () => {
      expect(think({ jobs: [jobOf(1, failed('kubelet restart'))] }).because).to.equal(
        `w1: to v1.34.10 by ${SECOND}, since ${FIRST} failed at "kubelet restart".`,
      );
      expect(think({ jobs: [jobOf(1, { kind: 'starting' })] }).because).to.equal(
        `w1: to v1.34.10 by ${SECOND}, since ${FIRST} was interrupted or has been undone since.`,
      );
    });
  });

  describe('of an attempt that failed before its eyes:', () => {
    const after = (
      state: JobState,
      what: JobOutput,
      about: Partial<Omit<ReadyNode, 'kind'>> = {},
      input: Partial<UpgradeNodeInput> = {},
    ) => think({ jobs: [jobOf(1, state)], endedJobs: new Map([[FIRST, what]]), ...about }, input);
    const SAID =
      '"kubeadm upgrade" ended with exit code 1 on w1 (argo-kubeadm-upgrade-v1.34.10-1), which is drained and stays cordoned. Commands that finished before it: package source. Its log there: /var/lib/argo-kubeadm-upgrade/argo-kubeadm-upgrade-v1.34.10-1/log. Last output:\nE: no';

    it("a refusal of kubeadm's is final", () => {
      expect(after(failed('kubeadm upgrade'), printed('E: no'))).to.deep.equal({ kind: 'refuse', because: SAID });
    });

    const AWAY = [
      'error: unable to fetch the kubeadm-config ConfigMap: failed to get config map: client rate limiter Wait returned an error: context deadline exceeded - error from a previous attempt: read tcp 10.0.0.21:41236->10.0.0.1:6443: read: connection reset by peer',
      'error: unable to fetch the kubeadm-config ConfigMap: Get "https://10.0.0.1:6443/api/v1": dial tcp 10.0.0.1:6443: connect: connection refused',
      'error: error execution phase control-plane: couldn\'t complete the static pod upgrade: fatal error creating etcd client: could not retrieve the list of etcd endpoints: Get "https://10.0.0.1:6443/api/v1/namespaces/kube-system/pods?labelSelector=component%3Detcd%2Ctier%3Dcontrol-plane": context deadline exceeded',
      'error: unable to fetch the kubeadm-config ConfigMap: Get "https://10.0.0.1:6443/api/v1": net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
    ];
    it('time that ran out over anything but a request is final', () => {
      const line = 'error: the control plane is not well: the health check: context deadline exceeded';
      expect(after(failed('kubeadm upgrade'), printed(line)).kind).to.equal('refuse');
    });

    for (const line of AWAY)
      it(`an API server that did not answer kubeadm may be back: …${line.slice(-40)}`, () => {
        const decision = after(failed('kubeadm upgrade'), printed(line));
        expect(decision.kind === 'act' && decision.action).to.have.property('kind', 'try-again');
      });

    it('one that was away in the meantime is no excuse for another failure', () => {
      const lines = 'W1: dial tcp: connection refused\nerror: [preflight] Some fatal errors occurred';
      expect(after(failed('kubeadm upgrade'), printed(lines)).kind).to.equal('refuse');
    });

    it('a package that does not install may be tried again', () => {
      const message = SAID.replace('"kubeadm upgrade"', '"kubeadm package"');
      expect(after(failed('kubeadm package'), printed('E: no'))).to.deep.equal({
        ...{ kind: 'act', action: { kind: 'try-again', message }, because: message },
      });
    });

    const UNVERIFIED = [
      'W: GPG error: https://pkgs.k8s.io InRelease: The following signatures were invalid: BADSIG 234654DA9A296436',
      "The following signatures couldn't be verified because the public key is not available: NO_PUBKEY 234654DA9A296436",
      "E: The repository 'https://pkgs.k8s.io/core:/stable:/v1.34/deb  InRelease' is not signed.",
      'E: There were unauthenticated packages and -y was used without --allow-unauthenticated',
      'E: Failed to fetch https://pkgs.k8s.io/x.deb  Hash Sum mismatch',
    ];
    for (const line of UNVERIFIED)
      it(`what does not verify stops it: ${line.slice(0, 60)}…`, () => {
        const decision = after(failed('package source', 100), printed(line));
        expect(decision.kind).to.equal('refuse');
        expect(decision.because).to.match(
          /^What was downloaded does not verify\. "package source" ended with exit code 100 on w1/,
        );
      });

    it('a key that is none stops it', () => {
      expect(after(failed('package source', 76), printed('no key')).kind).to.equal('refuse');
    });

    it('kubeadm in vain waiting for a static pod is tried again as it was, in a new attempt', () => {
      const job = startOf(after(failed('kubeadm upgrade'), STUCK('kube-apiserver'), { etcdAtTarget: true }));
      expect(job?.unit).to.equal(SECOND);
      expect(job?.commands).to.deep.equal(nodeCommands(INPUT));
    });

    const ETCD: readonly [string, string, boolean, boolean][] = [
      ['etcd, which is where the target wants it: etcd is left alone', 'etcd', true, true],
      ['etcd, which is not: as it was', 'etcd', false, false],
      ['another: as it was', 'kube-scheduler', true, false],
    ];
    for (const [what, component, etcdAtTarget, left] of ETCD)
      it(`when the pod is ${what}`, () => {
        const job = startOf(after(failed('kubeadm upgrade'), STUCK(component), { etcdAtTarget }));
        expect(job?.commands).to.deep.equal(nodeCommands({ ...INPUT, leaveEtcd: left }));
      });

    it('three times, and no more', () => {
      const jobs = [1, 2, 3].map((attempt) => jobOf(attempt, failed('kubeadm upgrade')));
      const all = new Map(jobs.map(({ unit }) => [unit, STUCK('etcd')]));
      expect(startOf(think({ jobs: jobs.slice(0, 2), endedJobs: all }))?.unit).to.equal(THIRD);
      const last = think({ jobs, endedJobs: all });
      expect(last.kind).to.equal('refuse');
      expect(last.because).to.match(/^3 attempts failed\. "kubeadm upgrade" ended with exit code 1 on w1 /);
    });

    it('nor is a machine that is cut off again and again begun on for ever', () => {
      const jobs = [1, 2, 3].map((attempt) => jobOf(attempt, { kind: 'running', command: 'kubeadm upgrade' }));
      const decision = think({ jobs, endedJobs: new Map(jobs.map(({ unit }) => [unit, printed('x')])) });
      expect([decision.kind, decision.because]).to.deep.equal([
        'refuse',
        `3 attempts failed. "kubeadm upgrade" was interrupted on w1 (${THIRD}), which is drained and stays cordoned. Commands that finished before it: package source. Its log there: /var/lib/argo-kubeadm-upgrade/${THIRD}/log. Last output:\nx`,
      ]);
    });

    it('and shows the last 15 lines of what failed', () => {
      const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
      const { because } = after(failed('kubeadm upgrade'), printed(...lines));
      expect(because.split('\n').slice(1)).to.deep.equal(lines.slice(-15));
    });
  });

  describe('first of what must be so:', () => {
    it('a node without room is refused, untouched', () => {
      const disk = known([{ path: '/var/lib/etcd', freeMiB: 2047 }]);
      expect(think({ disk })).to.deep.equal({
        kind: 'refuse',
        because:
          'w1 has 2047 MiB free on /var/lib/etcd, expected at least 2048 MiB. Make room there. No new attempt was started on w1, which is drained. Fix the cause, then resume the run.',
      });
    });

    it('a node whose room is not known is refused', () => {
      expect(think({ disk: notKnown('no answer') }).kind).to.equal('refuse');
    });

    it('etcd that is not well is waited for, then the node is refused', () => {
      const is = { kind: 'unhealthy', because: 'the etcd of cp2 says nothing' } as const;
      expect(think({ quorum: { is, unhealthySeconds: ETCD_PATIENCE_SECONDS - 1 } })).to.deep.equal({
        ...{ kind: 'wait', seconds: 10, because: 'w1 waits: etcd is not healthy: the etcd of cp2 says nothing.' },
      });
      expect(think({ quorum: { is, unhealthySeconds: ETCD_PATIENCE_SECONDS } })).to.deep.equal({
        kind: 'refuse',
        because:
          'After 300 s etcd is not healthy: the etcd of cp2 says nothing. No new attempt was started on w1, which is drained. Fix the cause, then resume the run.',
      });
    });

    it('an etcd that is well or elsewhere is in nobody’s way', () => {
      for (const kind of ['healthy', 'elsewhere'] as const)
        expect(startOf(think({ quorum: { is: { kind }, unhealthySeconds: 0 } }))?.unit).to.equal(FIRST);
    });

    it('a containerd that is older than the settings say is brought up, before kubeadm', () => {
      const names = startOf(think({ containerd: '2.2.1' }))?.commands.map(({ name }) => name);
      expect(names?.slice(0, 5)).to.deep.equal([
        'package state',
        'package source',
        'containerd package',
        'kubeadm package',
        'kubeadm upgrade',
      ]);
    });
  });

  describe('by law', () => {
    const state: fc.Arbitrary<JobState> = fc.oneof(
      fc.constant<JobState>({ kind: 'done' }),
      fc.constant<JobState>({ kind: 'starting' }),
      fc.constantFrom('package source', 'kubeadm upgrade', 'kubelet restart').map((command) => failed(command)),
      fc.constant<JobState>({ kind: 'running', command: 'kubeadm upgrade' }),
    );
    const jobs = fc
      .uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 5 })
      .chain((attempts) =>
        fc.tuple(
          ...attempts
            .sort((a, b) => a - b)
            .map((attempt) =>
              fc
                .record({ state, run: fc.constantFrom(ME.uid, OTHER.uid), target: fc.constantFrom(TO, FROM) })
                .map(({ state: is, run, target }) =>
                  jobOf(attempt, is, { run, target, unit: unitOf(target, attempt) }),
                ),
            ),
        ),
      );
    const facts = jobs.chain((all) =>
      fc.record({
        jobs: fc.constant(all),
        endedJobs: fc.subarray(all).map((some) => new Map(some.map(({ unit }) => [unit, printed('x')]))),
        node: fc
          .record({ unschedulable: fc.boolean(), run: fc.constantFrom(ME.uid, OTHER.uid, undefined) })
          .map(({ unschedulable, run }) =>
            aNode('w1', { unschedulable, upgradeRecord: run === undefined ? undefined : aRecord({ run }) }),
          ),
      }),
    );

    it('the number of an attempt is higher than that of any before it for its target', () => {
      fc.assert(
        fc.property(facts, (about) => {
          const unit = startOf(think(about))?.unit;
          if (unit === undefined) return;
          const attempt = Number(/-(\d+)$/.exec(unit)?.[1]);
          const before = about.jobs.filter(({ target }) => target === TO).map((job) => job.attempt);
          expect(attempt).to.be.greaterThan(Math.max(0, ...before));
        }),
      );
    });

    it('nothing is begun on a node that this run has not drained', () => {
      fc.assert(
        fc.property(facts, (about) => {
          if (startOf(think(about)) === undefined) return;
          expect([about.node.unschedulable, about.node.upgradeRecord?.run]).to.deep.equal([true, ME.uid]);
        }),
      );
    });

    it('nothing is begun while anything is at work or nothing can be seen', () => {
      const anything: fc.Arbitrary<Facts> = fc.oneof(
        fc.string().map((unit): Facts => ({ kind: 'running', unit })),
        fc.nat(9999).map((seconds): Facts => ({ kind: 'unreachable', because: 'x', seconds })),
      );
      fc.assert(
        fc.property(anything, (seen) => {
          expect(startOf(decideWork(seen, INPUT))).to.equal(undefined);
        }),
      );
    });
  });
});

describe('upgrade-node waits for the API server', () => {
  const up = (steadySeconds: number) => ({ ready: true, because: '', steadySeconds });
  const down = { ready: false, because: '/readyz answered HTTP 500', steadySeconds: 0 };

  it('for 30 s of answers, which is more than the 16 s after which Argo gives up', () => {
    expect(STEADY_SECONDS).to.equal(30);
    expect(decideApi('control-plane', up(29), 900, 29)).to.deep.equal({
      kind: 'wait',
      seconds: 2,
      because: 'The API server answers; making sure that it stays.',
    });
    expect(decideApi('control-plane', up(30), 900, 30)).to.include({
      kind: 'done',
      because: 'The API server has answered for 30 s.',
    });
  });

  it('with patience while it is away, then refuses', () => {
    expect(decideApi('first-control-plane', down, 900, 899)).to.deep.equal({
      kind: 'wait',
      seconds: 2,
      because: 'The API server does not answer: /readyz answered HTTP 500',
    });
    expect(decideApi('first-control-plane', down, 900, 900)).to.deep.equal({
      kind: 'refuse',
      because: 'The API server still does not answer 900 s after kubeadm: /readyz answered HTTP 500',
    });
  });

  it('beyond its patience when it has just come back', () => {
    expect(decideApi('first-control-plane', up(3), 900, 901).kind).to.equal('wait');
  });

  it('not at all after a worker', () => {
    expect(decideApi('worker', down, 900, 9999)).to.include({
      kind: 'done',
      because: 'A worker runs no API server.',
    });
  });
});

describe('upgrade-node thinks of etcd afterwards', () => {
  const unwell = { kind: 'unhealthy', because: 'the etcd of cp1 says nothing' } as const;
  const TABLE: readonly [string, Parameters<typeof decideQuorum>, string][] = [
    ['not after a worker', [undefined, 'w1', 0], 'done: A worker has no etcd.'],
    ['goes on when it is well', [{ kind: 'healthy' }, 'cp1', 0], 'done: Every etcd member is healthy.'],
    [
      'says so when it is elsewhere',
      [{ kind: 'elsewhere' }, 'cp1', 0],
      'done: No control-plane node runs etcd: etcd is external and is not checked.',
    ],
    ['waits for it', [unwell, 'cp1', 299], 'wait: Waiting for etcd: the etcd of cp1 says nothing'],
    [
      'refuses at last',
      [unwell, 'cp1', 300],
      'refuse: etcd is not healthy 300 s after the upgrade of cp1: the etcd of cp1 says nothing.',
    ],
  ];
  for (const [what, given, expected] of TABLE)
    it(what, () => {
      const { kind, because } = decideQuorum(...given);
      expect(`${kind}: ${because}`).to.equal(expected);
    });
});

describe('upgrade-node thinks of the flag afterwards', () => {
  const valueOf = (...given: Parameters<typeof decideFlag>): unknown => {
    const decision = decideFlag(...given);
    return decision.kind === 'done' ? String(decision.value) : decision.kind;
  };
  const TABLE: readonly [string, Parameters<typeof decideFlag>, string][] = [
    ['nothing to look for where there was none', [undefined, known(undefined), 0], 'undefined'],
    ['back when it is what it was', ['/a', known('/a'), 0], 'true'],
    ['waited for while it is missing', ['/a', known(undefined), FLAG_PATIENCE_SECONDS - 1], 'wait'],
    ['waited for while nobody can tell', ['/a', notKnown('x'), FLAG_PATIENCE_SECONDS - 1], 'wait'],
    ['lost when it stays missing', ['/a', known(undefined), FLAG_PATIENCE_SECONDS], 'false'],
    ['lost when it is another', ['/a', known('/b'), FLAG_PATIENCE_SECONDS], 'false'],
    ['not known when nobody can tell', ['/a', notKnown('x'), FLAG_PATIENCE_SECONDS], 'undefined'],
  ];
  for (const [what, given, expected] of TABLE)
    it(what, () => {
      expect(valueOf(...given)).to.equal(expected);
    });
});
