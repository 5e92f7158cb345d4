import { built, IMAGE } from '../../kit/cluster.ts';
import { apply, kubectl, must, until } from '../../kit/commands.ts';
import { nodeLines, NODES, readyAt, workersInOrder } from '../../kit/nodes.ts';
import { check } from '../../kit/record.ts';
import { endOf, night, noteMessage, runOf } from '../../kit/runs.ts';
import { workload } from '../../kit/workloads.ts';
import { NEXT, RUNNING, SETTINGS } from './cluster.ts';
import { Restartable } from './monitoring.ts';

const ADDRESS = '10.96.0.90';
const NAME = 'prometheus';

/** The only Prometheus runs on the node that is drained, and comes up elsewhere. */
export async function inTheCluster(outside: Restartable): Promise<void> {
  const [first = ''] = await workersInOrder();
  const back = await runOf('k8s-upgrade-rollback-worker', 900, `node=${first}`);
  const what = `${first} taken back to v${RUNNING} by k8s-upgrade-rollback-worker: it ends`;
  check(what, 'Succeeded, done', endOf(back));
  noteMessage(back);
  await outside.stop();
  await install(first);
  await SETTINGS.apply({ monitoring: { prometheusUrl: `http://${ADDRESS}:9090`, alerts: { source: 'prometheus' } } });
  const before = await nodeOf();
  const ended = await night(900);
  check(`Prometheus runs on ${first}, which is drained: the night ends`, 'Succeeded, upgraded', endOf(ended));
  check('… Prometheus was there', first, before);
  const after = await nodeOf();
  check('… and is elsewhere now', `not ${first}`, after === first ? after : `not ${first}`);
  check('… the nodes', readyAt(NODES, NEXT), await nodeLines());
  noteMessage(ended);
}

const nodeOf = (): Promise<string> =>
  kubectl('get', 'pods', '-n', 'default', '-l', `app=${NAME}`, '-o', 'jsonpath={.items[0].spec.nodeName}');

/** With one rule, lest its silence means nothing. */
const CONFIG = JSON.stringify({ rule_files: ['/etc/prometheus/rules.yml'] });
const RULES = JSON.stringify({ groups: [{ name: 'lab', rules: [{ alert: 'LabNever', expr: 'vector(0) > 1' }] }] });

/** The program is on the machines' disks: its pod mounts it. */
async function install(node: string): Promise<void> {
  const program = await built('prometheus');
  for (const worker of await workersInOrder()) {
    const copy = `sh -c 'mkdir -p /opt/lab && cat > /opt/lab/prometheus && chmod 755 /opt/lab/prometheus'`;
    await must('bash', ['-c', `lab/on-node.sh ${worker} ${copy} < ${program}`]);
  }
  const metadata = { name: NAME, namespace: 'default' };
  const container = {
    name: 'main',
    image: IMAGE,
    imagePullPolicy: 'IfNotPresent',
    command: ['/opt/lab/prometheus', '--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/data'],
    readinessProbe: { httpGet: { path: '/-/ready', port: 9090 }, periodSeconds: 1 },
    volumeMounts: [
      { name: 'program', mountPath: '/opt/lab' },
      { name: 'config', mountPath: '/etc/prometheus' },
      { name: 'data', mountPath: '/data' },
    ],
  };
  const preferred = {
    weight: 100,
    preference: { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
  };
  const spec = {
    containers: [container],
    securityContext: { fsGroup: 65532 },
    affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [preferred] } },
    volumes: [
      { name: 'program', hostPath: { path: '/opt/lab' } },
      { name: 'config', configMap: { name: NAME } },
      { name: 'data', emptyDir: {} },
    ],
  };
  await apply(
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'prometheus.yml': CONFIG, 'rules.yml': RULES } },
    workload('Deployment', metadata, spec, 1),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { clusterIP: ADDRESS, selector: { app: NAME }, ports: [{ port: 9090 }] },
    },
  );
  const ready = (): Promise<string> =>
    kubectl('get', 'deployment', NAME, '-n', 'default', '-o', 'jsonpath={.status.readyReplicas}');
  await until('Prometheus is up in the cluster', 120, ready, '1');
}
