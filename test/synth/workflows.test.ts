import { expect } from 'chai';
import type { DagTask, Template, WorkflowSpec } from '../../src/synth/argo/types.ts';
import { keeps, unless } from './support/promise.ts';
import { callsIn, reachable, referenceProblems, referencesOf, textsOf } from './support/references.ts';
import { permissions } from '../../src/contract/permissions.ts';
import { STEPS } from '../../src/steps/catalog.ts';
import { permissionsOf } from '../../src/synth/permissions.ts';
import type { ClusterSettings } from '../../src/synth/settings.ts';
import { formatPermission, permissionsIn } from '../../src/run/permission.ts';
import {
  clusters,
  cronWorkflows,
  MINIMAL,
  render,
  workflowTemplates,
  type WorkflowTemplateObject,
} from './support/render.ts';

const workflows = (): readonly WorkflowTemplateObject[] => clusters().flatMap(workflowTemplates);
const isReport = ({ metadata }: Pick<WorkflowTemplateObject, 'metadata'>): boolean =>
  metadata.name === 'k8s-upgrade-report';
const isDoctor = ({ metadata }: Pick<WorkflowTemplateObject, 'metadata'>): boolean =>
  metadata.name === 'k8s-upgrade-doctor';
/** Those of which people are told. */
const told = (): readonly WorkflowTemplateObject[] => workflows().filter((each) => !isDoctor(each));
const doctors = (): readonly WorkflowTemplateObject[] => workflows().filter(isDoctor);
/** Those that may take nodes forward. */
const upgrades = (): readonly WorkflowTemplateObject[] =>
  workflows().filter(({ metadata }) => ['k8s-upgrade', 'k8s-upgrade-node'].includes(metadata.name));
const reports = (): readonly WorkflowTemplateObject[] => workflows().filter(isReport);
const nameOf = ({ metadata, spec }: WorkflowTemplateObject): string =>
  `${metadata.name}/${spec.podGC.deleteDelayDuration}`;
const settingsBehind = ({ spec, metadata }: Pick<WorkflowTemplateObject, 'spec' | 'metadata'>): ClusterSettings => {
  const keepPodsHours = Number.parseInt(spec.podGC.deleteDelayDuration, 10);
  const cluster = clusters().find(({ settings }) => settings.history.keepPodsHours === keepPodsHours);
  if (cluster === undefined) throw new Error(`no cluster behind ${metadata.name}`);
  return cluster.settings;
};
const withSpec = (workflow: WorkflowTemplateObject, change: object): object => ({
  ...workflow,
  spec: { ...workflow.spec, ...change },
});
const withTemplates = (workflow: WorkflowTemplateObject, change: (template: Template) => object): object =>
  withSpec(workflow, { templates: workflow.spec.templates.map(change) });
const withTasks = (workflow: WorkflowTemplateObject, change: (task: DagTask) => object): object =>
  withTemplates(workflow, (template) =>
    template.dag
      ? { ...template, dag: { ...template.dag, tasks: template.dag.tasks.map(change) } }
      : template.steps
        ? { ...template, steps: template.steps.map((group) => group.map(change)) }
        : template,
  );

const globalNameOf = ({ globalName }: { readonly globalName?: string }): string[] =>
  globalName === undefined ? [] : [globalName];

const keysOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null
    ? [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(keysOf)]
    : [];
const argumentsOf = (spec: WorkflowSpec) => spec.arguments?.parameters ?? [];
const parametersOf = (spec: WorkflowSpec) => [
  ...argumentsOf(spec),
  ...spec.templates.flatMap(({ inputs, outputs }) => [...(inputs?.parameters ?? []), ...(outputs?.parameters ?? [])]),
];
const tasksOf = (spec: WorkflowSpec): readonly DagTask[] => spec.templates.flatMap(callsIn);
const isFanOut = (template: Template): boolean => callsIn(template).some(({ withParam }) => withParam !== undefined);

/** What the full CRDs check with CEL and Argo's linter does not: https://github.com/argoproj/argo-workflows, workflow_types.go */
const TEMPLATE_TYPES = [
  'container',
  'script',
  'dag',
  'steps',
  'resource',
  'http',
  'plugin',
  'data',
  'suspend',
  'containerSet',
];
const NAME = /^[a-zA-Z0-9][-a-zA-Z0-9]{0,127}$/;
const PARAMETER = /^[-a-zA-Z0-9_]+$/;

