import { onNode, run, sleep, until } from '../../kit/commands.ts';
import { whenStepRuns } from '../../kit/runs.ts';

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
  await until(
    `${DPKG_LOCK} of ${node} is held`,
    120,
    () => onNode(node, `systemctl is-active --quiet lab-apt-lock && test -e ${HELD}.held && echo held`),
    (answer) => answer === 'held',
  );
  return async () => {
    await run('lab/on-node.sh', [node, 'systemctl', 'stop', 'lab-apt-lock']);
  };
}

/** Holds the packages once a run has admitted the node. Earlier, `prepare` would wait instead. */
export async function holdWhenAdmitted(run: string, node: string): Promise<() => Promise<void>> {
  await whenStepRuns(run, 'admit', node, 900);
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
  await until(
    'the API server is back',
    180,
    () => run('lab/in-lab.sh', ['kubectl', 'get', '--raw', '/readyz']),
    ({ exitCode }) => exitCode === 0,
  );
}

/** kubeadm has nothing to log in to the cluster with; the kubelet, which has read it, goes on. */
export const breakKubeadm = (node: string): Promise<string> =>
  onNode(node, 'mv /etc/kubernetes/kubelet.conf /root/kubelet.conf');
export const mendKubeadm = (node: string): Promise<string> =>
  onNode(node, 'mv /root/kubelet.conf /etc/kubernetes/kubelet.conf');
