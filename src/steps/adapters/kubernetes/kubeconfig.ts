import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { badInput } from '../../runtime/step-error.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Name of the variable that chooses a context of the kubeconfig; kubectl has only a flag for it. */
export const CONTEXT_VARIABLE = 'KUBE_CONTEXT';

/**
 * Finds the cluster as kubectl does: the files of KUBECONFIG, else ~/.kube/config, else the service account of the pod.
 * Throws `BadInput` with the file and the remedy. No message quotes from a kubeconfig more than names and paths.
 */
export function findConfig(env: Env = process.env): KubeConfig {
  const [named, home] = [env['KUBECONFIG'] ?? '', join(env['HOME'] ?? '', '.kube', 'config')];
  const files = named.split(delimiter).filter((file) => file !== '');
  if (files.length > 0) return chosen(merged('KUBECONFIG', files), files.join(delimiter), env);
  if (env['HOME'] !== undefined && existsSync(home)) return chosen(merged('~/.kube/config', [home]), home, env);
  if (env['KUBERNETES_SERVICE_HOST']) return ofPod();
  throw badInput(
    'no cluster to talk to: set KUBECONFIG or write ~/.kube/config, or run in a pod that has a service account',
  );
}

function ofPod(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromCluster();
  return config;
}

/** The first file that has a name wins; of several files, missing ones are passed over. https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files */
function merged(source: string, files: readonly string[]): KubeConfig {
  const present = files.length === 1 ? files : files.filter((file) => existsSync(file));
  if (present.length === 0)
    throw badInput(`${source}: saw ${files.join(delimiter)}, expected at least one file of these`);
  const all = present.map((file) => load(source, file));
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: firstOfName(all.flatMap(({ clusters }) => clusters)),
    users: firstOfName(all.flatMap(({ users }) => users)),
    contexts: firstOfName(all.flatMap(({ contexts }) => contexts)),
    currentContext: all.map(({ currentContext }) => currentContext).find((name) => name !== ''),
  });
  return config;
}

const firstOfName = <T extends { readonly name: string }>(items: readonly T[]): T[] => [
  ...new Map([...items].reverse().map((item) => [item.name, item])).values(),
];

function load(source: string, file: string): KubeConfig {
  const text = textOf(source, file);
  const config = new KubeConfig();
  if (text.trim() === '') {
    config.loadFromOptions({ clusters: [], users: [], contexts: [], currentContext: '' });
    return config;
  }
  try {
    config.loadFromString(text, { onInvalidEntry: 'filter' });
  } catch (error) {
    throw badInput(`${source}: ${file} is no kubeconfig${placeOf(error)}; check the file`);
  }
  config.currentContext = typeof config.currentContext === 'string' ? config.currentContext : '';
  config.makePathsAbsolute(dirname(file));
  return config;
}

function textOf(source: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw badInput(`${source}: ${file} cannot be read (${why}), expected a kubeconfig; check the path`);
  }
}

/** Returns only the line number: js-yaml quotes the lines around a mistake, and a kubeconfig holds keys. */
function placeOf(error: unknown): string {
  const { mark } = error as { readonly mark?: { readonly line?: unknown } };
  return typeof mark?.line === 'number' ? `: not valid YAML at line ${mark.line + 1}` : '';
}

/** Throws `BadInput` unless the context leads to a server, with files that are there. */
function chosen(config: KubeConfig, file: string, env: Env): KubeConfig {
  const asked = env[CONTEXT_VARIABLE] ?? '';
  const names = config.contexts.map(({ name }) => name);
  const there = names.length === 0 ? 'it has no context' : `it has ${names.join(', ')}`;
  if (asked !== '') config.setCurrentContext(asked);
  if (!config.currentContext)
    throw badInput(`${file} names no current context, and ${there}; choose one: kubectl config use-context <name>`);
  const context = config.getContextObject(config.currentContext);
  if (context === null) throw badInput(`${file} has no context ${config.currentContext}; ${there}`);
  const cluster = config.getCluster(context.cluster);
  if (cluster === null)
    throw badInput(`${file}: the context ${context.name} names the cluster ${context.cluster}, which is not there`);
  if (!/^https?:$/.test(protocolOf(cluster.server)))
    throw badInput(`${file}: the server of the cluster ${cluster.name} is no address with https:// or http://`);
  const user = config.getUser(context.user);
  if (context.user && user === null)
    throw badInput(`${file}: the context ${context.name} names the user ${context.user}, which is not there`);
  for (const path of [cluster.caFile, user?.certFile, user?.keyFile])
    if (path && !existsSync(path))
      throw badInput(`${file}: the context ${context.name} needs the file ${path}, which is not there`);
  return config;
}

const protocolOf = (server: string): string => (URL.canParse(server) ? new URL(server).protocol : '');
