import { expect } from 'chai';
import type { NodeSelectorRequirement, NodeSelectorTerm, Template, Toleration } from '../../src/synth/argo/types.ts';
import type { ClusterSettings } from '../../src/synth/settings.ts';
import { keeps, unless } from './support/promise.ts';
import { reachable } from './support/references.ts';
import { MINIMAL, nameOf, placedTemplates, settingsOf, type Placed } from './support/render.ts';

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';
const TARGET = '{{inputs.parameters.node}}';

const pods = (): readonly Placed[] => placedTemplates().filter(({ template }) => template.container !== undefined);
const isOnANode = ({ inputs }: Template): boolean => inputs?.parameters.some(({ name }) => name === 'node') === true;
const onANode = (): readonly Placed[] => pods().filter(({ template }) => isOnANode(template));
const below = (dag: string) => (): readonly Placed[] =>
  pods().filter(({ workflow, template }) => reachable(workflow.spec, dag).has(template.name));

/** Alternatives: a pod may run where any of them holds. */
const termsOf = ({ affinity }: Template): readonly NodeSelectorTerm[] =>
  affinity?.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
const formatToleration = ({ key, operator, value = '', effect }: Toleration): string =>
  [key, operator, value, effect ?? ''].join(' ');
/** What the settings say, as the requirements and tolerations of a pod. */
const rulesOf = ({ runners, images, nodes }: ClusterSettings, kind: 'withSshKey' | 'others') => ({
  selector: [
    ...runners[kind].nodeSelector.map((label): NodeSelectorRequirement => {
      const [key = '', value = ''] = label.split('=');
      return { key, operator: 'In', values: [value] };
    }),
    { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
    { key: 'kubernetes.io/arch', operator: 'In', values: images.architectures },
    ...(nodes.exclude.kinds.includes('virtual-kubelet')
      ? [
          { key: 'type', operator: 'NotIn', values: ['virtual-kubelet', 'kwok'] },
          { key: 'liqo.io/type', operator: 'NotIn', values: ['virtual-node'] },
        ]
      : []),
    ...(nodes.exclude.kinds.includes('kubeedge')
      ? [{ key: 'node-role.kubernetes.io/agent', operator: 'NotIn', values: [''] }]
      : []),
    ...nodes.exclude.labels.map((label) => {
      const [key = '', value = ''] = label.split('=');
      return { key, operator: 'NotIn', values: [value] };
    }),
  ],
  tolerations: runners[kind].tolerations.map(formatToleration),
});
/** Whether the pod can read a key: from a volume, or with its token. */
const holdsKey = ({ template: { volumes = [], serviceAccountName } }: Placed): boolean =>
  serviceAccountName === 'k8s-upgrade-switch-ssh-key' || volumes.some((volume) => 'projected' in volume);
const isSingle = ({ template }: Placed): boolean => template.name.endsWith('-single-control-plane');
const kindOf = (placed: Placed): 'withSshKey' | 'others' =>
  !isSingle(placed) && (isOnANode(placed.template) || holdsKey(placed)) ? 'withSshKey' : 'others';

const away: NodeSelectorRequirement = { key: 'metadata.name', operator: 'NotIn', values: [TARGET] };
const leftOut = ({ nodes }: ClusterSettings) =>
  nodes.exclude.names.map((name) => ({ key: 'metadata.name', operator: 'NotIn', values: [name] }));
const withTemplate = (placed: Placed, change: object): object => ({
  ...placed,
  template: { ...placed.template, ...change },
});
const required = (...nodeSelectorTerms: NodeSelectorTerm[]): object => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
});

describe('no step pod runs on the node that it works on', () => {
  keeps(onANode, nameOf, [
    {
      says: 'by its name, in every alternative of a required affinity',
      check: ({ template, cluster }) => [
        ...unless(termsOf(template).length > 0, 'nothing is required'),
        ...termsOf(template).flatMap(({ matchFields }) =>
          unless(JSON.stringify(matchFields) === JSON.stringify([away, ...leftOut(cluster.settings)]), 'may run there'),
        ),
      ],
      // Alternatives: the second one lets it on its own node.
      spoil: (placed) =>
        withTemplate(
          placed,
          required(...termsOf(placed.template), { matchExpressions: [{ key: CONTROL_PLANE, operator: 'Exists' }] }),
        ),
    },
    {
      says: 'and no node selector, node name or anti-affinity tells another story',
      check: ({ template, workflow }) =>
        ['nodeSelector', 'nodeName', 'schedulerName'].filter((field) => field in template || field in workflow.spec),
      spoil: (placed) => withTemplate(placed, { nodeSelector: { 'kubernetes.io/hostname': TARGET } }),
    },
  ]);

  it('and there are such steps', () => {
    const steps = onANode().map(({ template }) => template.serviceAccountName);
    expect(new Set(steps)).to.include.keys('k8s-upgrade-drain', 'k8s-upgrade-upgrade-node', 'k8s-upgrade-verify-node');
  });
});

