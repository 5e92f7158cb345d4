import { IMAGE } from './cluster.ts';
import { apply, kubectl, until } from './commands.ts';

/** Where the prober finds the Deployment that serves. */
export const NODE_PORT = 30080;

/** A program that waits until it is told to end. */
export const WAIT = [
  '/nodejs/bin/node',
  '-e',
  'setTimeout(() => {}, 1e9); process.on("SIGTERM", () => process.exit(0));',
];

/** The object of a workload whose pods have the label `app`. */
export const workload = (kind: 'DaemonSet' | 'Deployment', metadata: Metadata, spec: object, replicas?: number) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata,
  spec: {
    ...(replicas !== undefined && { replicas }),
    selector: { matchLabels: { app: metadata.name } },
    template: { metadata: { labels: { app: metadata.name } }, spec },
  },
});

interface Metadata {
  readonly name: string;
  readonly namespace: string;
}

const inDefault = (name: string): Metadata => ({ name, namespace: 'default' });

/** A workload as an addon installs it; no node takes its pods, since only the object is looked at. */
export async function installAddon(kind: 'DaemonSet' | 'Deployment', name: string, image: string): Promise<void> {
  const spec = { nodeSelector: { 'lab.invalid/nowhere': 'true' }, containers: [{ name: 'main', image }] };
  await apply(workload(kind, inDefault(name), spec, kind === 'Deployment' ? 0 : undefined));
}

export const uninstallAddon = (kind: 'DaemonSet' | 'Deployment', name: string): Promise<string> =>
  kubectl('delete', kind, name, '-n', 'default', '--ignore-not-found');

const CILIUM = ['Deployment', 'cilium-operator'] as const;
/** An addon that is not ready for 1.34, or a version of it that is. */
export const installCilium = (version: '1.18.2' | '1.19.1'): Promise<void> =>
  installAddon(...CILIUM, `quay.io/cilium/operator-generic:v${version}`);
export const uninstallCilium = (): Promise<string> => uninstallAddon(...CILIUM);

/** Serves until it is told to end, and for a while longer: what is still sent to it is answered. Not ready while there is a /tmp/sick. */
const SERVER = `
const sick = () => require('node:fs').existsSync('/tmp/sick');
const server = require('node:http').createServer((request, response) => {
  response.statusCode = sick() ? 503 : 200;
  response.end();
});
server.listen(8080);
process.on('SIGTERM', () => setTimeout(() => process.exit(0), 8000));
`;

interface Serving {
  readonly name: string;
  readonly replicas: number;
  /** minAvailable of its disruption budget. */
  readonly minAvailable: number;
}

/** A Deployment with a disruption budget, of which every pod really serves. */
export async function deploy({ name, replicas, minAvailable }: Serving): Promise<void> {
  const container = {
    name: 'main',
    image: IMAGE,
    imagePullPolicy: 'IfNotPresent',
    command: ['/nodejs/bin/node', '-e', SERVER],
    ports: [{ containerPort: 8080 }],
    readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
    resources: { requests: { cpu: '10m', memory: '32Mi' } },
  };
  const spread = {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: { app: name } },
  };
  const spec = { containers: [container], topologySpreadConstraints: [spread], terminationGracePeriodSeconds: 20 };
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: inDefault(name),
    spec: { minAvailable, selector: { matchLabels: { app: name } } },
  };
  await apply(workload('Deployment', inDefault(name), spec, replicas), budget);
  await kubectl('rollout', 'status', `deployment/${name}`, '-n', 'default', '--timeout=120s');
}

/** The Deployment of that name at {@link NODE_PORT} of every node. */
export const expose = (name: string): Promise<void> =>
  apply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: inDefault(name),
    spec: { type: 'NodePort', selector: { app: name }, ports: [{ port: 80, targetPort: 8080, nodePort: NODE_PORT }] },
  });

export const removeDeployment = (name: string): Promise<string> =>
  kubectl('delete', 'deployment,poddisruptionbudget,service', name, '-n', 'default', '--ignore-not-found');

/** Waits until the disruption controller has counted the pods of a budget. */
export const counted = (name: string, allowed: number): Promise<string> =>
  until(`the budget ${name} allows ${allowed}`, 60, () => allowedBy(name), String(allowed));
const allowedBy = (name: string): Promise<string> =>
  kubectl('get', 'pdb', name, '-n', 'default', '-o', 'jsonpath={.status.disruptionsAllowed}');

export const whenPodRuns = (namespace: string, name: string): Promise<string> =>
  until(`the pod ${name} runs`, 60, () => podField(namespace, name, 'status.phase'), 'Running');
export const podField = (namespace: string, name: string, field: string): Promise<string> =>
  kubectl('get', 'pod', name, '-n', namespace, '-o', `jsonpath={.${field}}`);

export const podNames = async (name: string): Promise<string[]> =>
  (await kubectl('get', 'pods', '-n', 'default', '-l', `app=${name}`, '-o', 'jsonpath={.items[*].metadata.name}'))
    .split(' ')
    .filter((word) => word !== '')
    .sort();
