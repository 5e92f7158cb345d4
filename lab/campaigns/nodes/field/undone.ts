import { kubectl, onNode, until } from '../../../kit/commands.ts';
import { check } from '../../../kit/record.ts';
import type { Scenario } from '../../../kit/runner.ts';
import { whenControlPlaneIsReady } from './etcd.ts';
import { checkStep, type Quirk, REFUSED, step, withQuirks } from './steps.ts';

const MANIFESTS = '/etc/kubernetes/manifests';
const COPIES = '/root/manifests';

/** Edits of a manifest by hand: a sed expression for each file. */
const EDITS: Readonly<Record<string, string>> = {
  'kube-controller-manager': 's|^    - kube-controller-manager$|&\\n    - --terminated-pod-gc-threshold=100|',
  'kube-scheduler': 's|cpu: 100m|cpu: 150m|',
  'kube-apiserver': 's|^    image: .*|&\\n    env:\\n    - name: GOMAXPROCS\\n      value: "2"|',
  etcd: 's|^    - etcd$|&\\n    - --quota-backend-bytes=4294967296|',
};

const specOf = (component: string): Promise<string> =>
  kubectl('-n', 'kube-system', 'get', 'pod', `${component}-cp1`, '-o', 'jsonpath={.spec.containers[0]}');

const SHOWN: Readonly<Record<string, string>> = {
  'kube-controller-manager': 'terminated-pod-gc-threshold=100',
  'kube-scheduler': '150m',
  'kube-apiserver': 'GOMAXPROCS',
  etcd: 'quota-backend-bytes',
};

const whenShown = async (isEdited: boolean): Promise<void> => {
  for (const [component, text] of Object.entries(SHOWN))
    await until(
      `${component} ${isEdited ? 'runs as edited' : 'runs as before'}`,
      240,
      () => specOf(component),
      (spec) => spec.includes(text) === isEdited,
    );
  await whenControlPlaneIsReady();
};

/** Changes of the static pods that no configuration of kubeadm holds. */
const editedManifests: Quirk = {
  what: 'an operator edits all four manifests on cp1: a flag, a resource, an environment variable, a flag of etcd',
  make: async () => {
    await onNode('cp1', `rm -rf ${COPIES}; cp -a ${MANIFESTS} ${COPIES}`);
    // The API server last: the others restart meanwhile.
    for (const component of ['kube-controller-manager', 'kube-scheduler', 'etcd', 'kube-apiserver'])
      await onNode('cp1', `sed -i '${EDITS[component] ?? ''}' ${MANIFESTS}/${component}.yaml`);
    await whenShown(true);
  },
  undo: async () => {
    await onNode('cp1', `[ ! -d ${COPIES} ] || { cp -a ${COPIES}/*.yaml ${MANIFESTS}/; rm -rf ${COPIES}; }`);
    await whenShown(false);
  },
};

const ANNOTATION = 'kubeadm.alpha.kubernetes.io/cri-socket';
const INSTANCE = '/var/lib/kubelet/instance-config.yaml';

/** Nothing on the node or on its Node says where the socket of the container runtime is. */
const noCriSocket = (node: string): Quirk => {
  let socket = '';
  const path = `jsonpath={.metadata.annotations.${ANNOTATION.replaceAll('.', '\\.')}}`;
  return {
    what: `the Node ${node} has no annotation ${ANNOTATION}, and the node has no ${INSTANCE}`,
    make: async () => {
      socket = await kubectl('get', 'node', node, '-o', path);
      await kubectl('annotate', 'node', node, `${ANNOTATION}-`);
      await onNode(node, `[ ! -e ${INSTANCE} ] || mv ${INSTANCE} /root/instance-config.yaml`);
    },
    undo: async () => {
      if (socket !== '') await kubectl('annotate', '--overwrite', 'node', node, `${ANNOTATION}=${socket}`);
      await onNode(node, `[ ! -e /root/instance-config.yaml ] || mv /root/instance-config.yaml ${INSTANCE}`);
    },
  };
};

export const PATCHES = '/etc/kubernetes/patches';
const PATCH = `spec:
  containers:
  - name: kube-scheduler
    resources:
      requests:
        cpu: 150m`;

/** A directory of patches for kubeadm, with one for the scheduler. */
export const patchesOn = (node: string): Quirk => ({
  what: `${PATCHES} on ${node} has a patch of the scheduler: 150m of CPU`,
  make: () =>
    onNode(node, `mkdir -p ${PATCHES}; cat > ${PATCHES}/kube-scheduler0+strategic.yaml <<'TEXT'\n${PATCH}\nTEXT`),
  undo: () => onNode(node, `rm -rf ${PATCHES}`),
});

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