describe('the first pod of a node, which proves that the others find a place', () => {
  const isProbe = ({ template }: Placed): boolean => template.serviceAccountName === 'k8s-upgrade-admit';
  const probes = (): readonly Placed[] => onANode().filter(isProbe);
  /** Templates that the same node's steps are made of, whatever their depth. */
  const others = ({ workflow, template }: Placed): readonly Template[] => {
    const kind = template.name.replace(/^admit-/, '');
    return workflow.spec.templates.filter(
      ({ name, container }) =>
        container && name.endsWith(`-${kind}`) && !(kind === 'control-plane' && name.endsWith('-single-control-plane')),
    );
  };
  const wanted = ({ affinity, tolerations }: Template): string => JSON.stringify({ affinity, tolerations });

  keeps(probes, nameOf, [
    {
      says: 'is placed as they are',
      check: (placed) => [
        ...unless(others(placed).length === 4, 'not all four steps are known'),
        ...others(placed).flatMap((each) => unless(wanted(each) === wanted(placed.template), `${each.name} differs`)),
      ],
      spoil: (placed) =>
        withTemplate(placed, { tolerations: [{ key: 'x', operator: 'Exists', effect: 'NoSchedule' }] }),
    },
    {
      says: 'needs as much room as they do',
      check: (placed) =>
        others(placed).flatMap(({ name, container }) =>
          unless(
            JSON.stringify(container?.resources) === JSON.stringify(placed.template.container?.resources),
            `${name} needs another amount`,
          ),
        ),
      spoil: (placed) =>
        withTemplate(placed, { container: { ...placed.template.container, resources: { requests: { cpu: '1m' } } } }),
    },
    {
      says: 'fails within ten minutes when it finds none: by the field that its Argo knows, and never retried',
      check: ({ template, cluster }) => {
        // What Argo 4.0 counts includes the waits for alerts to clear and for kured.
        const wait = (name: string) => Number(template.container?.env.find((each) => each.name === name)?.value);
        const waits = wait('ALERT_WAIT_SECONDS') + wait('KURED_WAIT_SECONDS');
        const seconds = cluster.settings.argo.version === '4.0' ? 600 + waits : 600;
        const [field, other] =
          cluster.settings.argo.version === '4.0'
            ? (['timeout', 'pendingTimeout'] as const)
            : (['pendingTimeout', 'timeout'] as const);
        return [
          ...unless(template[field] === `${seconds}s`, `${field} is ${template[field]}`),
          ...unless(template[other] === undefined, `${other} is ${template[other]}`),
          ...unless(template.retryStrategy === undefined, 'is retried: then the field has no effect'),
        ];
      },
      spoil: (placed) => withTemplate(placed, { retryStrategy: { limit: 1 } }),
    },
    {
      says: 'is the first of its node, and nothing of the node is done before it',
      check: ({ workflow, template }) => {
        const dag = workflow.spec.templates.find(({ dag: each }) =>
          each?.tasks.some((task) => task.template === template.name),
        );
        const [first, ...rest] = dag?.dag?.tasks ?? [];
        return [
          ...unless(first?.template === template.name && first.depends === undefined, 'not the first'),
          ...rest.flatMap(({ name, depends }) => unless(depends === 'admit.Succeeded', `${name} does not wait for it`)),
        ];
      },
      spoil: (placed) => withTemplate(placed, { name: 'elsewhere' }),
    },
  ]);
});

