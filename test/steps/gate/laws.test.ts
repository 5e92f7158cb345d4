import { expect } from 'chai';
import fc from 'fast-check';
import type { GateInput } from '../../../src/steps/gate/contract.ts';
import { decide } from '../../../src/steps/gate/decide.ts';
import type { GateFacts, GateNode } from '../../../src/steps/gate/facts.ts';
import type { Addon } from '../../../src/upgrade/gate/addons/addon.ts';
import { ADDONS } from '../../../src/upgrade/gate/addons/index.ts';
import { KUBELET_PLACES, type Written } from '../../../src/upgrade/gate/boundary/configuration.ts';
import { BOUNDARIES } from '../../../src/upgrade/gate/boundary/index.ts';
import { CONTROL_PLANE_COMPONENTS } from '../../../src/upgrade/node/node.ts';
import { formatKubeVersion, parseKubeVersion, type KubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import { known, notKnown, type Reading } from '../../../src/upgrade/reading.ts';
import { cluster, node } from './build.ts';

// ---- any cluster -----------------------------------------------------------------------------------------------------
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Reading<T>> =>
  fc.oneof({ weight: 12, arbitrary: value.map(known) }, { weight: 1, arbitrary: fc.constant(notKnown('off')) });

const flagNames = [...new Set(BOUNDARIES.flatMap(({ flags }) => flags.map(({ flag }) => flag)))].slice(-24);
const gateNames = BOUNDARIES.slice(-4).flatMap(({ gates }) => gates.map(({ gate }) => gate));

const rarely = <T>(none: NoInfer<T>, some: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(none) }, { weight: 1, arbitrary: some });
const written: fc.Arbitrary<Written> = fc.record({
  flags: rarely(
    [],
    fc.array(fc.record({ name: fc.constantFrom(...flagNames), value: fc.constant('x') }), { maxLength: 2 }),
  ),
  featureGates: rarely({}, fc.dictionary(fc.constantFrom(...gateNames), fc.boolean(), { maxKeys: 2 })),
});

const everyOne = <K extends string, T>(keys: readonly K[], each: fc.Arbitrary<T>): fc.Arbitrary<Record<K, T>> =>
  fc
    .tuple(...keys.map(() => each))
    .map((values) => Object.fromEntries(keys.map((key, place) => [key, values[place]])) as Record<K, T>);

const anyNode = (kubelet: KubeVersion, name: string): fc.Arbitrary<GateNode> =>
  fc.record({
    ...{ name: fc.constant(name), kubelet: fc.constant(kubelet) },
    runtime: fc.constantFrom('containerd://2.2.1', 'containerd://2.3.4', 'containerd://1.7.28', 'cri-o://1.34.0', ''),
    cgroup: maybe(fc.constantFrom('v2' as const, 'v1' as const)),
    kubeletPlaces: everyOne(KUBELET_PLACES, maybe(written)),
    staticPods: fc.option(everyOne(CONTROL_PLANE_COMPONENTS, maybe(written)), { nil: undefined }),
  });

const TAGS = [
  'v3.30.1',
  'v3.32.0',
  '1.18.0',
  'v1.16.3',
  '2.8.0',
  '2.20.0',
  '26.7.0',
  '0.9.0',
  '1.30.0',
  '1.9.0',
  'latest',
];
const image = fc
  .tuple(fc.constantFrom(...ADDONS.flatMap(({ images }) => images), 'acme/shop'), fc.constantFrom(...TAGS))
  .map(([path, tag]) => `mirror.example.com/${path}:${tag}`);
const anyWorkload = fc.record({
  ...{ kind: fc.constantFrom('Deployment', 'DaemonSet'), namespace: fc.constantFrom('a', 'b') },
  ...{ name: fc.constantFrom('x', 'y'), images: fc.array(image, { minLength: 1, maxLength: 2 }) },
});
const series = fc.record({
  ...{ group: fc.constantFrom('g', 'h'), version: fc.constant('v1'), resource: fc.constant('things') },
  ...{
    subresource: fc.constantFrom('', 'status'),
    removedRelease: fc.constantFrom('', '1.34', '1.36', '1.40', 'soon'),
  },
});

