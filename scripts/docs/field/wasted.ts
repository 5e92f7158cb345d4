import type { FieldFault } from './fault.ts';

/** Faults that drain a node and fail, or stop every run. */
export const WASTED: readonly FieldFault[] = [
  {
    id: 'B1',
    situation: 'etcd serves its metrics at an IPv6 or node address; preflight asks 127.0.0.1 and halts every run.',
    source: 'https://github.com/kubernetes-sigs/kind/issues/2695',
    outcome: {
      mended: '`preflight` and `upgrade-node` share one reader of the URLs in the etcd manifest.',
      tests: [
        { file: 'upgrade/etcd/etcd.test.ts', title: 'is asked at the URL of the manifest, with ${what}' },
        { file: 'upgrade/etcd/etcd.test.ts', title: 'is asked at the next URL when one does not answer' },
      ],
    },
  },
  {
    id: 'B2',
    situation: 'The signing key of the repository expired or was replaced; detection fails on every run.',
    source: 'https://github.com/kubernetes/release/issues/3818',
    outcome: {
      mended:
        'Detection asks with the key that the repository serves when the key of the node does not verify. When no key verifies, the message keeps the key error of apt.',
      tests: [
        {
          file: 'upgrade/prepare/real-apt.test.ts',
          title: 'in the ${format} format, also when the repository has another key, which verifies',
        },
        { file: 'upgrade/prepare/real-apt.test.ts', title: "and keeps apt's key error when no key verifies" },
      ],
    },
  },
  {
    id: 'B3-downgrade',
    situation: 'A package on the node is newer than the target; apt refuses the downgrade on the drained node.',
    source: 'https://github.com/kubernetes-sigs/image-builder/pull/2056',
    outcome: {
      mended: '`prepare` rehearses the installation with the flags of the job and names the package and the remedy.',
      tests: [{ file: 'upgrade/prepare/real-apt.test.ts', title: 'a package that is newer than the target' }],
    },
  },
  {
    id: 'B3-hook',
    situation: 'A hook of `apt-get update` fails on the node; the job fails although `prepare` passed.',
    source: 'https://github.com/MichaIng/DietPi/issues/4487',
    outcome: {
      mended: 'Neither `prepare` nor the job runs a hook of an update. `prepare` meets a failing hook of dpkg.',
      tests: [
        {
          file: 'upgrade/prepare/real-apt.test.ts',
          title: 'no hook of an update, since neither of them runs one',
        },
        { file: 'upgrade/prepare/real-apt.test.ts', title: 'a hook of dpkg that fails, and installs nothing' },
      ],
    },
  },
  {
    id: 'B4',
    situation:
      'A control-plane node has no role label; it is upgraded as a worker, without a check of the etcd quorum.',
    source: 'https://github.com/vmware-archive/cluster-api-upgrade-tool/issues/137',
    outcome: {
      mended:
        'Detection refuses a node without the label that shows static pods of a control plane and has the address of an API server, with the command that labels it. Without such an address the node is left alone.',
      tests: [
        {
          file: 'steps/adapters/kubernetes/nodes.test.ts',
          title: 'that runs static pods of a control plane with ${what} is left alone, and is named with the remedy',
        },
        {
          file: 'upgrade/node/unlabelled.test.ts',
          title: 'is a control-plane node when it has an address of an API server that no labelled node has',
        },
        { file: 'steps/left-out.test.ts', title: 'is refused by detection when it has the address of an API server' },
      ],
    },
  },
  {
    id: 'B5-volume',
    situation: 'The PersistentVolume of a VolumeAttachment is gone; the drain waits for a detachment that never comes.',
    source: 'https://github.com/kubernetes-csi/external-attacher/issues/235',
    outcome: {
      mended:
        'The drain does not wait for such a volume, nor for one whose driver is gone. `rehearse` and `plan` warn of it and name the commands that remove the attachment. A pod whose volume has no driver is refused before any cordon.',
      tests: [
        {
          file: 'steps/drain/decide.test.ts',
          title: 'waits for none that nobody detaches any more, and says how to remove it',
        },
        { file: 'steps/rehearse/decide.test.ts', title: 'a volume whose PersistentVolume is gone, as a warning' },
        { file: 'steps/rehearse/decide.test.ts', title: 'a pod that uses a volume whose driver is gone' },
      ],
    },
  },
  {
    id: 'B5-daemonset',
    situation: 'A DaemonSet of another API group (OpenKruise) recreates each evicted pod; the drain never ends.',
    source: 'https://github.com/openkruise/kruise/issues/1831',
    outcome: {
      mended:
        'A drain leaves pods that their controller puts back on the same node, whatever its API group. It ends with the name of the controller when other pods come back to the cordoned node three times.',
      tests: [
        { file: 'steps/adapters/kubernetes/pods.test.ts', title: 'a pod of a DaemonSet of OpenKruise' },
        {
          file: 'steps/adapters/kubernetes/pods.test.ts',
          title: 'a pod that any controller pins to its node in spite of a cordon',
        },
        { file: 'steps/drain/drain.test.ts', title: 'each time ends the drain, and its controller is named' },
        {
          file: 'steps/drain/drain.test.ts',
          title: 'and tolerates the cordon is left there after one eviction, as kubectl drain leaves it',
        },
      ],
    },
  },
  {
    id: 'B6-flags',
    situation:
      'kubeadm removes a flag that was set in a static-pod manifest; only those of the API server are reported.',
    source: 'https://github.com/kubernetes/kubeadm/issues/2157',
    outcome: {
      mended:
        '`preflight` warns of each flag that kubeadm removes, changes or adds in a static pod, and names the field of ClusterConfiguration that keeps it.',
      tests: [
        { file: 'steps/preflight/decide.test.ts', title: 'of a flag of the controller manager that kubeadm sets back' },
        {
          file: 'upgrade/gate/manifests/differences.test.ts',
          title: 'names every part of each static pod that an upgrade removes or changes',
        },
      ],
    },
  },
  {
    id: 'B6-env',
    situation: 'kubeadm removes `env`, resources or `hostAliases` that were set in a manifest; nothing reports it.',
    source: 'https://github.com/kubernetes/kubernetes/issues/82456',
    outcome: {
      mended:
        '`preflight` warns of each environment variable, resource, volume, host alias and other field of a static pod that kubeadm undoes.',
      tests: [
        {
          file: 'upgrade/gate/manifests/differences.test.ts',
          title: 'names every part of each static pod that an upgrade removes or changes',
        },
        {
          file: 'steps/preflight/decide.test.ts',
          title: 'of resources that kubeadm sets back, which only a patch can keep',
        },
      ],
    },
  },
  {
    id: 'B6-etcd',
    situation: 'A flag that was set in `etcd.yaml`, such as `--quota-backend-bytes`, returns to its default.',
    source: 'https://github.com/kubernetes/kubernetes/pull/94395',
    outcome: {
      mended:
        '`preflight` compares the manifest of etcd with what kubeadm writes from ClusterConfiguration, and warns of each difference.',
      tests: [
        { file: 'steps/preflight/decide.test.ts', title: 'of a flag of etcd, which no diff of kubeadm shows' },
        {
          file: 'upgrade/gate/manifests/differences.test.ts',
          title: 'loses a flag that ClusterConfiguration does not name',
        },
      ],
    },
  },
  {
    id: 'B6-patches',
    situation: 'The cluster uses `kubeadm --patches`; no setting passes the directory, so the patches are lost.',
    source: 'https://github.com/kubernetes-sigs/kubespray/issues/9773',
    outcome: {
      mended:
        '`kubeadm.patches` names a directory on the nodes. `preflight` checks it on each node to upgrade, and kubeadm gets it as `--patches`.',
      tests: [
        {
          file: 'upgrade/host/node-commands.test.ts',
          title: 'give kubeadm the directory of patches on each node, and none without the setting',
        },
        { file: 'steps/preflight/decide.test.ts', title: 'halts where a node lacks it, or where it cannot be read' },
        {
          file: 'upgrade/gate/manifests/patch.test.ts',
          title: 'is as kubeadm itself writes it, with patches of each type',
        },
      ],
    },
  },
  {
    id: 'B6-kubelet-config',
    situation: 'Settings of one node in `/var/lib/kubelet/config.yaml` are replaced by the ConfigMap `kubelet-config`.',
    source: 'https://github.com/kubernetes/kubernetes/issues/84634',
    outcome: {
      mended:
        '`preflight` compares the file of each node with the ConfigMap and warns of each field that kubeadm sets back. A patch in `kubeadm.patches` keeps it.',
      tests: [
        {
          file: 'steps/preflight/decide.test.ts',
          title: 'warns of each field that kubeadm sets back or removes, once for all nodes that have it',
        },
        {
          file: 'upgrade/gate/manifests/kubelet-config.test.ts',
          title: 'loses nothing by what kubeadm writes for each node',
        },
      ],
    },
  },
  {
    id: 'B6-drop-in',
    situation: 'A systemd drop-in sets a kubelet flag that the next minor removed; the gate does not read drop-ins.',
    source: 'https://github.com/kubernetes-sigs/image-builder/pull/1866',
    outcome: {
      mended:
        'The gate reads the systemd unit of the kubelet, its drop-ins, every `EnvironmentFile` that they name and the directory of `--config-dir`. It halts before the minor that removed a flag or feature gate there.',
      tests: [
        {
          file: 'steps/adapters/node-files.test.ts',
          title: 'hold the flags of the unit and of its drop-ins, as systemd puts them together',
        },
        {
          file: 'steps/adapters/node-files.test.ts',
          title: 'hold the flags of every other file that the unit names in EnvironmentFile',
        },
        {
          file: 'steps/adapters/node-files.test.ts',
          title: 'hold the feature gates of the directory that --config-dir names, a later file before an earlier one',
        },
        { file: 'upgrade/gate/boundary-judge.test.ts', title: 'is named with its systemd unit' },
      ],
    },
  },
  {
    id: 'B6-cri-socket',
    situation: 'The annotation `cri-socket` of the Node is missing or wrong; kubeadm fails after the drain.',
    source: 'https://github.com/kubernetes/kubeadm/issues/2597',
    outcome: {
      mended:
        '`preflight` halts before the first cordon and prints the `kubectl annotate` command, for the kubeadm minors that need the annotation.',
      tests: [
        {
          file: 'steps/preflight/decide.test.ts',
          title: 'a Node without the annotation by which kubeadm finds its container runtime',
        },
        { file: 'upgrade/node/cri-socket.test.ts', title: 'is missed by each kubeadm that needs it, and by no other' },
      ],
    },
  },
  {
    id: 'B7-kubeedge',
    situation: 'A KubeEdge node reports a kubelet version that is no release; every step fails for the whole cluster.',
    source: 'https://github.com/kubeedge/kubeedge/issues/1872',
    outcome: {
      mended:
        'The node is left out by default (`nodes.exclude`). Any other kubelet version that is no release is one sentence about one worker, also when it joins during a run.',
      tests: [
        { file: 'steps/adapters/kubernetes/nodes.test.ts', title: 'are by default those of ${what}' },
        {
          file: 'steps/adapters/kubernetes/nodes.test.ts',
          title: "is one sentence beside all other nodes: ${version.slice(0, 30) || 'an empty one'}",
        },
        {
          file: 'steps/left-out.test.ts',
          title: 'ends no step that works on others, and keeps nobody from calling them upgraded',
        },
      ],
    },
  },
  {
    id: 'B7-virtual',
    situation: 'A virtual node has no machine or package to upgrade, and cannot be excluded.',
    source: 'https://github.com/admiraltyio/admiralty/issues/123',
    outcome: {
      mended:
        'Nodes of virtual kubelets are left out by default, and others by name or label. Messages, the plan, the report and the doctor name them.',
      tests: [
        { file: 'steps/adapters/kubernetes/nodes.test.ts', title: 'are by default those of ${what}' },
        { file: 'steps/left-out.test.ts', title: 'is no version to finish, is in no list of work, and is named' },
        { file: 'steps/left-out.test.ts', title: 'is named by the report and the doctor' },
      ],
    },
  },
  {
    id: 'B7-windows',
    situation: 'A Windows node is in the work list, and step pods can be scheduled to it.',
    source: 'https://github.com/kubereboot/kured/issues/96',
    outcome: {
      mended:
        'Windows nodes are left out by default, and step pods require `kubernetes.io/os=linux`. The gate still compares their kubelets with the version skew policy.',
      tests: [
        { file: 'steps/adapters/kubernetes/nodes.test.ts', title: 'are by default those of ${what}' },
        {
          file: 'synth/placement.test.ts',
          title: 'runs only on nodes that runners.withSshKey selects: by default, on control-plane nodes',
        },
        { file: 'steps/left-out.test.ts', title: 'blocks a minor that would leave its kubelet too far behind' },
      ],
    },
  },
  {
    id: 'B7-architecture',
    situation: 'The cluster has several CPU architectures; a step pod of a single-arch image starts on the wrong one.',
    source: 'https://github.com/open-policy-agent/gatekeeper/issues/1650',
    outcome: {
      mended:
        'Step pods require an architecture of `images.architectures`. A node of another architecture is no host for steps, and the message says why.',
      tests: [
        { file: 'upgrade/drain/host-requirements.test.ts', title: 'a node of another platform is no host for steps:' },
        {
          file: 'synth/placement.test.ts',
          title: 'prefers a control-plane node, and needs no node but what runners.others selects',
        },
      ],
    },
  },
  {
    id: 'B8',
    situation: 'Repository or Prometheus have a certificate of a private CA; no setting names the CA.',
    source: 'https://github.com/kubereboot/kured/issues/55',
    outcome: {
      mended:
        '`certificateAuthorities` names a ConfigMap or Secret with CA certificates. A failure of TLS names the host, the error and this setting, and the doctor checks the bundle.',
      tests: [
        {
          file: 'steps/adapters/tls.test.ts',
          title: 'names the host, the error and the setting when no known CA issued the certificate: ${who}',
        },
        {
          file: 'steps/adapters/tls.test.ts',
          title: 'asks nothing over HTTPS while the CA bundle cannot be used: ${who}',
        },
        { file: 'synth/ca-bundle.test.ts', title: 'is given to the steps that ask over HTTPS, and to the doctor' },
      ],
    },
  },
  {
    id: 'B9',
    situation: 'Several Nodes report one InternalIP; nothing checks that the machine that answers is the node.',
    source: 'https://github.com/rancher/rancher/issues/25042',
    outcome: {
      mended:
        'Nodes that share an InternalIP are refused, with both names; `ssh.address` chooses another type or network. Every log-in proves by machine ID and kubelet certificate that the machine is the Node.',
      tests: [
        { file: 'upgrade/node/ssh-host.test.ts', title: 'are refused when two are the same, also as ${internalIp}' },
        { file: 'upgrade/node/ssh-address.test.ts', title: 'is the first of the type in a network' },
        { file: 'steps/inventory/decide.test.ts', title: 'refuses two nodes with one address, and names both' },
        {
          file: 'steps/adapters/ssh.test.ts',
          title: 'runs nothing there and remembers nothing: ${promise}',
        },
      ],
    },
  },
];
