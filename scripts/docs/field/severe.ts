import type { FieldFault } from './fault.ts';

/** Faults that could harm a cluster. */
export const SEVERE: readonly FieldFault[] = [
  {
    id: 'A1',
    situation:
      'The kubelet package of one control-plane node was not held and is newer than its API server; the cluster is upgraded to it against the policy.',
    source: 'https://github.com/killer-sh/cks-course-environment/pull/32',
    outcome: {
      mended:
        'Only API servers and upgrade records of control-plane nodes show an upgrade that was begun. A newer kubelet or component is named with the package that was not held, and the policy decides.',
      tests: [
        {
          file: 'steps/detect/decide.test.ts',
          title: 'takes a control-plane kubelet that alone is newer for no upgrade that was begun',
        },
        {
          file: 'steps/detect/decide.test.ts',
          title: 'so that policy.minor: off and policy.patch: off hold for a kubelet of the next minor',
        },
        {
          file: 'steps/gate/skew.test.ts',
          title: 'warns of a kubelet that is newer than its own API server and not newer than the target',
        },
      ],
    },
  },
  {
    id: 'A2',
    situation:
      'A second source file names the repository with another `Signed-By`; apt on the drained node refuses every command.',
    source: 'https://github.com/kairen/kubeadm-ansible/issues/89',
    outcome: {
      mended:
        '`prepare` runs apt with the sources of the job and names the file before any cordon. `packages.sourceFile` can be a deb822 file.',
      tests: [
        {
          file: 'upgrade/prepare/real-apt.test.ts',
          title: 'a second file for the same repository with another key: ${name}',
        },
        {
          file: 'upgrade/prepare/real-apt.test.ts',
          title: 'nothing, where packages.sourceFile is a deb822 file',
        },
      ],
    },
  },
  {
    id: 'A3',
    situation:
      '`KubeVersionMismatch` fires because a minor upgrade is under way; it stops the upgrade and halts every later run.',
    source: 'https://github.com/kubernetes-sigs/kubernetes-mixin/pull/289',
    outcome: {
      mended:
        'Alerts that an upgrade causes are known by name. They pass while versions, an open upgrade record or a watched node explain them, and count otherwise.',
      tests: [
        { file: 'signals/own-work.test.ts', title: 'while the control plane has moved and a worker has not' },
        {
          file: 'signals/own-work.test.ts',
          title: 'law: without an open upgrade record and with one version, none passes',
        },
        {
          file: 'steps/preflight/decide.test.ts',
          title:
            'passes KubeVersionMismatch with the versions that explain it, so that the next run can finish the upgrade',
        },
      ],
    },
  },
  {
    id: 'A4',
    situation:
      'A feature gate, a flag value or an etcd flag that the next minor removed is still set; the gate is clear and the component does not start.',
    source: 'https://github.com/kubernetes/kubernetes/issues/100988',
  },
];
