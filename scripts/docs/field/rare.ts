import type { FieldFault } from './fault.ts';

/** Faults of a message, and faults that are rare or have a small effect. */
export const RARE: readonly FieldFault[] = [
  {
    id: 'C-eviction-denial',
    situation: 'An admission policy or webhook denies an eviction; the message names a wrong remedy or none.',
    source: 'https://github.com/kubereboot/kured/issues/1269',
    outcome: {
      mended:
        '`rehearse` and `plan` warn of policies that are asked about an eviction. A drain asks with a dry run before its cordon. The message names the policy or webhook and its text, and what to do. A policy ends the drain, a webhook is waited for.',
      tests: [
        { file: 'steps/drain/drain.test.ts', title: 'is found before the cordon, and named with what to do' },
        {
          file: 'steps/rehearse/decide.test.ts',
          title: 'a policy that is asked about an eviction, as a warning',
        },
        {
          file: 'steps/drain/drain.test.ts',
          title:
            'waits for a webhook that denies an eviction, since the webhook may be moving the pod, and names it at the end',
        },
        { file: 'steps/runtime/retry.test.ts', title: 'tells a denial of admission from a missing permission' },
      ],
    },
  },
  {
    id: 'C-certificate-copy',
    situation:
      'An expired copy of a certificate is in `/etc/kubernetes/pki`; the run halts with a remedy that does not touch it.',
    source: 'https://github.com/enix/helm-charts/issues/21',
    outcome: {
      mended: 'A certificate that kubeadm does not renew is a warning, and the remedy names the file.',
      tests: [
        {
          file: 'steps/preflight/decide.test.ts',
          title: 'of an expired certificate that kubeadm does not know, such as a copy',
        },
      ],
    },
  },
  {
    id: 'C-image-tag',
    situation:
      'Static-pod images have a tag of a vendor, such as `v1.34.9-eks-1-34-5`; every run says that an upgrade was begun.',
    source: 'https://github.com/aws-samples/custom-scheduler-eks/pull/27',
    outcome: {
      mended:
        'A tag that is no release makes the version unknown. Detection and inventory begin nothing and show the image.',
      tests: [
        {
          file: 'steps/detect/decide.test.ts',
          title: 'takes a version that is unknown for no upgrade that was begun',
        },
        {
          file: 'steps/report/report.test.ts',
          title: 'is said of an API server whose image tag is no release',
        },
      ],
    },
  },
  {
    id: 'C-bashrc',
    situation: '`.bashrc` prints text before the output of a script; one parser does not accept it.',
    source: 'https://github.com/ansible/ansible/issues/2268',
    outcome: {
      mended: 'The parser finds the answer after such text, and accepts only a complete answer.',
      tests: [
        { file: 'upgrade/host/node-job.test.ts', title: 'is read after whatever a .bashrc prints, and only in full' },
      ],
    },
  },
  {
    id: 'C-cri-tools',
    situation:
      '`cri-tools` is held at a version that is too old for kubeadm; the message omits the reason that apt gives.',
    source: 'https://github.com/kubernetes/release/issues/3574',
    outcome: {
      mended: '`prepare` quotes the unmet dependency and names the command that lists held packages.',
      tests: [
        {
          file: 'upgrade/prepare/real-apt.test.ts',
          title: 'held dependencies, with the reason that apt gives',
        },
      ],
    },
  },
  {
    id: 'C-bare-pods',
    situation: 'A pod without a controller is evicted and nothing recreates it; the drain check does not list it.',
    source: 'https://github.com/k3s-io/k3s/issues/1496',
    outcome: {
      mended:
        '`rehearse`, `plan` and the first message of a run name up to twelve such pods. `drain.deleteUnmanagedPods: false` keeps them.',
      tests: [
        { file: 'steps/rehearse/decide.test.ts', title: 'pods that nothing recreates, at most twelve by name' },
        {
          file: 'steps/begin/begin.test.ts',
          title: 'names the pods without a controller that the drains evict for good',
        },
      ],
    },
  },
  {
    id: 'C-credentials',
    situation:
      'A URL in the settings has a user and a password; the error names another reason and shows the password.',
    source: 'https://github.com/canonical/snapcraft/issues/5116',
    outcome: {
      mended:
        'The error says that the address has a user or a password, shows neither, and names the setting and the key of the Secret for a login. Steps log in with basic authentication or a bearer token.',
      tests: [
        {
          file: 'cluster/secrets.test.ts',
          title: 'is refused as the user or the password of an address, and the error says that',
        },
        {
          file: 'steps/adapters/server-login.test.ts',
          title: 'leaves a good answer whole, also where the password is a word of it',
        },
        { file: 'steps/doctor/doctor.test.ts', title: 'is missing where its key is absent, or has another form' },
      ],
    },
  },
  {
    id: 'C-thanos',
    situation: 'The monitoring URL is a Thanos querier, which has no `/api/v1/alerts`; the error does not say so.',
    source: 'https://github.com/thanos-io/thanos/issues/6579',
    outcome: {
      mended:
        'The message names Thanos Query and the settings to change. For Grafana Mimir, Cortex and VictoriaMetrics it has the address with the prefix.',
      tests: [
        { file: 'steps/adapters/missing-path.test.ts', title: 'is named when it is Thanos Query' },
        {
          file: 'steps/adapters/missing-path.test.ts',
          title: 'is said to have it below ${prefix}, as the setting must have it',
        },
      ],
    },
  },
  {
    id: 'C-promql-info',
    situation: 'Prometheus returns an annotation of level info; the answer counts as incomplete.',
    source: 'https://github.com/prometheus/prometheus/issues/14135',
    outcome: {
      mended: 'Such an annotation does not make an answer incomplete. Every other warning does.',
      tests: [
        {
          file: 'steps/adapters/alerts.test.ts',
          title: 'are known when a warning is about the expression: an annotation of level info',
        },
      ],
    },
  },
  {
    id: 'C-mirror',
    situation: 'A mirror does not have the next minor yet; detection says that the minor is not released.',
    source: 'https://github.com/ustclug/discussions/issues/433',
    outcome: {
      mended: 'Detection says that the package repository does not have the minor yet.',
      tests: [{ file: 'steps/detect/decide.test.ts', title: 'takes nothing when nothing is newer' }],
    },
  },
  {
    id: 'C-usr-local-bin',
    situation: 'Programs in `/usr/local/bin` hide those of the packages; the upgrade runs the old kubeadm.',
    source: 'https://github.com/kubernetes-sigs/kubespray/issues/10293',
    outcome: {
      mended: '`prepare` names the program that hides the one of the package, before any cordon.',
      tests: [
        {
          file: 'upgrade/prepare/real-apt.test.ts',
          title: '${tool} in /usr/local/bin, which hides that of the package',
        },
        { file: 'upgrade/prepare/real-apt.test.ts', title: 'a kubelet.service that runs another kubelet' },
      ],
    },
  },
];
