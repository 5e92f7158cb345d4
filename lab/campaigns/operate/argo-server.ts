import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { argo, must, REPO, until } from '../../kit/commands.ts';
import { Daemon } from '../../kit/daemon.ts';
import { said, type CampaignRecord } from '../../kit/record.ts';
import { outputOf } from '../../kit/workflow.ts';
import { endOf, whenEnded } from '../../kit/runs.ts';
import { SETTINGS } from './cluster.ts';

const SERVER = 'http://10.210.0.1:2746';

/** The real Argo Server. It comes with the CLI; its pages are not in the sources that the lab builds from, its API is. */
export async function withArgoServer(work: () => Promise<void>): Promise<void> {
  const command = ['argo', 'server', '--auth-mode=server', '--secure=false', '--port=2746', '-n', 'argo'];
  const server = await Daemon.start(command, `${SERVER}/api/v1/info`);
  try {
    // Its pages answer before its API does.
    await until(
      'the API of the Argo Server answers',
      60,
      () => api('GET', '/info'),
      () => true,
    );
    await work();
  } finally {
    await server.stop();
  }
}

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
export async function argoServer(record: CampaignRecord): Promise<void> {
  const { items } = (await api('GET', '/workflow-templates/k8s-upgrade')) as { items: readonly TemplateObject[] };
  for (const { metadata, spec } of items) {
    const shown = spec.arguments?.parameters ?? [];
    const rendered = parametersOf(metadata.name);
    record.check(
      `the form of ${metadata.name}, as the API has it`,
      rendered.map(describe).join('; ') || 'no parameter',
      isDeepStrictEqual(shown, rendered) ? rendered.map(describe).join('; ') || 'no parameter' : JSON.stringify(shown),
    );
    const silent = shown.filter(({ description = '' }) => description === '').map(({ name }) => name);
    record.check('… parameters without a description', 'none', silent.join(', ') || 'none');
  }

  const submitOptions = { parameters: ['detectionDryRun=true'] };
  const request = { resourceKind: 'WorkflowTemplate', resourceName: 'k8s-upgrade', submitOptions };
  const { metadata } = (await api('POST', '/workflows/k8s-upgrade/submit', request)) as TemplateObject;
  const watched = await argo('watch', '-n', 'k8s-upgrade', metadata.name);
  record.check(
    'submitted by the API with a parameter, argo watch: its last word',
    'Succeeded',
    /Status:\s+(\S+)/.exec(watched.slice(watched.lastIndexOf('Status:')))?.[1] ?? watched.slice(-200),
  );
  const ended = await whenEnded(metadata.name, 300);
  record.check('… the run ends', 'Succeeded, detected', endOf(ended));
  const list = await argo('list', '-n', 'k8s-upgrade', '-o', 'name');
  record.check('… argo list has it', metadata.name, list.split('\n').find((name) => name === metadata.name) ?? list);
  const logs = await argo('logs', '-n', 'k8s-upgrade', metadata.name, '--no-color');
  record.check('… argo logs has what detection said', ...said(logs, outputOf(ended, 'detect', 'reason')));
  record.note(`  ${logs.trim().split('\n').at(-1) ?? ''}`);
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
