import { kubectl, must, onNode, until } from '../../kit/commands.ts';
import type { CampaignRecord } from '../../kit/record.ts';
import { nodeLines } from '../../kit/nodes.ts';
import { workersInOrder } from '../nodes/night.ts';
import { endOf, messageOf, night, submit, whenEnded } from '../../kit/runs.ts';
import { NEXT, RUNNING, SETTINGS } from './cluster.ts';
import type { Restartable } from './monitoring.ts';

const ADDRESS = '10.96.0.90';
const NAME = 'prometheus';

/** The only Prometheus runs on the node that is drained, and comes up elsewhere. */
export async function inTheCluster(record: CampaignRecord, outside: Restartable): Promise<void> {
  const [first = ''] = await workersInOrder();
  const back = await whenEnded(await submit('workflowtemplate/k8s-upgrade-rollback-worker', `node=${first}`), 900);
  record.check(
    `${first} taken back to v${RUNNING} by k8s-upgrade-rollback-worker: it ends`,
    'Succeeded, done',
    endOf(back),
  );
  for (const line of messageOf(back).split('\n')) record.note(`  ${line}`);
  await outside.stop();
  await install(first);
  await SETTINGS.apply({ monitoring: { prometheusUrl: `http://${ADDRESS}:9090`, alerts: { source: 'prometheus' } } });
  const before = await nodeOf();
  const ended = await night(900);
  record.check(`Prometheus runs on ${first}, which is drained: the night ends`, 'Succeeded, upgraded', endOf(ended));
  record.check('… Prometheus was there', first, before);
  const after = await nodeOf();
  record.check('… and is elsewhere now', `not ${first}`, after === first ? after : `not ${first}`);
  const all = ['cp1', 'w1', 'w2'].map((node) => `${node} v${NEXT} Ready`).join(', ');
  record.check('… the nodes', all, await nodeLines());
  for (const line of messageOf(ended).split('\n')) record.note(`  ${line}`);
}

const nodeOf = (): Promise<string> =>
  kubectl('get', 'pods', '-n', 'default', '-l', `app=${NAME}`, '-o', 'jsonpath={.items[0].spec.nodeName}');

/** With one rule, lest its silence means nothing. */
const CONFIG = JSON.stringify({ rule_files: ['/etc/prometheus/rules.yml'] });
const RULES = JSON.stringify({ groups: [{ name: 'lab', rules: [{ alert: 'LabNever', expr: 'vector(0) > 1' }] }] });

/** The program is on the machines' disks: its pod mounts it. */
async function install(node: string): Promise<void> {
  const program = (await must('lab/tools.sh', ['prometheus'])).split('\n').at(-1) ?? '';
  for (const worker of await workersInOrder()) {
    await must('bash', [
      '-c',
      `lab/on-node.sh ${worker} sh -c 'mkdir -p /opt/lab && cat > /opt/lab/prometheus' < ${program}`,
    ]);
    await onNode(worker, 'chmod 755 /opt/lab/prometheus');
  }
  const labels = { app: NAME };
  const metadata = { name: NAME, namespace: 'default' };
  const container = {
    name: 'main',
    image: 'lab.invalid/argo-kubeadm-upgrade/finish:0.1.0',
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
  const items = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'prometheus.yml': CONFIG, 'rules.yml': RULES } },
    {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata },
      spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
    {
      ...{ apiVersion: 'v1', kind: 'Service', metadata },
      spec: { clusterIP: ADDRESS, selector: labels, ports: [{ port: 9090 }] },
    },
  ];
  await must(
    'lab/in-lab.sh',
    ['kubectl', 'apply', '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  );
  await until(
    'Prometheus is up in the cluster',
    120,
    () => kubectl('get', 'deployment', NAME, '-n', 'default', '-o', 'jsonpath={.status.readyReplicas}'),
    (answer) => answer === '1',
  );
}
