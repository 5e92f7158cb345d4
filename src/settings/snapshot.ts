import {
  choice,
  count,
  cronSchedule,
  folderPath,
  namespacedName,
  objectName,
  PLAIN,
  seconds,
  text,
  timeZone,
  titled,
} from './kinds.ts';
import { section, setting } from './kit.ts';

export const builtIn = section(
  'snapshot.builtIn',
  'The CronJob of snapshot.mode: built-in, in the namespace k8s-upgrade-etcd-backup. etcdctl saves a snapshot on a control-plane node, and etcdutl verifies it.',
  {
    schedule: setting(cronSchedule('0 23 * * *'), {
      default: '30 21 * * *',
      doc: 'Cron schedule, in snapshot.builtIn.timezone. Each upgrade takes a snapshot of its own as well.',
    }),
    timezone: setting(timeZone, { default: 'UTC', doc: 'Time zone of snapshot.builtIn.schedule.' }),
    keep: setting(count({ min: 1, max: 365, title: 'a number of snapshots from 1 to 365' }), {
      default: 7,
      doc: 'How many snapshots stay on each control-plane node. Older ones are removed, and nothing else in the folder.',
    }),
    directory: setting(folderPath('/var/lib/k8s-upgrade-etcd-backup'), {
      default: '/var/lib/k8s-upgrade-etcd-backup',
      doc: 'Folder of the snapshots on the node. It is created where it does not exist. Copy it elsewhere: a disk that fails takes its snapshots with it.',
    }),
    image: setting(
      text({
        pattern:
          '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?$',
        maxLength: 400,
        title: 'an image with its registry and a tag, such as gcr.io/etcd-development/etcd:v3.6.5',
      }),
      {
        default: 'gcr.io/etcd-development/etcd:v3.6.5',
        doc: 'Image with etcdctl and etcdutl in /usr/local/bin, of the minor of your etcd or a newer one. The image that kubeadm uses may lack etcdutl.',
      },
    ),
  },
);

export const snapshot = section(
  'snapshot',
  'The etcd snapshot that is taken before the first node is touched. A rollback needs it.',
  {
    mode: setting(choice(['cron-job', 'built-in', 'none']), {
      default: 'cron-job',
      doc: 'cron-job: a Job is made from snapshot.cronJob; without a whole snapshot no node is touched. built-in: the same from a CronJob that is rendered too. none: an upgrade has no snapshot to go back to; only for a cluster that you would rather create again.',
    }),
    cronJob: setting(namespacedName('CronJob', 'default/backup-etcd'), {
      default: 'default/backup-etcd',
      doc: 'CronJob, as namespace/name, from which the Job is made.',
    }),
    container: setting(titled(objectName, 'the name of a container: lower-case letters, digits and -'), {
      optional: true,
      example: 'backup',
      doc: 'Container whose log is read. Absent: the first one of the pod.',
    }),
    logPattern: setting(
      text({ pattern: PLAIN, maxLength: 300, title: 'a regular expression with the groups <file> and <bytes>' }),
      {
        default: 'Backup done: (?<file>.+) \\((?<bytes>[0-9]+) bytes\\)',
        doc: 'Regular expression for the line of the log that says that the snapshot is whole. The groups <file> and <bytes> tell where it is and how large. It has no look-around, no back-reference and no repetition of what may be empty.',
      },
    ),
    minimumBytes: setting(count({ min: 1, max: 1_073_741_824, title: 'a number of bytes from 1 to 1073741824' }), {
      default: 1024,
      doc: 'A smaller snapshot, in bytes, does not count as a snapshot.',
    }),
    timeoutSeconds: setting(seconds(30), { default: 600, doc: 'How long, in seconds, the Job may take.' }),
    builtIn,
  },
);
