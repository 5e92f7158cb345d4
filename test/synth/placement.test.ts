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