function limitProblems({ templates, ...spec }: WorkflowSpec): string[] {
  return [
    ...unless(templates.length <= 200, 'more than 200 templates'),
    ...templates.flatMap((template) => [
      ...unless(NAME.test(template.name), `name ${template.name}`),
      ...unless(TEMPLATE_TYPES.filter((type) => type in template).length === 1, `${template.name}: not one type`),
      ...unless(
        !((template.dag ?? template.steps) && template.activeDeadlineSeconds !== undefined),
        `${template.name}: neither dag nor steps has a deadline`,
      ),
      ...unless((template.parallelism ?? 1) >= 1, `${template.name}: parallelism`),
      ...unless(
        [template.dag?.tasks, template.steps, ...(template.steps ?? [])].every(
          (some) => some === undefined || (some.length >= 1 && some.length <= 200),
        ),
        `${template.name}: tasks`,
      ),
    ]),
    ...tasksOf({ templates, ...spec }).flatMap((task) => [
      ...unless(NAME.test(task.name) && !/^\d/.test(task.name), `task ${task.name}`),
      ...['dependencies', 'continueOn', 'onExit', 'hooks', 'inline'].filter((field) => field in task),
    ]),
    ...unless(parametersOf({ templates, ...spec }).length <= 500, 'more than 500 parameters'),
    ...parametersOf({ templates, ...spec }).flatMap((parameter) => [
      ...unless(PARAMETER.test(parameter.name), `parameter ${parameter.name}`),
      ...unless(parameter.enum === undefined || parameter.enum.length > 0, `${parameter.name}: enum`),
      ...unless(
        parameter.enum === undefined || parameter.value === undefined || parameter.enum.includes(parameter.value),
        `${parameter.name}: not in enum`,
      ),
    ]),
    ...templates.flatMap(({ name }, place) =>
      unless(templates.findIndex((other) => other.name === name) === place, `two ${name}`),
    ),
  ];
}

describe('every workflow that changes something', () => {
  keeps(upgrades, nameOf, [
    {
      says: 'queues on the one mutex of the cluster, and on nothing else',
      check: ({ spec }) => [
        ...unless(
          JSON.stringify(spec.synchronization) === '{"mutexes":[{"name":"k8s-upgrade"}]}',
          JSON.stringify(spec.synchronization),
        ),
        ...unless(
          spec.templates.every((template) => !('synchronization' in template)),
          'a lock of a template',
        ),
      ],
      spoil: (workflow) =>
        withSpec(workflow, { synchronization: { mutexes: [{ name: workflow.metadata.name + '-own' }] } }),
    },
    {
      says: 'takes the members of a list in a template of its own',
      check: ({ spec }) => unless(spec.templates.some(isFanOut), 'no fan-out'),
      spoil: (workflow) => withTasks(workflow, (task) => ({ ...task, withParam: undefined })),
    },
    {
      says: 'can be asked for a dry run, and is none unasked',
      check: ({ spec }) => {
        const dryRun = argumentsOf(spec).find(({ name }) => name === 'detectionDryRun');
        return unless(dryRun?.value === 'false' && dryRun.enum?.join() === 'false,true', JSON.stringify(dryRun));
      },
      spoil: (workflow) =>
        withSpec(workflow, { arguments: { parameters: [{ name: 'detectionDryRun', value: 'false' }] } }),
    },
  ]);
});

describe('every workflow of which people are told', () => {
  keeps(told, nameOf, [
    {
      says: 'ends with one container that takes no input',
      check: ({ spec }) => {
        const handler = spec.templates.find(({ name }) => name === spec.onExit);
        return [
          ...unless(handler?.container !== undefined, 'no container'),
          ...unless(handler?.inputs === undefined, 'nobody gives an exit handler its inputs'),
          ...unless(!reachable(spec, spec.entrypoint).has(spec.onExit ?? ''), 'also part of the run'),
        ];
      },
      spoil: (workflow) => withSpec(workflow, { onExit: workflow.spec.entrypoint }),
    },
  ]);
});

