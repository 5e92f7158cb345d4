import { expect } from 'chai';
import {
  imageProblems,
  imageScript,
  neededImages,
  parseImages,
  type ClusterImages,
  type ImageNeeds,
} from '../../../src/upgrade/prepare/images.ts';
import { notKnown } from '../../../src/upgrade/reading.ts';
import { FakeMachine } from '../../support/fake-machine.ts';

const DEFAULT = { repository: undefined, tag: undefined };
const CLUSTER: ClusterImages = { repository: 'registry.k8s.io', etcd: DEFAULT, dns: DEFAULT, proxy: 'enabled' };
const names = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'];
const LISTED = [
  ...names.map((name) => `registry.k8s.io/${name}:v1.34.10`),
  'registry.k8s.io/coredns/coredns:v1.12.1',
  'registry.k8s.io/pause:3.10.1',
  'registry.k8s.io/etcd:3.6.5-0',
];

describe('the images that a node needs', () => {
  const needed = (about: Partial<ImageNeeds> = {}, cluster: Partial<ClusterImages> = {}): string =>
    neededImages(LISTED, {
      role: 'control-plane',
      skipPhases: ['addon/coredns'],
      ignorePreflightErrors: ['CoreDNSMigration'],
      ...about,
      cluster: { ...CLUSTER, ...cluster },
    })
      .map((image) => image.replace('registry.k8s.io/', ''))
      .join(' ');
  const CORE = 'kube-apiserver:v1.34.10 kube-controller-manager:v1.34.10 kube-scheduler:v1.34.10';

  const TABLE: readonly [string, string, string][] = [
    [
      'on a control plane: all, CoreDNS too, which the preflight pulls whatever is skipped',
      needed(),
      `${CORE} kube-proxy:v1.34.10 coredns/coredns:v1.12.1 pause:3.10.1 etcd:3.6.5-0`,
    ],
    ['on the first one: the same', needed({ role: 'first-control-plane' }), needed()],
    [
      'without CoreDNS where it is skipped and the preflight may fail to pull',
      needed({ ignorePreflightErrors: ['ImagePull'] }),
      `${CORE} kube-proxy:v1.34.10 pause:3.10.1 etcd:3.6.5-0`,
    ],
    [
      'with CoreDNS where it is not skipped',
      needed({ ignorePreflightErrors: ['ImagePull'], skipPhases: [] }),
      needed(),
    ],
    ['on a worker: kube-proxy and pause', needed({ role: 'worker' }), 'kube-proxy:v1.34.10 pause:3.10.1'],
    [
      'on a worker without kube-proxy: pause',
      needed({ role: 'worker', skipPhases: ['addon/kube-proxy'] }),
      'pause:3.10.1',
    ],
    ['where every addon is skipped: the same', needed({ role: 'worker', skipPhases: ['addon'] }), 'pause:3.10.1'],
    [
      'where both addons are disabled',
      needed({}, { proxy: 'disabled', dns: 'disabled' }),
      `${CORE} pause:3.10.1 etcd:3.6.5-0`,
    ],
    [
      'where etcd is external',
      needed({ skipPhases: [] }, { etcd: 'external', dns: 'disabled' }),
      `${CORE} kube-proxy:v1.34.10 pause:3.10.1`,
    ],
    [
      'as the cluster has its etcd and its DNS',
      needed(
        {},
        { etcd: { repository: 'my.org/e', tag: '3.6.16-0' }, dns: { repository: 'my.org/d', tag: undefined } },
      ),
      `${CORE} kube-proxy:v1.34.10 my.org/d/coredns:v1.12.1 pause:3.10.1 my.org/e/etcd:3.6.16-0`,
    ],
    [
      'with a tag of its own in the same repository',
      needed({}, { dns: { repository: undefined, tag: 'v1.13.0' } }),
      `${CORE} kube-proxy:v1.34.10 coredns/coredns:v1.13.0 pause:3.10.1 etcd:3.6.5-0`,
    ],
  ];
  for (const [promise, seen, expected] of TABLE)
    it(promise, () => {
      expect(seen).to.equal(expected);
    });

  it('in a repository of their own are named there, CoreDNS too', () => {
    const listed = ['lab.invalid/k8s/coredns:v1.12.1', 'lab.invalid/k8s/etcd:3.6.5-0'];
    const cluster = { ...CLUSTER, repository: 'lab.invalid/k8s', etcd: { repository: undefined, tag: '3.6.16-0' } };
    const needs = { role: 'control-plane', skipPhases: [], ignorePreflightErrors: [], cluster } as const;
    expect(neededImages(listed, needs)).to.deep.equal([
      'lab.invalid/k8s/coredns:v1.12.1',
      'lab.invalid/k8s/etcd:3.6.16-0',
    ]);
  });
});

