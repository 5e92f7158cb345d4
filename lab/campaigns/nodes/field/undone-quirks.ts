import { kubectl, onNode, until } from '../../../kit/commands.ts';
import { whenControlPlaneIsReady } from './etcd.ts';
import type { Quirk } from './quirk.ts';

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
export const editedManifests: Quirk = {
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

const CONFIG = '/var/lib/kubelet/config.yaml';

/** A setting of the kubelet of one node alone. */
export const ownKubeletConfig = (node: string): Quirk => ({
  what: `${CONFIG} on ${node} has maxPods: 77, which the ConfigMap kubelet-config has not`,
  make: () => onNode(node, `cp ${CONFIG} /root/config.yaml; echo 'maxPods: 77' >> ${CONFIG}`),
  undo: () => onNode(node, `[ ! -e /root/config.yaml ] || mv /root/config.yaml ${CONFIG}`),
});

const ANNOTATION = 'kubeadm.alpha.kubernetes.io/cri-socket';
const INSTANCE = '/var/lib/kubelet/instance-config.yaml';

/** Nothing on the node or on its Node says where the socket of the container runtime is. */
export const noCriSocket = (node: string): Quirk => {
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

const DROP_IN = '/etc/systemd/system/kubelet.service.d/20-lab.conf';

/** A flag of the kubelet in a drop-in of its unit. The kubelet is not restarted. */
export const flagInDropIn = (node: string, flag: string): Quirk => ({
  what: `${DROP_IN} on ${node} sets the kubelet flag ${flag}`,
  make: () =>
    onNode(
      node,
      `mkdir -p "$(dirname ${DROP_IN})"; printf '[Service]\\nEnvironment="KUBELET_EXTRA_ARGS=${flag}"\\n' > ${DROP_IN}; systemctl daemon-reload`,
    ),
  undo: () => onNode(node, `rm -f ${DROP_IN}; systemctl daemon-reload`),
});

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
