import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { SWITCH } from '../../kit/cluster.ts';
import { argo, must, REPO, until } from '../../kit/commands.ts';
import { Daemon, withDaemon } from '../../kit/daemons.ts';
import { check, checkSays, noteLines } from '../../kit/record.ts';
import { endOf, outputOf, whenEnded } from '../../kit/runs.ts';
import { SETTINGS } from './cluster.ts';

const SERVER = `http://${SWITCH}:2746`;

/** The real Argo Server. It comes with the CLI; its pages are not in the sources that the lab builds from, its API is. */
export const withArgoServer = (work: () => Promise<void>): Promise<void> =>
  withDaemon(
    () => Daemon.start(ARGO_SERVER, `${SERVER}/api/v1/info`),
    async () => {
      // Its pages answer before its API does.
      await until('the API of the Argo Server answers', 60, () => api('GET', '/info'));
      await work();
    },
  );

const ARGO_SERVER = ['argo', 'server', '--auth-mode=server', '--secure=false', '--port=2746', '-n', 'argo'];

interface Parameter {
  readonly name: string;
  readonly value?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
}

interface TemplateObject {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly arguments?: { readonly parameters?: readonly Parameter[] } };
}

/** What the form of the Argo UI shows, a run that is submitted by it, and what the CLI says of that. */
export async function argoServer(): Promise<void> {
  const { items } = (await api('GET', '/workflow-templates/k8s-upgrade')) as { items: readonly TemplateObject[] };
  for (const { metadata, spec } of items) {
    const shown = spec.arguments?.parameters ?? [];
    const rendered = parametersOf(metadata.name);
    const expected = rendered.map(describe).join('; ') || 'no parameter';
    const seen = isDeepStrictEqual(shown, rendered) ? expected : JSON.stringify(shown);
    check(`the form of ${metadata.name}, as the API has it`, expected, seen);
    const silent = shown.filter(({ description = '' }) => description === '').map(({ name }) => name);
    check('… parameters without a description', 'none', silent.join(', ') || 'none');
  }

  const submitOptions = { parameters: ['detectionDryRun=true'] };
  const request = { resourceKind: 'WorkflowTemplate', resourceName: 'k8s-upgrade', submitOptions };
  const { metadata } = (await api('POST', '/workflows/k8s-upgrade/submit', request)) as TemplateObject;
  const watched = await argo('watch', '-n', 'k8s-upgrade', metadata.name);
  const what = 'submitted by the API with a parameter, argo watch: its last word';
  const phase = /Status:\s+(\S+)/.exec(watched.slice(watched.lastIndexOf('Status:')))?.[1];
  check(what, 'Succeeded', phase ?? watched.slice(-200));
  const ended = await whenEnded(metadata.name, 300);
  check('… the run ends', 'Succeeded, detected', endOf(ended));
  const list = await argo('list', '-n', 'k8s-upgrade', '-o', 'name');
  check('… argo list has it', metadata.name, list.split('\n').find((name) => name === metadata.name) ?? list);
  const logs = await argo('logs', '-n', 'k8s-upgrade', metadata.name, '--no-color');
  checkSays('… argo logs has what detection said', logs, outputOf(ended, 'detect', 'reason'));
  noteLines(logs.trim().split('\n').at(-1) ?? '');
}

/** As `dist/` has them. */
function parametersOf(template: string): readonly Parameter[] {
  const file = join(REPO, SETTINGS.folder, `40-${template}.yaml`);
  return (parse(readFileSync(file, 'utf8')) as TemplateObject).spec.arguments?.parameters ?? [];
}

const describe = ({ name, value, enum: choices }: Parameter): string =>
  `${name}${value === undefined ? '' : `=${value}`}${choices === undefined ? '' : ` of ${choices.join('|')}`}`;

async function api(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
  const data = body === undefined ? [] : ['-H', 'Content-Type: application/json', '--data-binary', '@-'];
  const command = ['curl', '-s', '--fail-with-body', '-X', method, ...data, `${SERVER}/api/v1${path}`];
  return JSON.parse(await must('lab/in-lab.sh', command, body === undefined ? '' : JSON.stringify(body)));
}
