import { expect } from 'chai';
import type { NodeSelectorRequirement, NodeSelectorTerm, Template } from '../../src/synth/argo/types.ts';
import { keeps, unless } from './support/promise.ts';
import { reachable } from './support/references.ts';
import { nameOf, placedTemplates, type Placed } from './support/render.ts';

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
const operators = ({ matchExpressions = [] }: NodeSelectorTerm): readonly string[] =>
  matchExpressions.filter(({ key }) => key === CONTROL_PLANE).map(({ operator }) => operator);

const tolerates = ({ tolerations = [] }: Template): boolean => tolerations.some(({ key }) => key === CONTROL_PLANE);
const mayRunOnControlPlane = (template: Template): boolean =>
  termsOf(template).length === 0 || termsOf(template).some((term) => !operators(term).includes('DoesNotExist'));
const mustRunOnControlPlane = (template: Template): boolean =>
  termsOf(template).length > 0 && termsOf(template).every((term) => operators(term).includes('Exists'));

const away: NodeSelectorRequirement = { key: 'metadata.name', operator: 'NotIn', values: [TARGET] };
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
      check: ({ template }) => [
        ...unless(termsOf(template).length > 0, 'nothing is required'),
        ...termsOf(template).flatMap(({ matchFields }) =>
          unless(JSON.stringify(matchFields) === JSON.stringify([away]), 'may run there'),
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
    return workflow.spec.templates.filter(({ name, container }) => container && name.endsWith(`-${kind}`));
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

describe('work on control-plane nodes', () => {
  keeps(below('control-planes'), nameOf, [
    {
      says: 'is done from workers',
      check: ({ template }) => unless(!mayRunOnControlPlane(template), 'may run on a control-plane node'),
      spoil: (placed) => withTemplate(placed, required({ matchFields: [away] })),
    },
  ]);
});

describe('work on workers', () => {
  keeps(below('workers'), nameOf, [
    {
      says: 'is done from control-plane nodes',
      check: ({ template }) => unless(mustRunOnControlPlane(template) && tolerates(template), 'may run on a worker'),
      spoil: (placed) => withTemplate(placed, required({ matchFields: [away] })),
    },
  ]);
});

describe('every pod of a run can be placed', () => {
  keeps(pods, nameOf, [
    {
      says: 'it tolerates the control plane if it may run there, and only then',
      check: ({ template }) =>
        unless(tolerates(template) === mayRunOnControlPlane(template), 'toleration against affinity'),
      spoil: (placed) =>
        withTemplate(placed, {
          tolerations: tolerates(placed.template)
            ? []
            : [{ key: CONTROL_PLANE, operator: 'Exists', effect: 'NoSchedule' }],
        }),
    },
    {
      says: 'it tolerates nothing else: not a node that is cordoned, unready or full',
      check: ({ template: { tolerations = [] } }) =>
        tolerations
          .filter(
            ({ key, operator, effect }) => `${key} ${operator} ${effect}` !== `${CONTROL_PLANE} Exists NoSchedule`,
          )
          .map((toleration) => JSON.stringify(toleration)),
      spoil: (placed) => withTemplate(placed, { tolerations: [{ operator: 'Exists' }] }),
    },
    {
      says: 'no alternative asks for two things that exclude each other',
      check: ({ template }) =>
        termsOf(template)
          .filter((term) => new Set(operators(term)).size > 1)
          .map((term) => JSON.stringify(term)),
      spoil: (placed) =>
        withTemplate(
          placed,
          required({
            matchExpressions: ['Exists', 'DoesNotExist'].map(
              (operator) => ({ key: CONTROL_PLANE, operator }) as NodeSelectorRequirement,
            ),
          }),
        ),
    },
  ]);
});