/** `begun`: the API server is at the next minor already. */
const anyFacts = (running: KubeVersion, begun: boolean): fc.Arbitrary<GateFacts> =>
  fc.record({
    nodes: fc.tuple(anyNode(running, 'n-1'), anyNode(running, 'n-2')),
    apiServers: fc.constant(known([{ node: 'n-1', version: begun ? minorAfter(running) : running }])),
    workloads: maybe(fc.array(anyWorkload, { maxLength: 2 })),
    deprecatedApis: maybe(rarely([], fc.array(series, { maxLength: 2 }))),
    youngApiServers: rarely(
      [],
      fc.array(fc.constant({ server: '10.0.0.1:6443', upHours: 1, neededHours: 24 }), { maxLength: 1 }),
    ),
    kubeadmConfig: maybe(
      fc.record({
        apiVersions: rarely(['kubeadm.k8s.io/v1beta4'], fc.constant<readonly string[]>(['kubeadm.k8s.io/v1beta3'])),
        featureGates: fc.constant({}),
        components: everyOne(CONTROL_PLANE_COMPONENTS, written),
      }),
    ),
    kubeletConfig: maybe(
      fc
        .tuple(written, fc.constantFrom(true, false, undefined))
        .map(([both, failCgroupV1]) => ({ ...both, failCgroupV1 })),
    ),
    kubeProxyConfig: maybe(written),
    etcd: maybe(
      fc.subarray([
        { name: 'n-1', version: '3.5.24' },
        { name: 'n-2', version: '3.5.26' },
      ]),
    ),
  });

const minorAfter = (from: KubeVersion): KubeVersion => ({ ...from, minor: from.minor + 1 });
const anyRunning = fc.integer({ min: 24, max: 38 }).map((minor) => parseKubeVersion(`1.${minor}.2`));
const policy = fc.constantFrom('block' as const, 'warn' as const);
const anyInput = (target: KubeVersion): fc.Arbitrary<GateInput> =>
  fc.record({
    target: fc.constant(target),
    untestedAddons: policy,
    untestedRuntime: policy,
    addons: fc.subarray([
      { name: 'calico', pin: { reason: 'no' } },
      { name: 'keda', required: true },
      { name: 'kyverno', matrix: [{ floor: '1.18', maximumKubernetes: '1.38' }] },
      { name: 'shop', images: ['acme/shop'] },
    ]),
  });

const anyMinorJump: fc.Arbitrary<[GateFacts, GateInput]> = fc
  .tuple(anyRunning, fc.boolean())
  .chain(([running, begun]) => fc.tuple(anyFacts(running, begun), anyInput(minorAfter(running))));
/** What is likely to be clear, so that a law about clear is not an empty one. */
const quietJump: fc.Arbitrary<[GateFacts, GateInput]> = fc
  .tuple(anyRunning, fc.array(anyWorkload, { maxLength: 1 }))
  .chain(([running, workloads]) => {
    const text = formatKubeVersion(running);
    const nodes = [node('n-1', text, { runtime: 'containerd://2.3.4' })];
    return fc.tuple(fc.constant(cluster(text, { nodes, workloads: known(workloads) })), anyInput(minorAfter(running)));
  });

// ---- what can be taken away ------------------------------------------------------------------------------------------
const off = notKnown('taken away');
const READINGS = [
  ...(['apiServers', 'workloads', 'deprecatedApis', 'kubeadmConfig'] as const),
  ...(['kubeletConfig', 'kubeProxyConfig', 'etcd'] as const),
];
const onFirst = (facts: GateFacts, change: (node: GateNode) => Partial<GateNode>): GateFacts => ({
  ...facts,
  nodes: facts.nodes.map((each, place) => (place === 0 ? { ...each, ...change(each) } : each)),
});

