import { kubectl, onNode, run, sleep, until } from '../../kit/commands.ts';
import { rollBack } from '../../kit/nodes.ts';
import { whenStepRuns } from '../../kit/pods.ts';
import { NEXT, RUNNING } from './cluster.ts';

/** What apt and dpkg lock. Their locks are fcntl's, which no shell can take. */
const DPKG_LOCK = '/var/lib/dpkg/lock-frontend';
const HELD = '/run/lab-apt-lock';
const struct = "pack('s s x4 q q i x4', 1, 0, 0, 0, 0)"; // struct flock of amd64: F_WRLCK, SEEK_SET, all of the file
/** 7 is F_SETLKW, which waits for the holder of the lock; Perl writes into what it is given, so that is a variable. */
const HOLD = `my $lock = ${struct};
open(LOCK, '>>', '${DPKG_LOCK}') or die;
fcntl(LOCK, 7, $lock) or die;
open(HELD, '>', '${HELD}.held') or die;
sleep 3600;`;

/** Another package manager that works on a node until it is released. */
export async function holdPackages(node: string): Promise<() => Promise<void>> {
  await onNode(
    node,
    `rm -f ${HELD}.held; cat > ${HELD}.pl <<'P'\n${HOLD}\nP\nsystemd-run --quiet --collect --unit=lab-apt-lock perl ${HELD}.pl`,
  );
  const isHeld = `systemctl is-active --quiet lab-apt-lock && test -e ${HELD}.held`;
  await until(`${DPKG_LOCK} of ${node} is held`, 120, () => onNode(node, isHeld));
  return async () => {
    await run('lab/on-node.sh', [node, 'systemctl', 'stop', 'lab-apt-lock']);
  };
}

/** Holds the packages once a run has admitted the node. Earlier, `prepare` would wait instead. */
export async function holdWhenAdmitted(workflow: string, node: string): Promise<() => Promise<void>> {
  await whenStepRuns(workflow, 'admit', node, 900);
  return holdPackages(node);
}

const KUBECONFIG = '/etc/kubernetes/kubelet.conf';
/**
 * kubeadm on a worker stops until it is released: its kubeconfig is a pipe without a writer. The kubelet
 * has read its own long ago. Nothing else of a run waits, `prepare` of the next one neither, as it would for apt's lock.
 */
export async function holdKubeadm(node: string): Promise<() => Promise<void>> {
  await onNode(node, `mv ${KUBECONFIG} /root/kubelet.conf && mkfifo ${KUBECONFIG}`);
  return async () => {
    // A process that has the pipe open reads the file from it. A later process finds the file.
    await onNode(
      node,
      `mv ${KUBECONFIG} /root/kubelet.pipe && mv /root/kubelet.conf ${KUBECONFIG} && { timeout 5 sh -c 'cat ${KUBECONFIG} > /root/kubelet.pipe' || true; } && rm /root/kubelet.pipe`,
    );
  };
}

/** No log-in to the node is possible, and open sessions end. */
export async function withoutSshd(node: string, seconds: number): Promise<void> {
  await onNode(node, 'systemctl stop ssh; pkill -9 -x sshd || true');
  await sleep(seconds);
  await onNode(node, 'systemctl start ssh');
}

export async function withoutKubelet(node: string, seconds: number): Promise<void> {
  await onNode(node, 'systemctl stop kubelet');
  await sleep(seconds);
  await onNode(node, 'systemctl start kubelet');
}

const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml';
/** The only API server is gone for a while. */
export async function withoutApiServer(node: string, seconds: number): Promise<void> {
  await onNode(node, `mv ${MANIFEST} /root/; pkill -9 -x kube-apiserver || true`);
  await sleep(seconds);
  await onNode(node, `mv /root/kube-apiserver.yaml ${MANIFEST}`);
  await until('the API server is back', 180, () => kubectl('get', '--raw', '/readyz'));
}

/** kubeadm has nothing to log in to the cluster with; the kubelet, which has read it, goes on. */
export const breakKubeadm = (node: string): Promise<string> => onNode(node, `mv ${KUBECONFIG} /root/kubelet.conf`);
export const mendKubeadm = (node: string): Promise<string> => onNode(node, `mv /root/kubelet.conf ${KUBECONFIG}`);

/** Deletes a pod without waiting for its end. The API server may be on its way down at this very moment. */
export const forceDelete = (pod: string, namespace = 'k8s-upgrade'): Promise<unknown> =>
  until(`${pod} is force-deleted`, 180, () =>
    kubectl('delete', 'pod', pod, '-n', namespace, '--grace-period=0', '--force', '--ignore-not-found'),
  );

const WORKERS = ['w1', 'w2'];

/** Every worker behind again, taking pods, with no mark of an earlier run. */
export async function rollBackAll(): Promise<void> {
  for (const node of WORKERS) await kubectl('uncordon', node);
  await Promise.all(WORKERS.map((node) => rollBack(node, RUNNING)));
}

const UNITS = "systemctl list-units --plain --no-legend --all 'argo-kubeadm-upgrade-*'";

/** Waits until a node is at work on its way to {@link NEXT}. */
export const whenJobRuns = (node: string): Promise<string> =>
  until(`work on ${node} to v${NEXT}`, 300, () => onNode(node, UNITS), isAtWork);
const isAtWork = (units: string): boolean =>
  units.split('\n').some((line) => line.includes(`v${NEXT}-`) && / (active|activating) /.test(line));

/** Waits until it has come to kubeadm. */
export const whenKubeadmRuns = (node: string, limitSeconds = 300): Promise<string> =>
  until(
    `kubeadm upgrade is at work on ${node}`,
    limitSeconds,
    () => onNode(node, 'pgrep -ax kubeadm || true'),
    upgrades,
  );
const upgrades = (processes: string): boolean => /kubeadm upgrade (apply|node)/.test(processes);
