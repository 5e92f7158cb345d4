import { folderPath, listOf, seconds, text } from './kinds.ts';
import { section, setting } from './kit.ts';

export const kubeadm = section('kubeadm', 'How `kubeadm upgrade` is called.', {
  ignorePreflightErrors: setting(
    listOf(
      text({
        // `all` would switch every check of kubeadm off.
        pattern: '^(?![aA][lL][lL]$)[A-Za-z][A-Za-z0-9._-]*$',
        maxLength: 253,
        title: 'the name of one kubeadm preflight check (never "all"), such as CoreDNSMigration',
      }),
    ),
    {
      default: ['CoreDNSMigration', 'CoreDNSUnsupportedPlugins'],
      doc: 'Preflight checks of kubeadm whose errors are only warnings (--ignore-preflight-errors). The defaults are about CoreDNS, which kubeadm does not touch while kubeadm.skipPhases has addon/coredns.',
    },
  ),
  skipPhases: setting(
    listOf(
      text({
        pattern: '^[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*$',
        maxLength: 253,
        title: 'the name of one kubeadm phase, such as addon/coredns',
      }),
    ),
    {
      default: ['addon/coredns'],
      doc: 'Phases that kubeadm upgrade leaves out (--skip-phases). Empty: kubeadm upgrades CoreDNS too.',
    },
  ),
  patches: setting(folderPath('/etc/kubernetes/patches'), {
    optional: true,
    example: '/etc/kubernetes/patches',
    doc: 'Directory on every node with patches for kubeadm upgrade (--patches), for what its configuration has no field for. It belongs to root and is not a link; preflight checks it. Absent: kubeadm gets no patches.',
  }),
  // kubeadm itself waits 5 minutes for each static pod to change.
  timeoutSeconds: setting(seconds(300), {
    default: 1800,
    doc: 'How long, in seconds, kubeadm may take on one node.',
  }),
});