describe('the images of a node', () => {
  const [PAUSE, PROXY] = ['registry.k8s.io/pause:3.10.1', 'registry.k8s.io/kube-proxy:v1.34.10'];
  let machine: FakeMachine;
  beforeEach(() => {
    machine = new FakeMachine();
    machine.program('crictl', 'exit 1');
    machine.program(
      'ctr',
      `case "$*" in *' ls -q') echo ${PAUSE}; echo docker.io/acme/etcd:1 ;; *pull*) echo unpacking; exit 0 ;; esac`,
    );
  });
  afterEach(() => {
    machine.end();
  });
  const seen = (images = [PAUSE, PROXY], mode: 'pull' | 'check' = 'pull') => {
    const { status, stdout } = machine.run(imageScript(images, mode));
    expect(status).to.equal(0);
    const parsed = parseImages(stdout, 'w1');
    if (!parsed.known) throw new Error(parsed.reason);
    return parsed.value;
  };
  const pulls = (): string[] => machine.calls().filter((call) => call.includes(' pull '));
  const NOTHING = { present: [], pulled: [], absent: [], failed: [], noRuntime: undefined };

  it('are pulled by ctr when they are missing, and only then; no file is written', () => {
    const before = machine.files();
    expect(seen()).to.deep.equal({ ...NOTHING, present: [PAUSE], pulled: [PROXY] });
    expect(pulls()).to.have.length(1);
    expect(pulls()[0]).to.match(/^ctr -n k8s[.]io images pull .*registry[.]k8s[.]io\/kube-proxy:v1[.]34[.]10$/);
    expect(machine.changedSince(before)).to.deep.equal([]);
  });

  it('are pulled by crictl where it answers, at the endpoint of the runtime', () => {
    machine.program('crictl', `case "$*" in *inspecti*pause*|*version|*pull*) exit 0 ;; *) exit 1 ;; esac`);
    expect(seen()).to.deep.equal({ ...NOTHING, present: [PAUSE], pulled: [PROXY] });
    const endpoint =
      '--runtime-endpoint unix:///run/containerd/containerd.sock --image-endpoint unix:///run/containerd/containerd.sock';
    expect(pulls()).to.deep.equal([`crictl ${endpoint} pull ${PROXY}`]);
    expect(machine.calls().some((call) => call.startsWith('ctr'))).to.equal(false);
  });

  it('are known to ctr by their full names', () => {
    expect(seen(['acme/etcd:1'])).to.deep.equal({ ...NOTHING, present: ['acme/etcd:1'] });
  });

  it('are only looked for when that is all that is wanted', () => {
    const images = seen([PAUSE, PROXY], 'check');
    expect(images).to.deep.equal({ ...NOTHING, present: [PAUSE], absent: [PROXY] });
    expect(pulls()).to.deep.equal([]);
    expect(imageProblems('w1', images, [PAUSE, PROXY])).to.deep.equal([
      { text: `${PROXY} is not on w1, and prepare.images is check: import it there.`, mayPass: false },
    ]);
  });

  const FAILURES: readonly [string, boolean][] = [
    [`failed to resolve reference "x": not found`, false],
    ['failed to do request: dial tcp: lookup lab.invalid: no such host', false],
    ['unexpected status from HEAD request: 401 Unauthorized', false],
    ['unexpected status from HEAD request: 503 Service Unavailable', true],
    ['dial tcp 10.0.0.1:443: connect: connection refused', true],
    ['dial tcp 10.0.0.1:443: i/o timeout', true],
  ];
  for (const [complaint, mayPass] of FAILURES)
    it(`name node and image when a pull fails with ${complaint}`, () => {
      machine.program('ctr', `case "$*" in *pull*) echo '${complaint}' >&2; exit 1 ;; esac`);
      expect(imageProblems('w1', seen([PROXY]), [PROXY])).to.deep.equal([
        { text: `w1 cannot pull ${PROXY}: ${complaint}`, mayPass },
      ]);
    });

  it('are unknown where no runtime answers', () => {
    machine.program('ctr', 'echo no socket; exit 1');
    expect(imageProblems('w1', seen(), [PROXY])).to.deep.equal([
      {
        text: 'Neither crictl nor ctr on w1 lists the images: no socket Check whether the container runtime is running.',
        mayPass: false,
      },
    ]);
  });

  it('are not there when nothing is said of them', () => {
    expect(imageProblems('w1', seen([PAUSE]), [PAUSE, PROXY])).to.deep.equal([
      { text: `The check of w1 did not report the image ${PROXY}.`, mayPass: false },
    ]);
    expect(parseImages('@prepare present x\n', 'w1')).to.deep.equal(
      notKnown('pulling images on w1 did not reach its end'),
    );
  });
});
