import { check } from '../../../kit/record.ts';
import type { Scenario } from '../../../kit/runner.ts';
import { withQuirks } from './quirk.ts';
import { checkStep, REFUSED, step } from './steps.ts';
import { editedManifests, noCriSocket, PATCHES, patchesOn } from './undone-quirks.ts';

const manifest = (component: string): string => `/etc/kubernetes/manifests/${component}.yaml`;
const removed = (component: string, what: string, by: string): string =>
  `${component} on cp1: found ${what} in ${manifest(component)}, which kubeadm removes when it upgrades ${by}; needed a manifest as kubeadm writes it.`;

const FOUND: readonly string[] = [
  `[warning: diff-drops-flag] ${removed('kube-controller-manager', 'the flag --terminated-pod-gc-threshold=100', 'the node')}`,
  `[warning: diff-undoes-change] kube-scheduler on cp1: found resources.requests.cpu=150m in ${manifest('kube-scheduler')}, which kubeadm sets to 100m when it upgrades the node`,
  `[warning: diff-undoes-change] ${removed('kube-apiserver', 'the environment variable GOMAXPROCS', 'the node')}`,
  `[warning: diff-drops-flag] ${removed('etcd', 'the flag --quota-backend-bytes=4294967296', 'etcd')}`,
  '[actionable: cri-socket] node w2: found no annotation kubeadm.alpha.kubernetes.io/cri-socket and no /var/lib/kubelet/instance-config.yaml; needed the annotation: kubeadm 1.34 finds the container runtime by it, and fails after the drain without it. Set it: kubectl annotate node w2 kubeadm.alpha.kubernetes.io/cri-socket=unix:///run/containerd/containerd.sock',
];

const SCHEDULER = 'kube-scheduler on cp1: found';
const noPatches = (node: string): string =>
  `[actionable: kubeadm-patches] ${PATCHES} on ${node}: found no such directory; needed a directory of patches that kubeadm can apply, which only root can change. kubeadm would fail after the drain.`;

/** What kubeadm undoes, and what makes it fail on a drained node, is said before any cordon. */
export const undoneByKubeadm: Scenario = () =>
  withQuirks([noCriSocket('w2'), patchesOn('cp1'), editedManifests], async () => {
    const end = await step('preflight');
    checkStep('preflight', end, { exit: REFUSED, says: FOUND });
    check('… the verdict', 'halt', end.outputs['preflightVerdict'] ?? '');
    const patched = await step('preflight', { KUBEADM_PATCHES: PATCHES });
    const says = [noPatches('w1'), noPatches('w2')];
    checkStep(`preflight with kubeadm.patches: ${PATCHES}`, patched, { exit: REFUSED, says });
    const lost = patched.log.includes(SCHEDULER) ? 'lost' : 'kept';
    check('… the change of the scheduler, which the patch keeps, is', 'kept', lost);
  });
