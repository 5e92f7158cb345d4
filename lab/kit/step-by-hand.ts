import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { bash, REPO, tryInLab } from './commands.ts';

interface RenderedTemplate {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly container?: { readonly env: readonly { readonly name: string; readonly value?: string }[] };
}

export interface StepEnd {
  readonly exitCode: number;
  /** Everything that it printed. */
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Runs the bundle of a step on this host as Argo would run it in a pod: with the environment that the rendered template
 * has, references to Argo's own values replaced by `values` or left empty.
 */
export async function stepByHand(
  folder: string,
  step: string,
  values: Readonly<Record<string, string>>,
): Promise<StepEnd> {
  const outputs = mkdtempSync(join(tmpdir(), 'step-'));
  const env = { ...rendered(folder, step), ...BY_HAND, OUTPUT_DIR: outputs, ...values };
  const words = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const program = [join(REPO, 'node_modules/.bin/node'), join(REPO, `build/steps/${step}.cjs`)];
  const keys = 'export SSH_KEY_DIR="$(dirname "$KUBECONFIG")"; exec "$@"';
  try {
    const { exitCode, stdout, stderr } = await tryInLab('bash', '-c', keys, 'step', 'env', ...words, ...program);
    return { exitCode, log: `${stdout}${stderr}`, outputs: filesOf(outputs) };
  } finally {
    rmSync(outputs, { recursive: true, force: true });
  }
}

const BY_HAND = { RUN_NAME: 'by-hand', RUN_UID: 'by-hand', POD_NAME: 'by-hand', NAMESPACE: 'k8s-upgrade' };

function rendered(folder: string, step: string): Record<string, string> {
  const file = join(REPO, folder, '40-k8s-upgrade.yaml');
  const { spec } = parse(readFileSync(file, 'utf8')) as { spec: { templates: readonly RenderedTemplate[] } };
  const template = spec.templates.find(({ metadata }) => metadata?.labels?.['app.kubernetes.io/component'] === step);
  if (template?.container === undefined) throw new Error(`${file} has no template of the step ${step}`);
  return Object.fromEntries(
    template.container.env.map(({ name, value = '' }) => [name, value.startsWith('{{') ? '' : value]),
  );
}

const filesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

/** A kubeconfig that is one of our ServiceAccounts; answers its path. */
export async function kubeconfigOf(serviceAccount: string, path: string): Promise<string> {
  const script = `
    set -e
    umask 077
    token=$(kubectl create token ${serviceAccount} -n k8s-upgrade --duration=1h)
    kubectl config view --raw --flatten > ${path}
    kubectl --kubeconfig ${path} config set-credentials step --token="$token" > /dev/null
    kubectl --kubeconfig ${path} config set-context --current --user=step > /dev/null`;
  await bash(script);
  return path;
}