describe('a pod that can read an SSH key', () => {
  keeps(
    () =>
      pods()
        .filter(holdsKey)
        .filter((placed) => !isSingle(placed)),
    nameOf,
    [
      {
        says: 'runs only on nodes that runners.withSshKey selects: by default, on control-plane nodes',
        check: ({ template, cluster }) => [
          ...unless(termsOf(template).length === 1, 'not one term'),
          ...termsOf(template).flatMap(({ matchExpressions }) =>
            unless(
              JSON.stringify(matchExpressions) === JSON.stringify(rulesOf(cluster.settings, 'withSshKey').selector),
              JSON.stringify(matchExpressions),
            ),
          ),
        ],
        spoil: (placed) =>
          withTemplate(placed, {
            affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
          }),
      },
      {
        says: 'tolerates a cordon: a failed run can leave the only such node cordoned',
        check: ({ template: { tolerations = [] } }) =>
          unless(tolerations.map(formatToleration).includes(`${UNSCHEDULABLE} Exists  NoSchedule`), 'waits for ever'),
        spoil: (placed) => withTemplate(placed, { tolerations: [] }),
      },
    ],
  );

  it('and by default these are control-plane nodes', () => {
    const { runners } = settingsOf(MINIMAL);
    expect(runners.withSshKey.nodeSelector).to.deep.equal([`${CONTROL_PLANE}=`]);
  });

  it('is one of these steps', () => {
    const steps = pods()
      .filter(holdsKey)
      .map(({ template }) => template.serviceAccountName?.replace('k8s-upgrade-', ''));
    expect([...new Set(steps)].sort()).to.deep.equal(
      [
        'detect',
        'doctor',
        'gate',
        'preflight',
        'prepare',
        'prove-ssh-key',
        'reset',
        'ssh-key',
        'switch-ssh-key',
      ].concat('upgrade-node'),
    );
  });
});

describe('the steps of the only control-plane node', () => {
  keeps(below('single-control-planes'), nameOf, [
    {
      says: 'run on any other node that runners.others selects',
      check: ({ template, cluster }) => {
        const { selector } = rulesOf(cluster.settings, 'others');
        return termsOf(template).flatMap(({ matchExpressions = [] }) =>
          unless(JSON.stringify(matchExpressions) === JSON.stringify(selector), JSON.stringify(matchExpressions)),
        );
      },
      spoil: (placed) =>
        withTemplate(placed, required({ matchExpressions: [{ key: 'x', operator: 'Exists' }], matchFields: [away] })),
    },
  ]);

  it('are the only ones for which a pod with the SSH key may run on a worker', () => {
    for (const list of ['control-planes', 'workers'])
      for (const placed of below(list)()) expect(isSingle(placed), nameOf(placed)).to.equal(false);
  });
});

describe('a step without a key that works on no single node', () => {
  keeps(() => pods().filter((placed) => kindOf(placed) === 'others' && !isSingle(placed)), nameOf, [
    {
      says: 'prefers a control-plane node, and needs no node but what runners.others selects',
      check: ({ template, cluster }) => {
        const { selector } = rulesOf(cluster.settings, 'others');
        const matchFields = leftOut(cluster.settings);
        const fields = matchFields.length === 0 ? {} : { matchFields };
        const preferred = template.affinity?.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution;
        const preference = { matchExpressions: [{ key: CONTROL_PLANE, operator: 'Exists' }] };
        return [
          ...unless(JSON.stringify(preferred) === JSON.stringify([{ preference, weight: 100 }]), 'no preference'),
          ...unless(
            JSON.stringify(termsOf(template)) === JSON.stringify([{ matchExpressions: selector, ...fields }]),
            JSON.stringify(termsOf(template)),
          ),
        ];
      },
      spoil: (placed) => withTemplate(placed, required({ matchFields: [away] })),
    },
  ]);
});

describe('every pod of a run can be placed', () => {
  keeps(pods, nameOf, [
    {
      says: 'it tolerates what the settings say of its kind, a cordon where the node is one of few, and nothing else',
      check: (placed) => {
        const { tolerations } = rulesOf(placed.cluster.settings, kindOf(placed));
        const cordon = kindOf(placed) === 'withSshKey' || isSingle(placed);
        const expected = [...tolerations, ...(cordon ? [`${UNSCHEDULABLE} Exists  NoSchedule`] : [])];
        const seen = (placed.template.tolerations ?? []).map(formatToleration);
        return unless(seen.join() === expected.join(), seen.join());
      },
      spoil: (placed) => withTemplate(placed, { tolerations: [{ operator: 'Exists' }] }),
    },
  ]);
});
