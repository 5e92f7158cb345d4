import { days, hours, mebibytes } from './kinds.ts';
import { section, setting } from './kit.ts';

export const preflight = section(
  'preflight',
  'Checks of the cluster before an upgrade begins. A failed check ends the run before anything is changed, and the next run checks again.',
  {
    quietHours: setting(hours(), {
      default: 24,
      doc: 'For how many hours no node may have changed its Ready condition. 0: no check. A node that has just joined did not change it.',
    }),
    // kubeadm needs the newest one to roll back by itself.
    keepBackupsDays: setting(days(1), {
      default: 3,
      doc: 'After how many days the backups of kubeadm in /etc/kubernetes/tmp of control-plane nodes are removed.',
    }),
    freeMiB: setting(mebibytes, {
      default: 1024,
      doc: 'Free space, in MiB, on the volume of etcd, beside the copies of its data that kubeadm and snapshot.mode: built-in make.',
    }),
    certificateDays: setting(days(), {
      default: 7,
      doc: 'Preflight warns of a certificate of the control plane that expires within this many days. kubeadm upgrade renews it.',
    }),
  },
);
