import type { FieldFault } from './fault.ts';

/** Reports that were searched for afterwards and tried in the same way. */
export const FURTHER: readonly FieldFault[] = [
  {
    id: 'D1',
    situation:
      'A backup such as `etcd.yaml.backup` is in `/etc/kubernetes/manifests`; the kubelet runs it instead of the new manifest, and kubeadm fails after the drain.',
    source: 'https://github.com/kubernetes/kubernetes/issues/129364',
    outcome: {
      mended: '`preflight` names the file and halts before the first cordon.',
      tests: [
        {
          file: 'steps/adapters/host-health.test.ts',
          title: 'finds every further manifest of a component of kubeadm that the kubelet would run',
        },
        { file: 'steps/preflight/decide.test.ts', title: 'a copy of a manifest that the kubelet would run' },
      ],
    },
  },
  {
    id: 'D2',
    situation: 'An etcd member before 3.5.26 goes to etcd 3.6 with Kubernetes 1.34 and finds stale members.',
    source: 'https://github.com/etcd-io/etcd/issues/20793',
    outcome: {
      mended: 'Handled already. The gate blocks 1.34 until every member is at 3.5.26 or newer.',
      tests: [
        {
          file: 'upgrade/gate/boundary-judge.test.ts',
          title: 'etcd before 3.5.26, member by member, compared as numbers',
        },
      ],
    },
  },
  {
    id: 'D3',
    situation: '`kubeadm upgrade apply v1.30.0` replaces custom kubelet settings.',
    source: 'https://github.com/kubernetes/kubeadm/issues/3049',
    outcome: {
      mended: 'Handled already. Detection never chooses 1.30.0.',
      tests: [{ file: 'upgrade/kubernetes/releases.test.ts', title: 'that are known to be bad are exactly these' }],
    },
  },
  {
    id: 'D4',
    situation: 'The ConfigMap `kubeadm-config` has the API version v1beta3, which kubeadm 1.37 does not read.',
    source: 'https://github.com/apache/cloudstack/issues/14181',
    outcome: {
      mended: 'Handled already. The gate blocks 1.37 and names the command that migrates the ConfigMap.',
      tests: [{ file: 'upgrade/gate/boundary-judge.test.ts', title: 'kubeadm v1beta3' }],
    },
  },
  {
    id: 'D5',
    situation: 'etcd needs no change between two patches; kubeadm waits for its pod, fails and rolls back.',
    source: 'https://github.com/kubernetes/kubeadm/issues/2957',
    outcome: {
      mended: 'Handled already. The next attempt passes `--etcd-upgrade=false` when etcd has the image of the target.',
      tests: [
        {
          file: 'steps/upgrade-node/upgrade-node.test.ts',
          title: 'again when kubeadm waited in vain for etcd, which it leaves alone where it is right already',
        },
      ],
    },
  },
  {
    id: 'D6',
    situation: 'The upgrade uncordons a node that an administrator had cordoned.',
    source: 'https://github.com/rancher/system-upgrade-controller/issues/341',
    outcome: {
      mended: 'Handled already. Such a node stays cordoned.',
      tests: [{ file: 'steps/verify-node/decide.test.ts', title: "leaves somebody else's cordon, and says so" }],
    },
  },
  {
    id: 'D7',
    situation: 'etcd has the alarm NOSPACE and accepts no writes.',
    source: 'https://github.com/etcd-io/etcd/issues/14497',
    outcome: {
      mended: 'Handled already. `preflight` halts and shows the alarm.',
      tests: [
        { file: 'upgrade/etcd/etcd.test.ts', title: 'of a member with an alarm is not well, and the alarm is named' },
      ],
    },
  },
  {
    id: 'D8',
    situation:
      'The pods of a PodDisruptionBudget crash, so the budget allows no eviction; the drain check passes and the drain waits until its timeout.',
    source: 'https://github.com/kubernetes/kubernetes/issues/72320',
    outcome: {
      mended: 'The drain check warns, names pods and budget, and names `unhealthyPodEvictionPolicy`.',
      tests: [
        {
          file: 'steps/rehearse/decide.test.ts',
          title: 'a budget that allows nothing while its pods are not healthy, as a warning',
        },
      ],
    },
  },
  {
    id: 'D9',
    situation:
      'A kubelet 1.31 reaches an API server 1.30 through the load balancer and starts no pod: "services have not yet been read at least once".',
    source: 'https://github.com/kubernetes/kubeadm/issues/3193',
    outcome: {
      stays:
        'Only the upgrade from 1.30 to 1.31 has it: a kubelet 1.31 selects Services by a field that an API server 1.30 does not know (kubernetes/kubernetes#127316). Nothing looks for it before. To avoid it, set the feature gate `ControlPlaneKubeletLocalMode: true` in the ConfigMap `kubeadm-config` before that upgrade.',
    },
  },
  {
    id: 'D10',
    situation:
      'A webhook with `failurePolicy: Fail` denies objects that the API server 1.33 creates when it starts; it does not become ready.',
    source: 'https://github.com/kubernetes/kubernetes/issues/137356',
    outcome: {
      stays:
        'No request before the upgrade shows it: the webhook denied objects because it asked an older API server about them. A webhook that is asked about every resource is common, and most of them deny nothing, so a warning about each would be noise.',
    },
  },
  {
    id: 'D11',
    situation:
      'An upgrade of `kubernetes-cni` removes the plugin of flannel from `/opt/cni/bin`; the node is Ready, and no new pod of the pod network starts.',
    source: 'https://github.com/flannel-io/flannel/issues/1721',
    outcome: {
      stays:
        'The condition `PodReadyToStartContainers` is also False while a volume of the pod is not mounted, so a soak that judges by it would stop upgrades for another cause. A comparison of `/etc/cni/net.d` with `/opt/cni/bin` after the installation would show it, and does not exist yet.',
    },
  },
  {
    id: 'D12',
    situation: 'The cluster has an external CA without `ca.key`; `kubeadm upgrade apply` fails with 1.29.0 to 1.29.4.',
    source: 'https://github.com/kubernetes/kubeadm/issues/3055',
    outcome: {
      mended: 'Detection never chooses 1.29.0 to 1.29.4; 1.29.5 put it right.',
      tests: [{ file: 'upgrade/kubernetes/releases.test.ts', title: 'that are known to be bad are exactly these' }],
    },
  },
];
