import { kubectl, must, until } from './commands.ts';

/** Where the prober finds the Deployment that serves. */
export const NODE_PORT = 30080;

/** An image that every machine has: Node, and a program of ours that is not started here. */
const IMAGE = 'lab.invalid/argo-kubeadm-upgrade/finish:0.1.0';

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
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

/** A Deployment with a disruption budget, of which every pod really serves. */
export async function deploy({ name, replicas, minAvailable, nodeSelector = {} }: Serving): Promise<void> {
  const labels = { app: name };
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
    labelSelector: { matchLabels: labels },
  };
  const spec = {
    containers: [container],
    nodeSelector,
    topologySpreadConstraints: [spread],
    terminationGracePeriodSeconds: 20,
  };
  await apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  });
  await budget(name, minAvailable);
  await kubectl('rollout', 'status', `deployment/${name}`, '-n', 'default', '--timeout=120s');
}

export const budget = (name: string, minAvailable: number): Promise<void> =>
  apply({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'default' },
    spec: { minAvailable, selector: { matchLabels: { app: name } } },
  });

/** The Deployment of that name at {@link NODE_PORT} of every node. */
export const expose = (name: string): Promise<void> =>
  apply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { type: 'NodePort', selector: { app: name }, ports: [{ port: 80, targetPort: 8080, nodePort: NODE_PORT }] },
  });

export async function remove(name: string): Promise<void> {
  await kubectl('delete', 'deployment,poddisruptionbudget,service', name, '-n', 'default', '--ignore-not-found');
}

/** Waits until the disruption controller has counted the pods of a budget. */
export const counted = (name: string, allowed: number): Promise<string> =>
  until(
    `the budget ${name} allows ${allowed}`,
    60,
    () => kubectl('get', 'pdb', name, '-n', 'default', '-o', 'jsonpath={.status.disruptionsAllowed}'),
    (answer) => answer === String(allowed),
  );

export const podNames = async (name: string): Promise<string[]> =>
  (await kubectl('get', 'pods', '-n', 'default', '-l', `app=${name}`, '-o', 'jsonpath={.items[*].metadata.name}'))
    .split(' ')
    .filter((word) => word !== '')
    .sort();

const apply = async (object: object): Promise<void> => {
  await must('lab/in-lab.sh', ['kubectl', 'apply', '-f', '-'], JSON.stringify(object));
};
