import { CP1 } from '../../kit/cluster.ts';
import { run } from '../../kit/commands.ts';
import { check, noteLines } from '../../kit/record.ts';
import { getWorkflow } from '../../kit/runs.ts';
import { BACKUP } from './backup.ts';
import { RUNNING } from './cluster.ts';
import { documented } from './documented.ts';
import { packagesBack, type Saved, savedManifests, versionsIn, workerBack } from './going-back.ts';

const on = 'cp1';

interface Snapshot {
  readonly file: string;
  /** Its name has the first digits of the uid of the run that took it. */
  readonly job: string;
}

/** docs/rollback.md: the whole cluster back to the snapshot of before the minor, step by step as they are numbered there. */
export async function acrossMinor(): Promise<void> {
  const snapshot = await firstSnapshot();
  const saved = await savedManifests(on, RUNNING);
  await checkedOnNode(snapshot, saved);
  await stopped();
  await packagesBack(on, RUNNING, { otherMinor: true });
  await restored(snapshot);
  await olderManifests(saved);
  await nothingGoesOn(snapshot);
  await documented(['mv /var/lib/rollback/*.yaml /etc/kubernetes/manifests/', 'systemctl restart kubelet'], {}, { on });
  // Step 8, by hand: the kill switch holds the pipeline's own way back.
  for (const worker of ['w1', 'w2']) await workerBack(worker);
  await looked();
}

/** Step 1. Those of later runs are of the newer minor. */
async function firstSnapshot(): Promise<Snapshot> {
  const { stdout: jobs } = await documented(
    'kubectl get jobs -A -l argo-kubeadm-upgrade.io/run --sort-by=.metadata.creationTimestamp',
  );
  noteLines(jobs.trim());
  const job = new RegExp(`^${BACKUP}\\s+(\\S+)`, 'm').exec(jobs)?.[1] ?? '';
  const { stdout: log } = await documented('kubectl -n <namespace> logs job/<job>', {
    '<namespace>': BACKUP,
    '<job>': job,
  });
  const file = /Backup done: cp1:(\S+) \(/.exec(log)?.[1];
  if (file === undefined) throw new Error(`Job ${job} names no snapshot: ${log}`);
  return { file, job };
}

async function checkedOnNode({ file }: Snapshot, { images }: Saved): Promise<void> {
  const etcd = /image: (\S+\/etcd:\S+)/.exec(images)?.[1];
  check('across a minor: an etcd.yaml was saved too', 'yes', etcd === undefined ? 'no' : 'yes');
  const { exitCode, stdout } = await documented(
    [
      'ctr -n k8s.io images mount <image of etcd> /mnt',
      'install /mnt/usr/local/bin/etcdutl /usr/local/bin/',
      'ctr -n k8s.io images unmount --rm /mnt',
      'etcdutl snapshot status <file> -w table',
    ],
    { '<image of etcd>': etcd ?? '', '<file>': file },
    { on },
  );
  if (exitCode !== 0) throw new Error(`${on} has no snapshot that etcdutl accepts: its control plane stays as it is`);
  noteLines(stdout.trim());
}

/** Step 2. */
const stopped = (): Promise<unknown> =>
  documented(
    [
      'mkdir -p /var/lib/rollback && (cd /etc/kubernetes/manifests && mv etcd.yaml kube-apiserver.yaml kube-controller-manager.yaml kube-scheduler.yaml /var/lib/rollback/)',
      "while crictl ps -q --name 'etcd|kube-(apiserver|controller-manager|scheduler)' | grep -q .; do sleep 2; done",
      'mv /var/lib/etcd /var/lib/etcd-newer',
    ],
    {},
    { on, limitSeconds: 300 },
  );

/** Step 4. */
const restored = ({ file }: Snapshot): Promise<unknown> =>
  documented(
    [
      "etcdutl snapshot restore <file> --data-dir /var/lib/etcd --name <this node> --initial-cluster '<node-1>=https://<ip-1>:2380,<node-2>=https://<ip-2>:2380,<node-3>=https://<ip-3>:2380' --initial-advertise-peer-urls https://<ip of this node>:2380 --bump-revision 1000000000 --mark-compacted",
      'chmod 700 /var/lib/etcd',
    ],
    {
      '<file>': file,
      '<this node>': on,
      '<node-1>=https://<ip-1>:2380,<node-2>=https://<ip-2>:2380,<node-3>=https://<ip-3>:2380': `${on}=https://${CP1}:2380`,
      '<ip of this node>': CP1,
    },
    { on },
  );

/** Step 5. */
async function olderManifests({ date }: Saved): Promise<void> {
  const { stdout } = await documented(
    [
      'cp /etc/kubernetes/tmp/kubeadm-backup-manifests-<date>/*.yaml /var/lib/rollback/',
      "grep -h 'image:' /var/lib/rollback/*.yaml",
    ],
    { '<date>': date },
    { on },
  );
  check('… the manifests that are put back', [RUNNING, RUNNING, RUNNING].join(', '), versionsIn(stdout));
  await documented(
    'mv /var/lib/rollback/etcd.yaml /var/lib/rollback/kube-apiserver.yaml /etc/kubernetes/manifests/',
    {},
    { on },
  );
}

/** Step 6. */
async function nothingGoesOn({ job }: Snapshot): Promise<void> {
  await documented('until kubectl get --raw /readyz; do sleep 2; done', {}, { limitSeconds: 300 });
  await documented([
    "kubectl -n k8s-upgrade create configmap k8s-upgrade-killswitch --from-literal=reason='rollback'",
    'argo cron suspend -n k8s-upgrade k8s-upgrade-nightly',
  ]);
  const { stdout } = await documented('argo list -n k8s-upgrade --running');
  const taker = namesIn(stdout);
  const { uid } = (await getWorkflow(taker)).metadata;
  const tookIt = job.includes(uid.replaceAll('-', '').slice(0, 12));
  check('… what is running in the snapshot', 'the run that took it', tookIt ? 'the run that took it' : taker);
  await documented('argo terminate -n k8s-upgrade <run>', { '<run>': taker });
}

/** Names in the table that `argo list` prints. */
export const namesIn = (list: string): string =>
  list
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/)[0] ?? '')
    .join(', ');

/** Step 9. */
async function looked(): Promise<void> {
  await documented('kubectl get nodes');
  await documented('kubectl get pods -A');
  const { stdout } = await documented(
    'kubectl -n kube-system exec etcd-<this node> -- etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt --key /etc/kubernetes/pki/etcd/healthcheck-client.key member list -w table',
    { '<this node>': on },
  );
  noteLines(stdout.trim());
  const { stdout: images } = await run('lab/on-node.sh', [on, 'crictl', 'ps']);
  noteLines(images.trim());
}