describe('every workflow', () => {
  keeps(workflows, nameOf, [
    {
      says: 'stops at the first failure: nothing that has not begun begins',
      check: ({ spec }) =>
        spec.templates
          .filter(({ dag }) => dag && (dag as { failFast?: boolean }).failFast !== true)
          .map(({ name }) => name),
      spoil: (workflow) =>
        withTemplates(workflow, (template) =>
          template.dag ? { ...template, dag: { tasks: template.dag.tasks } } : template,
        ),
    },
    {
      says: 'goes over a list in a template of its own, one item at a time, and ends the list after a failure',
      check: ({ spec }) =>
        spec.templates
          .filter(isFanOut)
          .filter(({ name }) => name !== 'batch')
          .flatMap((template) => [
            ...unless(template.steps?.flat().length === 1, `${template.name}: parallelism would count other calls too`),
            ...unless(template.parallelism === 1, `${template.name}: ${template.parallelism} at once`),
            ...unless(template.failFast === true, `${template.name}: goes on after a failure`),
          ]),
      spoil: (workflow) =>
        withTemplates(
          withTasks(workflow, (task) => ({ ...task, withParam: '[]' })) as WorkflowTemplateObject,
          (template) => ({ ...template, failFast: undefined }),
        ),
    },
    {
      says: 'ends no node in the middle of its steps because another node fails: a batch ends when all of its workers have',
      check: ({ spec }) =>
        spec.templates.flatMap((template) => [
          ...unless(
            template.failFast === undefined || (template.parallelism === 1 && isFanOut(template)),
            `${template.name}: Argo ends it when none of its own pods runs, whatever its other children do`,
          ),
          ...unless(
            template.name !== 'batch' ||
              (template.steps?.flat().length === 1 && template.parallelism === undefined && isFanOut(template)),
            `${template.name}: not all at once`,
          ),
        ]),
      spoil: (workflow) =>
        withSpec(workflow, {
          templates: [
            ...workflow.spec.templates,
            { name: 'x', parallelism: 2, failFast: true, steps: [[{ name: 'y', template: 'z', withParam: '[]' }]] },
          ],
        }),
    },
    {
      says: 'calls a list that ends after a failure from steps alone: a DAG would wait forever for what it omits after it',
      check: ({ spec }) => {
        const lists = spec.templates.filter(({ failFast }) => failFast === true).map(({ name }) => name);
        return tasksOf({ ...spec, templates: spec.templates.filter(({ dag }) => dag !== undefined) })
          .filter(({ template }) => lists.includes(template))
          .map(({ name }) => name);
      },
      spoil: (workflow) =>
        withSpec(workflow, {
          templates: [
            ...workflow.spec.templates,
            { name: 'list', failFast: true, steps: [[]] },
            { name: 'x', dag: { failFast: true, tasks: [{ name: 'y', template: 'list' }] } },
          ],
        }),
    },
    {
      says: 'gives no global output by two steps: Argo may give the first one its word back',
      check: ({ spec }) => {
        const given = (called: string): string[] =>
          spec.templates.find(({ name }) => name === called)?.outputs?.parameters.flatMap(globalNameOf) ?? [];
        const names = tasksOf(spec).flatMap(({ template }) => given(template));
        return names.filter((name, index) => names.indexOf(name) !== index);
      },
      spoil: (workflow) => {
        const gate = { name: 'judge', outputs: { parameters: [{ name: 'verdict', globalName: 'verdict' }] } };
        const tasks = ['first', 'again'].map((name) => ({ name, template: gate.name }));
        const twice = { name: 'twice', dag: { failFast: true, tasks } };
        return withSpec(workflow, { templates: [...workflow.spec.templates, gate, twice] });
      },
    },
    {
      says: 'is whole in itself: no templateRef, which a sync could change in the middle of a run',
      check: (workflow) =>
        keysOf(workflow).filter((key) => ['templateRef', 'workflowTemplateRef', 'inline'].includes(key)),
      spoil: (workflow) =>
        withTasks(workflow, ({ template, ...task }) => ({ ...task, templateRef: { name: template, template } })),
    },
    {
      says: 'has nothing that leads nowhere: every reference, call and dependency resolves',
      check: ({ spec }) => referenceProblems(spec),
      spoil: (workflow) => withTasks(workflow, (task) => ({ ...task, template: `${task.template}-x` })),
    },
    {
      says: 'keeps to the limits that the API server checks',
      check: ({ spec }) => limitProblems(spec),
      spoil: (workflow) => withTasks(workflow, (task) => ({ ...task, name: `1-${task.name}` })),
    },
    {
      says: 'describes every parameter that an operator or a reader meets',
      check: ({ spec }) =>
        [...argumentsOf(spec), ...spec.templates.flatMap(({ inputs }) => inputs?.parameters ?? [])]
          .filter(({ description = '' }) => !/^\S.+\.$/.test(description))
          .map(({ name }) => name),
      spoil: (workflow) => withSpec(workflow, { arguments: { parameters: [{ name: 'target' }] } }),
    },
    {
      says: 'offers only true and false where it asks for one of them',
      check: ({ spec }) =>
        argumentsOf(spec)
          .filter(({ value }) => value === 'true' || value === 'false')
          .filter((parameter) => parameter.value !== 'false' || parameter.enum?.join() !== 'false,true')
          .map(({ name }) => name),
      spoil: (workflow) =>
        withSpec(workflow, { arguments: { parameters: [{ name: 'detectionDryRun', value: 'false' }] } }),
    },
    {
      says: 'uses every template and every parameter that it has',
      check: ({ spec }) => {
        const used = new Set([...reachable(spec, spec.entrypoint), spec.onExit]);
        const read = referencesOf(spec.templates);
        return [
          ...spec.templates.filter(({ name }) => !used.has(name)).map(({ name }) => `template ${name}`),
          ...argumentsOf(spec)
            .filter(({ name }) => !read.includes(`workflow.parameters.${name}`))
            .map(({ name }) => `parameter ${name}`),
        ];
      },
      spoil: (workflow) =>
        withSpec(workflow, { templates: [...workflow.spec.templates, { name: 'idle', container: {} }] }),
    },
    {
      says: 'puts nothing beside a reference: two texts from outside never become one text',
      check: ({ spec }) =>
        textsOf(spec.templates)
          .filter((text) => !/^\{\{[^{}]+\}\}$/.test(text))
          .filter((text) => text.replaceAll(/'\{\{[^{}']+\}\}'/g, '').includes('{{')),
      spoil: (workflow) =>
        withTasks(workflow, (task) => ({
          ...task,
          arguments: { parameters: [{ name: 'target', value: '{{workflow.name}}{{workflow.uid}}' }] },
        })),
    },
    {
      says: 'has no deadline of its own, which would kill a step in the middle of a node',
      check: ({ spec }) =>
        ['activeDeadlineSeconds', 'suspend', 'podDisruptionBudget', 'hooks', 'templateDefaults'].filter(
          (field) => field in spec,
        ),
      spoil: (workflow) => withSpec(workflow, { activeDeadlineSeconds: 3600 }),
    },
    {
      says: 'stays readable for as long as the settings say, and its pods no longer than it',
      check: ({ spec }) => {
        const hours = /^(\d+)h$/.exec(spec.podGC.deleteDelayDuration)?.[1] ?? NaN;
        return [
          ...unless(spec.ttlStrategy.secondsAfterCompletion >= 24 * 3600, 'gone within a day'),
          ...unless(Number(hours) * 3600 <= spec.ttlStrategy.secondsAfterCompletion, 'pods'),
          ...unless((spec.podGC.strategy as string) === 'OnWorkflowSuccess', 'the pods of a failure go first'),
        ];
      },
      spoil: (workflow) => withSpec(workflow, { ttlStrategy: { secondsAfterCompletion: 60 } }),
    },
    {
      says: 'is not deleted by Argo CD without being asked',
      check: ({ metadata }) =>
        unless(metadata.annotations?.['argocd.argoproj.io/sync-options'] === 'Prune=confirm,Delete=confirm', 'unasked'),
      spoil: (workflow) => ({ ...workflow, metadata: { ...workflow.metadata, annotations: {} } }),
    },
  ]);

  it('takes as many workers at once as the settings say: a batch ends before the next one begins', () => {
    const seen = upgrades().map(({ spec, metadata }) => {
      const { maxUnavailable } = settingsBehind({ spec, metadata }).workers;
      const calls = (name: string) => spec.templates.filter((template) => template.name === name).flatMap(callsIn);
      const list = (template: string, items: string, args: Readonly<Record<string, string>>) => ({
        ...{ name: template, template, withParam: `{{inputs.parameters.${items}}}` },
        arguments: { parameters: Object.entries(args).map(([name, value]) => ({ name, value })) },
      });
      const target = '{{inputs.parameters.target}}';
      if (maxUnavailable === 1) {
        const node = { node: '{{item.name}}', role: '{{item.role}}', target };
        expect(calls('workers')).to.deep.equal([list('worker', 'nodes', node)]);
        expect(calls('batch')).to.deep.equal([]);
      } else {
        expect(calls('workers')).to.deep.equal([list('batch', 'batches', { target, nodes: '{{item}}' })]);
        const node = { node: '{{item}}', role: 'worker', target };
        expect(calls('batch')).to.deep.equal([list('worker', 'nodes', node)]);
      }
      return maxUnavailable;
    });
    expect(new Set(seen)).to.deep.equal(new Set([1, 3]));
  });

  it('changes nothing unless detection says upgrade, the gate is clear and nobody asked for a dry run', () => {
    for (const { spec } of upgrades()) {
      const main = spec.templates.find(({ name }) => name === spec.entrypoint)?.dag?.tasks ?? [];
      const [, gate, upgrade, ask] = main;
      const asks = spec.templates.some(({ suspend }) => suspend !== undefined);
      const wanted = "'{{tasks.detect.outputs.parameters.verdict}}' == 'upgrade'";
      const held = "'{{tasks.detect.outputs.parameters.verdict}}' == 'held'";
      expect(main.map(({ name }) => name)).to.deep.equal(['detect', 'gate', 'upgrade', ...(asks ? ['ask'] : [])]);
      expect(gate?.depends).to.equal('detect.Succeeded');
      // In a dry run too.
      expect(gate?.when).to.equal(asks ? `(${wanted} || ${held})` : wanted);
      // Not for a gate that was skipped: its verdict is no text then.
      expect(upgrade?.depends).to.equal('gate.Succeeded');
      const forReal =
        "'{{tasks.gate.outputs.parameters.gateVerdict}}' == 'clear' && '{{workflow.parameters.detectionDryRun}}' == 'false'";
      expect(upgrade?.when).to.equal(asks ? `${wanted} && ${forReal}` : forReal);
      expect(ask?.depends).to.equal(asks ? 'gate.Succeeded' : undefined);
      expect(ask?.when).to.equal(asks ? `${held} && ${forReal}` : undefined);
    }
  });

  it('asks for approval before anything is begun, and goes on only with the plan that was approved, judged anew', () => {
    const asking = upgrades().filter(({ spec }) => spec.templates.some(({ suspend }) => suspend !== undefined));
    expect(asking).to.not.be.empty;
    for (const { spec, metadata } of asking) {
      const tasks = (dag: string) => spec.templates.find(({ name }) => name === dag)?.dag?.tasks ?? [];
      const order = (dag: string) => tasks(dag).map(({ name, depends, when }) => [name, depends, when]);
      const argument = (dag: string, task: string, name: string) =>
        tasks(dag)
          .find((each) => each.name === task)
          ?.arguments?.parameters.find((each) => each.name === name)?.value;
      expect(order('ask')).to.deep.equal([
        ['plan', undefined, undefined],
        ['approval', 'plan.Succeeded', undefined],
        ['approved', 'approval.Succeeded', "'{{tasks.approval.outputs.parameters.decision}}' == 'approve'"],
      ]);
      expect(order('approved')).to.deep.equal([
        ['gate-again', undefined, undefined],
        ['plan-again', 'gate-again.Succeeded', "'{{tasks.gate-again.outputs.parameters.gateVerdict}}' == 'clear'"],
        ['upgrade', 'plan-again.Succeeded', "'{{tasks.plan-again.outputs.parameters.planVerdict}}' == 'valid'"],
      ]);
      expect(argument('ask', 'plan', 'approvedDigest')).to.equal('');
      expect(argument('ask', 'approved', 'digest')).to.equal('{{tasks.plan.outputs.parameters.planDigest}}');
      expect(argument('approved', 'plan-again', 'approvedDigest')).to.equal('{{inputs.parameters.digest}}');
      const { policy } = settingsBehind({ spec, metadata });
      const approval = spec.templates.find(({ name }) => name === 'approval');
      expect(approval?.suspend).to.deep.equal({ duration: String(policy.approvalSeconds) });
      expect(approval?.outputs?.parameters).to.deep.equal([
        { name: 'decision', valueFrom: { supplied: {}, default: 'timeout' }, globalName: 'approval' },
      ]);
      expect(policy.minor).to.equal('approve');
    }
  });

  it('judges the version that it then goes to, which is the one that detection named', () => {
    for (const { spec } of upgrades()) {
      const main = spec.templates.find(({ name }) => name === spec.entrypoint)?.dag?.tasks ?? [];
      for (const task of main.filter(({ name }) => name !== 'detect'))
        expect(task.arguments?.parameters[0], task.name).to.deep.equal({
          name: 'target',
          value: '{{tasks.detect.outputs.parameters.target}}',
        });
    }
  });

  it('takes the Lease once preflight lets it, and before it looks at the nodes, the control plane before the workers, a node in order, each only when it may', () => {
    for (const { spec } of upgrades()) {
      const order = (dag: string) => {
        const tasks = spec.templates.find(({ name }) => name === dag)?.dag?.tasks ?? [];
        return tasks.map(({ name, depends, when }) => [name, depends, ...(when === undefined ? [] : [when])]);
      };
      const groups = (steps: string) =>
        spec.templates.find(({ name }) => name === steps)?.steps?.map((group) => group.map(({ name }) => name));
      const canary = spec.templates.some(({ name }) => name === 'canaries');
      const lists = [['control-planes'], ['single-control-planes'], ...(canary ? [['canaries']] : []), ['workers']];
      expect(order('upgrade')).to.deep.equal([
        ['preflight', undefined],
        ['begin', 'preflight.Succeeded'],
        ['nodes', 'begin.Succeeded', "'{{tasks.begin.outputs.parameters.beginVerdict}}' == 'go'"],
      ]);
      expect(groups('nodes')).to.deep.equal([
        ...[['snapshot'], ['inventory'], ['rehearse', 'prepare'], ...lists],
        // Nodes that joined meanwhile, twice: a run ends even if nodes join all the time.
        ...[['again-2'], ['again-3'], ['postflight']],
      ]);
      expect(groups('again')).to.deep.equal([['list-again'], ...lists]);
      for (const kind of ['control-plane', 'single-control-plane', 'worker']) {
        expect(order(kind), kind).to.deep.equal([
          ['admit', undefined],
          ['work', 'admit.Succeeded', "'{{tasks.admit.outputs.parameters.verdict}}' == 'go'"],
        ]);
        expect(order(`${kind}-work`), kind).to.deep.equal([
          ['drain', undefined],
          ['host', 'drain.Succeeded', "'{{tasks.drain.outputs.parameters.drained}}' == 'true'"],
        ]);
        expect(order(`${kind}-host`), kind).to.deep.equal([
          ['upgrade', undefined],
          ['verify', 'upgrade.Succeeded'],
        ]);
      }
    }
  });
});

describe('what an operator has done by hand', () => {
  const handle = (name: string): WorkflowSpec | undefined =>
    workflows().find(({ metadata }) => metadata.name === name)?.spec;
  const order = (spec: WorkflowSpec | undefined, dag: string) => {
    const tasks = spec?.templates.find(({ name }) => name === dag)?.dag?.tasks ?? [];
    return tasks.map(({ name, depends, when }) => [name, depends, ...(when === undefined ? [] : [when])]);
  };
  const GO = "'{{tasks.begin.outputs.parameters.beginVerdict}}' == 'go'";

  it('is a detection that ends before anything begins', () => {
    const spec = handle('k8s-upgrade-detect');
    expect(order(spec, 'main')).to.deep.equal([
      ['detect', undefined],
      ['gate', 'detect.Succeeded', "'{{tasks.detect.outputs.parameters.verdict}}' == 'upgrade'"],
    ]);
    expect(spec?.templates.map(({ name }) => name)).to.have.members(['main', 'detect', 'gate', 'finish']);
  });

  it('is a reset, under the Lease', () => {
    expect(order(handle('k8s-upgrade-reset'), 'main')).to.deep.equal([
      ['begin', undefined],
      ['reset', 'begin.Succeeded', GO],
    ]);
  });

  it('is a rollback: refused before the Lease, rehearsed and fetched before the drain, then the steps of a worker', () => {
    const spec = handle('k8s-upgrade-rollback-worker');
    expect(order(spec, 'main')).to.deep.equal([
      ['plan', undefined],
      ['begin', 'plan.Succeeded'],
      ['rollback', 'begin.Succeeded', GO],
    ]);
    expect(order(spec, 'rollback')).to.deep.equal([
      ['rehearse', undefined],
      ['prepare', undefined],
      ['node', 'rehearse.Succeeded && prepare.Succeeded'],
    ]);
    const env = (template: string) =>
      Object.fromEntries(
        spec?.templates.find(({ name }) => name === template)?.container?.env.map(({ name, value }) => [name, value]) ??
          [],
      );
    expect(env('admit-worker')).to.include({
      ...{ DIRECTION: 'back', ALERT_SOURCE: 'off', ALERT_WAIT_SECONDS: '0', ONLY: '{{workflow.parameters.node}}' },
      MAINTENANCE: '{"timezone":"UTC","windows":[],"freezes":[]}',
    });
    expect(env('upgrade-worker')).to.include({ DIRECTION: 'back' });
    expect(env('prepare')).to.include({ IMAGES: 'off' });
    expect(env('begin')).to.include({ TARGET: '', PREFLIGHT_VERDICT: 'clear' });
    // It drains a node, so it keeps to kured's lock, and gives it back.
    for (const template of ['begin', 'admit-worker', 'finish-operation'])
      expect(env(template), template).to.include({ KURED_DAEMON_SET: 'kube-system/kured' });
  });

  it('is a new SSH key: everywhere, proven, switched, seen by fresh pods, and again after a pause; then the old one goes', () => {
    const spec = handle('k8s-upgrade-rotate-ssh-key');
    expect(order(spec, 'main')).to.deep.equal([
      ['begin', undefined],
      ['rotation', 'begin.Succeeded', GO],
    ]);
    expect(order(spec, 'rotation')).to.deep.equal([
      ['add', undefined],
      ['switch-and-remove', 'add.Succeeded'],
    ]);
    expect(order(spec, 'switch-and-remove')).to.deep.equal([
      ['prove-next', undefined],
      ['switch', 'prove-next.Succeeded'],
      ['await-switch', 'switch.Succeeded'],
      ['settle', 'await-switch.Succeeded'],
      ['look-again', 'settle.Succeeded'],
      ['remove', 'look-again.Succeeded'],
      ['prove', 'remove.Succeeded'],
    ]);
  });

  it('waits for the new key with fresh pods, for as long as the settings say', () => {
    const rotation = workflows().filter(({ metadata }) => metadata.name === 'k8s-upgrade-rotate-ssh-key');
    for (const workflow of rotation) {
      const { waitSeconds } = settingsBehind(workflow).ssh.rotation;
      const wait = workflow.spec.templates.find(({ name }) => name === 'await-switch')?.retryStrategy;
      expect(wait?.backoff).to.deep.equal({ duration: '30s', factor: 2, cap: '5m', maxDuration: `${waitSeconds}s` });
      // At the shortest pause of all: what ends it is the time.
      expect((wait?.limit ?? 0) * 30).to.be.greaterThan(waitSeconds);
    }
  });

  it('looks again after an ExternalSecret must have been read again, whose Secret no workflow switches', () => {
    const found = workflows()
      .filter(({ metadata }) => metadata.name === 'k8s-upgrade-rotate-ssh-key')
      .map((workflow) => ({
        settle: workflow.spec.templates.find(({ name }) => name === 'settle')?.suspend?.duration,
        by: argumentsOf(workflow.spec).find(({ name }) => name === 'switch')?.enum,
      }));
    expect(found).to.deep.equal([
      { settle: '600s', by: ['operator', 'workflow'] },
      // 1h30m, and a minute.
      { settle: '5460s', by: ['operator'] },
    ]);
  });
});

describe('a canary', () => {
  it('goes before the other workers, one at a time, where one is set; else there is nothing of it', () => {
    for (const { settings, ...cluster } of clusters())
      for (const { spec, metadata } of workflowTemplates({ settings, ...cluster })) {
        if (!upgrades().some((each) => each.metadata.name === metadata.name)) continue;
        const { names, labels } = settings.workers.canary;
        const fanOut = spec.templates.find(({ name }) => name === 'canaries');
        expect(fanOut?.parallelism).to.equal(names.length + labels.length === 0 ? undefined : 1);
      }
  });
});

describe('the report', () => {
  it('waits for no upgrade, and has no step that could change anything', () => {
    expect(reports()).to.have.length(clusters().length);
    for (const { spec } of reports()) {
      expect(spec).to.not.have.property('synchronization');
      expect(spec.templates.map(({ name }) => name)).to.deep.equal(['main', 'detect', 'gate', 'report']);
    }
  });

  it('comes whatever became of detection and of the gate, which it asks when there is something to go to', () => {
    for (const { spec } of reports()) {
      expect([spec.entrypoint, spec.onExit]).to.deep.equal(['main', 'report']);
      expect(spec.templates[0]?.dag?.tasks).to.deep.equal([
        { name: 'detect', template: 'detect' },
        {
          ...{ name: 'gate', template: 'gate', depends: 'detect.Succeeded' },
          when: "'{{tasks.detect.outputs.parameters.verdict}}' == 'upgrade'",
          arguments: { parameters: [{ name: 'target', value: '{{tasks.detect.outputs.parameters.target}}' }] },
        },
      ]);
    }
  });

  it('leaves no trace: it pushes no gauge, and refreshes no list on a node where the repository can be asked', () => {
    const told = (spec: WorkflowSpec, step: string, name: string): string | undefined =>
      spec.templates.find((each) => each.name === step)?.container?.env.find((each) => each.name === name)?.value;
    for (const { spec } of reports()) {
      expect(told(spec, 'detect', 'PUSHGATEWAY_URL')).to.equal('');
      expect(told(spec, 'detect', 'REQUESTED_TARGET')).to.equal('');
      expect(told(spec, 'detect', 'PACKAGE_SOURCE')).to.equal('repository');
    }
    const [off] = workflowTemplates(render(`${MINIMAL}policy: { minor: 'off' }\n`)).filter(isReport);
    expect(off && told(off.spec, 'detect', 'PACKAGE_SOURCE')).to.equal('node');
  });

  it('looks for the same versions and asks the same gate as the nightly run', () => {
    for (const cluster of clusters()) {
      const [nightly, report] = ['k8s-upgrade', 'k8s-upgrade-report'].map((name) =>
        workflowTemplates(cluster).find(({ metadata }) => metadata.name === name),
      );
      const template = (from: WorkflowTemplateObject | undefined, step: string) =>
        from?.spec.templates.find(({ name }) => name === step);
      expect(template(report, 'gate')).to.deep.equal(template(nightly, 'gate'));
      const other = ['PUSHGATEWAY_URL', 'REQUESTED_TARGET', 'PACKAGE_SOURCE'];
      const env = (from: WorkflowTemplateObject | undefined) =>
        template(from, 'detect')?.container?.env.filter(({ name }) => !other.includes(name));
      expect(env(report)).to.deep.equal(env(nightly));
    }
  });

  it('is not there where the settings say so', () => {
    const { objects } = render(`${MINIMAL}report: { enabled: false }\n`);
    const named = objects.filter(({ metadata }) => metadata.name === 'k8s-upgrade-report');
    expect(named.filter(({ kind }) => /Workflow/.test(kind))).to.deep.equal([]);
  });
});

describe('the doctor', () => {
  it('waits for no upgrade, has no step that could change anything, and fails as its step does', () => {
    expect(doctors()).to.have.length(clusters().length);
    for (const { spec } of doctors()) {
      expect(spec).to.not.have.any.keys('synchronization', 'onExit', 'arguments');
      expect(spec.templates.map(({ name }) => name)).to.deep.equal(['main', 'doctor']);
      expect(spec.templates[0]?.dag?.tasks).to.deep.equal([{ name: 'doctor', template: 'doctor' }]);
    }
  });

  it('asks for every single thing that each step must be allowed, its own step included', () => {
    for (const workflow of doctors()) {
      const env = workflow.spec.templates.find(({ name }) => name === 'doctor')?.container?.env ?? [];
      const asked = permissions
        .parse(env.find(({ name }) => name === 'PERMISSIONS')?.value ?? '')
        .flatMap(permissionsIn);
      const settings = settingsBehind(workflow);
      expect(asked).to.deep.equal(STEPS.flatMap((step) => permissionsOf(step, settings)));
      expect(asked.map(formatPermission)).to.include('create subjectaccessreviews.authorization.k8s.io everywhere');
    }
  });

  it('starts without the Secret too, and is given whatever key of it there is', () => {
    const volumesOf = (yaml: string): readonly object[] =>
      workflowTemplates(render(yaml))
        .filter(isDoctor)
        .flatMap(({ spec }) => spec.templates.flatMap(({ volumes = [] }) => volumes));
    const volumes = volumesOf(`${MINIMAL}ssh: { hostKeys: strict }\nnotify: { slack: true }\n`);
    const key = (name: string): object => ({
      secret: { name: 'k8s-upgrade-creds', items: [{ key: name, path: name }], optional: true },
    });
    expect(volumes.slice(1)).to.deep.equal([
      { name: 'ssh', projected: { defaultMode: 0o400, sources: [key('ssh_key'), key('ssh_known_hosts')] } },
      {
        name: 'chat',
        secret: {
          ...{ secretName: 'k8s-upgrade-creds', optional: true, defaultMode: 0o400 },
          items: [{ key: 'slack_webhook', path: 'slack_webhook' }],
        },
      },
    ]);
    expect(volumesOf(MINIMAL)).to.have.length(2);
  });

  it('posts nothing, so that no way out to the chat is open to it', () => {
    for (const { spec } of doctors())
      for (const { metadata } of spec.templates)
        expect(metadata?.labels ?? {}).to.not.have.property('argo-kubeadm-upgrade.io/chat');
  });
});

describe('the schedules', () => {
  const nightlies = () => clusters().flatMap((cluster) => cronWorkflows(cluster).map((cron) => ({ cluster, cron })));
  const wanted = ({ cluster: { settings }, cron: { metadata } }: Nightly) =>
    metadata.name === 'k8s-upgrade-report' ? { ...settings.report, suspend: false } : settings.nightly;
  type Nightly = ReturnType<typeof nightlies>[number];
  const withCron = ({ cluster, cron }: Nightly, change: object): object => ({
    cluster,
    cron: { ...cron, spec: { ...cron.spec, ...change } },
  });

  keeps(nightlies, ({ cluster, cron }) => `${cluster.name}/${cron.metadata.name}`, [
    {
      says: 'only says what Strict template referencing lets a submitter say',
      check: ({ cron }) => {
        const allowed = [
          'arguments',
          'entrypoint',
          'shutdown',
          'suspend',
          'activeDeadlineSeconds',
          'priority',
          'ttlStrategy',
          'podGC',
          'volumeClaimGC',
          'archiveLogs',
          'workflowMetadata',
          'workflowTemplateRef',
          'metrics',
          'artifactGC',
        ];
        return Object.keys(cron.spec.workflowSpec).filter((field) => !allowed.includes(field));
      },
      spoil: (nightly) =>
        withCron(nightly, { workflowSpec: { ...nightly.cron.spec.workflowSpec, serviceAccountName: 'x' } }),
    },
    {
      says: 'starts a template that is there and that needs no argument',
      check: ({ cluster, cron }) => {
        const { name } = cron.spec.workflowSpec.workflowTemplateRef;
        const template = workflowTemplates(cluster).find(({ metadata }) => metadata.name === name);
        const open =
          template === undefined ? [] : argumentsOf(template.spec).filter(({ value }) => value === undefined);
        return [
          ...unless(template !== undefined, `no ${name}`),
          ...open.map((parameter) => `${parameter.name} has no value`),
        ];
      },
      spoil: (nightly) => withCron(nightly, { workflowSpec: { workflowTemplateRef: { name: 'k8s-upgrade-node' } } }),
    },
    {
      says: 'leaves suspend to argo cron suspend, which no sync may undo; paused in git, no time counts',
      check: (each) => [
        ...unless(!('suspend' in each.cron.spec), 'suspend'),
        ...unless((each.cron.spec.when === 'false') === wanted(each).suspend, 'when'),
      ],
      spoil: (nightly) => withCron(nightly, { suspend: false }),
    },
    {
      says: 'never loses a run to a count before its days are over, however often it starts',
      check: ({ cluster, cron: { spec } }) => {
        const most = cluster.settings.history.keepDays * 24 * 60;
        return unless(
          Math.min(spec.successfulJobsHistoryLimit, spec.failedJobsHistoryLimit) >= most,
          `fewer than ${most}`,
        );
      },
      spoil: (nightly) => withCron(nightly, { failedJobsHistoryLimit: nightly.cluster.settings.history.keepDays }),
    },
    {
      says: 'never runs twice at once, and starts late rather than not at all',
      check: ({ cron: { spec } }) => [
        ...unless((spec.concurrencyPolicy as string) === 'Forbid', 'concurrency'),
        ...unless(spec.startingDeadlineSeconds >= 60, 'a run missed while the controller was away is skipped'),
      ],
      spoil: (nightly) => withCron(nightly, { concurrencyPolicy: 'Allow' }),
    },
    {
      says: 'has its schedule as a list, its time zone said, and a name to which Argo can add a time',
      check: ({ cluster, cron }) => [
        ...unless(
          cron.spec.schedules.join() === wanted({ cluster, cron }).schedule && !('schedule' in cron.spec),
          'schedules',
        ),
        ...unless(cron.spec.timezone === wanted({ cluster, cron }).timezone, 'timezone'),
        ...unless(cron.metadata.name.length <= 52, 'name'),
      ],
      spoil: (nightly) => withCron(nightly, { timezone: undefined }),
    },
  ]);
});

describe('the check of references', () => {
  const spec = upgrades()[0]?.spec ?? ({} as WorkflowSpec);
  const broken = (change: (task: DagTask) => DagTask | object): string[] =>
    referenceProblems((withTasks({ spec } as WorkflowTemplateObject, change) as WorkflowTemplateObject).spec);
  const only = (name: string, change: object) => (task: DagTask) =>
    task.name === name ? { ...task, ...change } : task;
  const args = (name: string, value: string): object => ({ arguments: { parameters: [{ name, value }] } });

  const BAD: readonly [string, (task: DagTask) => object, string][] = [
    [
      'an output that the task has not',
      only('nodes', args('target', '{{tasks.begin.outputs.parameters.target}}')),
      '{{tasks.begin.outputs.parameters.target',
    ],
    ['an output of a task that is not waited for', only('gate', { depends: undefined }), '{{tasks.detect'],
    [
      'an output of a step of the same group',
      only('prepare', args('target', '{{steps.rehearse.outputs.parameters.x}}')),
      '{{steps.rehearse',
    ],
    [
      'an output of a task among steps',
      only('again-2', args('target', '{{tasks.inventory.outputs.parameters.workers}}')),
      '{{tasks.inventory',
    ],
    [
      'an input that the template has not',
      only('begin', args('target', '{{inputs.parameters.version}}')),
      '{{inputs.parameters.version',
    ],
    [
      'a parameter that the workflow has not',
      only('detect', { when: '{{workflow.parameters.dryRun}}' }),
      '{{workflow.parameters.dryRun',
    ],
    [
      'an output of the workflow before its end',
      only('detect', { when: '{{workflow.outputs.parameters.verdict}}' }),
      '{{workflow.outputs',
    ],
    ['a member of an item that no list has', only('worker', args('node', '{{item.host}}')), '{{item.host'],
    ['an item where there is no list', only('begin', args('target', '{{item.name}}')), '{{item.name'],
    ['an expression', only('begin', args('target', "{{= inputs.parameters.target ?? ''}}")), '{{= inputs'],
    ['a missing argument', only('drain', args('node', 'x')), 'target is missing'],
    ['an argument too many', only('detect', args('node', 'x')), 'node is no input'],
    ['a template that is not there', only('begin', { template: 'start' }), 'calls start'],
    ['a task that is not there', only('gate', { depends: 'detected.Succeeded' }), 'depends on detected'],
    ['a bare task', only('gate', { depends: 'detect' }), 'depends on bare detect'],
  ];
  it('finds nothing where nothing is wrong', () => {
    expect(broken((task) => task)).to.deep.equal([]);
  });
  for (const [what, change, says] of BAD)
    it(`finds ${what}`, () => {
      expect(broken(change).join('\n')).to.include(says);
    });
});
