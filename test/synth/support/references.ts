import { nodeTasks } from '../../../src/contract/node-tasks.ts';
import type { DagTask, Template, WorkflowSpec, WorkflowStep } from '../../../src/synth/argo/types.ts';

/** Every text of a value, at whatever depth. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

/** `tasks.detect.outputs.parameters.target` of `{{tasks.detect.outputs.parameters.target}}`. */
export const referencesOf = (value: unknown): string[] =>
  textsOf(value).flatMap((text) => [...text.matchAll(/\{\{(.*?)\}\}/g)].map(([, path = '']) => path.trim()));

const OF_EVERY_RUN = ['workflow.name', 'workflow.uid'];
const OF_THE_EXIT_HANDLER = ['workflow.status'];
/** A list holds nodes as objects, or names, or lists of names. */
const OF_AN_ITEM = [
  'item',
  ...Object.keys(JSON.parse(nodeTasks('').example.slice(1, -1)) as object).map((key) => `item.${key}`),
];

/** Every call of a template: the tasks of its DAG, or its steps. */
export const callsIn = ({ dag, steps }: Template): readonly DagTask[] => dag?.tasks ?? steps?.flat() ?? [];

const namesIn = (parameters: readonly { readonly name: string }[] = []): readonly string[] =>
  parameters.map(({ name }) => name);

/** What does not lead anywhere; Argo's linter overlooks `workflow.*`. */
export function referenceProblems(spec: WorkflowSpec): string[] {
  const ofWorkflow = [
    ...OF_EVERY_RUN,
    ...namesIn(spec.arguments?.parameters).map((name) => `workflow.parameters.${name}`),
  ];
  const globals = spec.templates
    .flatMap(({ outputs }) => outputs?.parameters ?? [])
    .flatMap(({ globalName }) => globalName ?? []);
  const ofExit = [...OF_THE_EXIT_HANDLER, ...globals.map((name) => `workflow.outputs.parameters.${name}`)];
  const twice = globals.filter((name, place) => globals.indexOf(name) !== place).map((name) => `${name}: global twice`);
  const unresolved = spec.templates.flatMap((template) => {
    const { name, inputs, dag, steps = [], ...rest } = template;
    const own = namesIn(inputs?.parameters).map((input) => `inputs.parameters.${input}`);
    const known = [...ofWorkflow, ...own, ...(name === spec.onExit ? ofExit : [])];
    return [
      ...referencesOf(rest)
        .filter((path) => !known.includes(path))
        .map((path) => `${name}: {{${path}}}`),
      ...(dag?.tasks ?? []).flatMap((task) => taskProblems(spec, template, task, known)),
      ...steps.flatMap((group, place) =>
        group.flatMap((step) =>
          stepProblems(spec, name, step, [...known, ...outputsOf(spec, steps.slice(0, place).flat(), 'steps')]),
        ),
      ),
    ];
  });
  return [...twice, ...unresolved];
}

function taskProblems(spec: WorkflowSpec, { name, dag }: Template, task: DagTask, known: readonly string[]): string[] {
  const tasks = dag?.tasks ?? [];
  const before = outputsOf(spec, [...ancestors(tasks, task)], 'tasks');
  return [
    ...stepProblems(spec, name, task, [...known, ...before]),
    ...dependsProblems(tasks, task).map((problem) => `${name}.${task.name}: ${problem}`),
  ];
}

/** `known`: what the call may refer to. */
function stepProblems(spec: WorkflowSpec, template: string, call: WorkflowStep, known: readonly string[]): string[] {
  const allowed = [...known, ...(call.withParam === undefined ? [] : OF_AN_ITEM)];
  const where = `${template}.${call.name}`;
  return [
    ...referencesOf(call)
      .filter((path) => !allowed.includes(path))
      .map((path) => `${where}: {{${path}}}`),
    ...callProblems(spec, call).map((problem) => `${where}: ${problem}`),
  ];
}

const outputsOf = (spec: WorkflowSpec, calls: readonly WorkflowStep[], among: 'tasks' | 'steps'): readonly string[] =>
  calls.flatMap((each) => {
    const callee = spec.templates.find((template) => template.name === each.template);
    return namesIn(callee?.outputs?.parameters).map((output) => `${among}.${each.name}.outputs.parameters.${output}`);
  });

function callProblems(spec: WorkflowSpec, task: WorkflowStep): string[] {
  const callee = spec.templates.find(({ name }) => name === task.template);
  if (callee === undefined) return [`calls ${task.template}, which does not exist`];
  const given = namesIn(task.arguments?.parameters);
  const needed = (callee.inputs?.parameters ?? []).filter(({ value }) => value === undefined);
  return [
    ...namesIn(needed)
      .filter((name) => !given.includes(name))
      .map((name) => `${name} is missing`),
    ...given.filter((name) => !namesIn(callee.inputs?.parameters).includes(name)).map((name) => `${name} is no input`),
  ];
}

/** A bare name also holds for a task that was skipped. */
function dependsProblems(tasks: readonly DagTask[], { depends }: DagTask): string[] {
  if (depends === undefined) return [];
  const terms = depends.split(/\s*(?:&&|\|\|)\s*/);
  return terms.flatMap((term) => {
    const [, name, result] = /^([\w-]+)(?:\.(\w+))?$/.exec(term) ?? [];
    if (name === undefined) return [`depends: cannot read ${term}`];
    if (!tasks.some((task) => task.name === name)) return [`depends on ${name}, which does not exist`];
    return result === undefined ? [`depends on bare ${name}`] : [];
  });
}

function ancestors(tasks: readonly DagTask[], { depends = '' }: DagTask): ReadonlySet<DagTask> {
  const direct = tasks.filter(({ name }) => depends.split(/[^\w.-]+/).some((term) => term.split('.')[0] === name));
  return new Set([...direct, ...direct.flatMap((task) => [...ancestors(tasks, task)])]);
}

/** Templates that a run reaches from `from`. */
export function reachable(spec: WorkflowSpec, from: string): ReadonlySet<string> {
  const calls = spec.templates.filter(({ name }) => name === from).flatMap(callsIn);
  return new Set([from, ...calls.flatMap(({ template }) => [...reachable(spec, template)])]);
}