const TAKEN: readonly [what: string, take: (facts: GateFacts) => GateFacts][] = [
  ...READINGS.map((name): [string, (facts: GateFacts) => GateFacts] => [name, (facts) => ({ ...facts, [name]: off })]),
  ...KUBELET_PLACES.map((place): [string, (facts: GateFacts) => GateFacts] => [
    place,
    (facts) => onFirst(facts, ({ kubeletPlaces }) => ({ kubeletPlaces: { ...kubeletPlaces, [place]: off } })),
  ]),
  ...CONTROL_PLANE_COMPONENTS.map((name): [string, (facts: GateFacts) => GateFacts] => [
    name,
    (facts) =>
      onFirst(facts, ({ staticPods }) => ({
        staticPods: staticPods === undefined ? undefined : { ...staticPods, [name]: off },
      })),
  ]),
  ['the cgroup version', (facts) => onFirst(facts, () => ({ cgroup: off }))],
  ['the runtime version', (facts) => onFirst(facts, () => ({ runtime: '' }))],
  ['the nodes', (facts) => ({ ...facts, nodes: [] })],
  [
    'the tags of images',
    (facts) => ({
      ...facts,
      workloads: facts.workloads.known
        ? known(facts.workloads.value.map((each) => ({ ...each, images: each.images.map(withoutTag) })))
        : facts.workloads,
    }),
  ],
];
const withoutTag = (text: string): string => `${text.replace(/:[^/]*$/, '')}@sha256:${'a'.repeat(64)}`;

const shuffled = <T>(list: readonly T[]): fc.Arbitrary<T[]> =>
  fc.shuffledSubarray([...list], { minLength: list.length, maxLength: list.length });
const shuffledReading = <T>(reading: Reading<readonly T[]>): fc.Arbitrary<Reading<readonly T[]>> =>
  reading.known ? shuffled(reading.value).map(known) : fc.constant(reading);

const withRow = (row: { floor: string; maximumKubernetes: `1.${number}`; minimumKubernetes: `1.${number}` }): Addon[] =>
  ADDONS.map((addon) =>
    typeof addon.matrix === 'object'
      ? { ...addon, matrix: [{ ...row, source: addon.source }, ...addon.matrix] }
      : addon,
  );

describe('the laws of the compat gate', () => {
  it('a patch is clear, whatever addons, clients, configuration and runtime are', () => {
    const any = anyRunning.chain((running) =>
      fc.tuple(anyFacts(running, false), anyInput({ ...running, patch: running.patch + 1 })),
    );
    fc.assert(
      fc.property(any, ([facts, asked]) => {
        expect(decide(facts, asked)).to.deep.equal({ verdict: 'clear', findings: [] });
      }),
    );
  });

  for (const [what, take] of TAKEN)
    it(`taking ${what} away never clears what was blocked or held`, () => {
      fc.assert(
        fc.property(anyMinorJump, ([facts, asked]) => {
          fc.pre(decide(facts, asked).verdict !== 'clear');
          expect(decide(take(facts), asked).verdict).to.not.equal('clear');
        }),
      );
    });

  it('the order in which things are listed never matters', () => {
    const any = anyMinorJump.chain(([facts, asked]) =>
      fc.tuple(
        ...([fc.constant(facts), fc.constant(asked)] as const),
        fc.record({
          nodes: shuffled(facts.nodes),
          apiServers: shuffledReading(facts.apiServers),
          workloads: shuffledReading(facts.workloads),
          deprecatedApis: shuffledReading(facts.deprecatedApis),
          etcd: shuffledReading(facts.etcd),
        }),
        ...([shuffled(asked.addons), shuffled(ADDONS)] as const),
      ),
    );
    fc.assert(
      fc.property(any, ([facts, asked, other, addons, catalogue]) => {
        const again = decide({ ...facts, ...other }, { ...asked, addons }, catalogue);
        expect(again).to.deep.equal(decide(facts, asked));
      }),
    );
  });

  it('a newer version of an addon in the table never blocks what was clear', () => {
    const clear = { seen: 0 };
    const minor = fc.integer({ min: 20, max: 40 });
    fc.assert(
      fc.property(quietJump, minor, minor, ([facts, asked], low, high) => {
        fc.pre(decide(facts, asked).verdict === 'clear');
        clear.seen += 1;
        const row = { floor: '99', minimumKubernetes: `1.${low}`, maximumKubernetes: `1.${high}` } as const;
        expect(decide(facts, asked, withRow(row)).verdict).to.equal('clear');
      }),
    );
    expect(clear.seen).to.be.greaterThan(20);
  });

  it('a verdict of clear has no finding but warnings, and any other has one that is none', () => {
    fc.assert(
      fc.property(fc.oneof(anyMinorJump, quietJump), ([facts, asked]) => {
        const { verdict, findings } = decide(facts, asked);
        expect(findings.every((finding) => finding.class === 'warning')).to.equal(verdict === 'clear');
      }),
    );
  });
});
