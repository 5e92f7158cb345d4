import type { Task, Template, WorkflowTemplate } from './workflow.ts';

/** The tasks of a workflow from its entry point down, each nested template drawn once, as Mermaid text. */
export function toMermaid({ spec }: WorkflowTemplate): string {
  const drawing = new Drawing(spec.templates);
  const entry = drawing.tasksOf(spec.entrypoint, '');
  const exit = spec.onExit === undefined ? [] : exitHandler(spec.onExit);
  const body = [`subgraph run [${label('the run')}]`, ...indented(entry), 'end', ...exit];
  return ['flowchart TD', ...indented(body), ''].join('\n');
}

const exitHandler = (name: string): string[] => [
  `exit([${label(name)}])`,
  `run -.->|${label('on every way out')}| exit`,
];

class Drawing {
  readonly #templates: ReadonlyMap<string, Template>;
  /** Templates that were drawn whole: where they are called again, their name says it all. */
  readonly #drawn = new Set<string>();

  constructor(templates: readonly Template[]) {
    this.#templates = new Map(templates.map((template) => [template.name, template]));
  }

  tasksOf(name: string, path: string): string[] {
    this.#drawn.add(name);
    const { dag, steps } = this.#templates.get(name) ?? { name };
    if (dag !== undefined) return this.#dag(dag.tasks, path);
    if (steps !== undefined) return this.#dag(inSequence(steps), path);
    return [this.#leaf(idOf(path, name), { name }, name)];
  }

  #dag(tasks: readonly Task[], path: string): string[] {
    const lines = tasks.flatMap((task) => this.#task(task, path, dependenciesOf(task, tasks).length === 0));
    const edges = tasks.flatMap((task) => edgesTo(task, tasks, path));
    return [...lines, ...edges];
  }

  /** `first`: no arrow leads to it that could say its condition. */
  #task(task: Task, path: string, first: boolean): string[] {
    const [id, template] = [idOf(path, task.name), this.#templates.get(task.template ?? '')];
    const title = `${titleOf(task, template)}${first ? conditionOf(task, ', ') : ''}`;
    if (template === undefined || (template.dag ?? template.steps) === undefined) return [this.#leaf(id, task, title)];
    if (this.#drawn.has(template.name)) return [`${id}[[${label(`${title}: as above`)}]]`];
    return [`subgraph ${id} [${label(title)}]`, ...indented(this.tasksOf(template.name, id)), 'end'];
  }

  #leaf(id: string, { name, template = name, templateRef }: Task, title: string): string {
    if (templateRef !== undefined) return `${id}[/${label(`${title}: ${templateRef.name}/${templateRef.template}`)}/]`;
    const says = this.#templates.get(template)?.suspend === undefined ? title : `${title}: waits for a person`;
    return `${id}[${label(template === name ? says : `${says} (${template})`)}]`;
  }
}

/** Groups of steps, in the words of a DAG. */
const inSequence = (groups: readonly (readonly Task[])[]): Task[] =>
  groups.flatMap((group, place) =>
    group.map((task) => ({ ...task, dependencies: (groups[place - 1] ?? []).map(({ name }) => name) })),
  );

function titleOf({ name, withParam }: Task, { parallelism }: Pick<Template, 'parallelism'> = {}): string {
  const each = withParam === undefined ? '' : `, for each of ${plain(withParam)}`;
  return `${name}${each}${parallelism === undefined ? '' : `, ${parallelism} at a time`}`;
}

function edgesTo(task: Task, tasks: readonly Task[], path: string): string[] {
  return dependenciesOf(task, tasks).map(({ name, outcome }) => {
    const words = `${outcome}${conditionOf(task, outcome === '' ? '' : ', ')}`;
    return `${idOf(path, name)} -->${words === '' ? '' : `|${label(words)}|`} ${idOf(path, task.name)}`;
  });
}

const conditionOf = ({ when }: Task, before: string): string =>
  when === undefined ? '' : `${before}if ${plain(when)}`;

interface Dependency {
  readonly name: string;
  /** Empty when it is the usual one. */
  readonly outcome: string;
}

/** `a.Succeeded && (b || c.Failed)`: whatever joins them, each task that is named. */
function dependenciesOf({ depends = '', dependencies = [] }: Task, tasks: readonly Task[]): Dependency[] {
  const named = [...depends.matchAll(/([A-Za-z0-9-]+)(?:\.([A-Za-z]+))?/g)].map(
    ([, name = '', outcome = 'Succeeded']) => ({
      name,
      outcome: outcome === 'Succeeded' ? '' : outcome.toLowerCase(),
    }),
  );
  const all = [...named, ...dependencies.map((name) => ({ name, outcome: '' }))];
  return all.filter(({ name }) => tasks.some((task) => task.name === name));
}

/** `'{{tasks.detect.outputs.parameters.verdict}}' == 'upgrade'` reads as `verdict is upgrade`. */
const plain = (text: string): string =>
  text
    .replace(/\{\{=?\s*(?:[\w-]+\.)*([\w-]+)\s*\}\}/g, '$1')
    .replaceAll("'", '')
    .replaceAll('==', 'is')
    .replaceAll('&&', 'and');

const idOf = (path: string, name: string): string =>
  `${path === '' ? 't' : path}_${name.replaceAll(/[^A-Za-z0-9]/g, '_')}`;
const label = (text: string): string => `"${text.replaceAll('"', '#quot;')}"`;
const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);
