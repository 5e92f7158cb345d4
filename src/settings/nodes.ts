import { EXCLUDED_KINDS } from '../upgrade/node/exclusion.ts';
import { choice, listOf, mebibytes, objectLabel, objectName, seconds, text } from './kinds.ts';
import { section, setting } from './kit.ts';

export const minimumFreeDisk = section(
  'nodes.minimumFreeDisk',
  'Free space that a node must have before anything is stopped there.',
  {
    rootMiB: setting(mebibytes, { default: 512, doc: 'Free space on /, in MiB.' }),
    varLibMiB: setting(mebibytes, {
      default: 2048,
      doc: 'Free space, in MiB, on /var/lib and, where they are separate, on /var/lib/containerd, /var/lib/etcd and /var/lib/kubelet.',
    }),
  },
);

export const exclude = section(
  'nodes.exclude',
  'Workers that are left out: no step touches them, and no upgrade waits for them. A control-plane node cannot be left out.',
  {
    names: setting(listOf(objectName), { default: [], example: ['edge-1'], doc: 'Names of workers.' }),
    labels: setting(listOf(objectLabel), {
      default: [],
      example: ['pool=edge'],
      doc: 'A worker that carries one of these labels is left out. A kubelet can set most labels on its own Node, and so leave itself out.',
    }),
    kinds: setting(listOf(choice(EXCLUDED_KINDS)), {
      default: [...EXCLUDED_KINDS],
      doc: 'virtual-kubelet: nodes of virtual kubelets, Liqo and KWOK. kubeedge: nodes with -kubeedge- in their kubelet version. windows: nodes of Windows. cluster-api: nodes with the annotation cluster.x-k8s.io/machine or cluster.x-k8s.io/owner-kind, which Cluster API replaces.',
    }),
  },
);

export const nodes = section(
  'nodes',
  'Which nodes are left out, and what a node must have before and after its upgrade.',
  {
    readyTimeoutSeconds: setting(seconds(60), {
      default: 900,
      doc: 'How long, in seconds, a node may take to be Ready at the target version.',
    }),
    soakSeconds: setting(seconds(), {
      default: 600,
      doc: 'How long, in seconds, an upgraded node is watched before the next one begins.',
    }),
    minimumFreeDisk,
    exclude,
    containerdPackage: setting(
      text({
        // https://www.debian.org/doc/debian-policy/ch-controlfields.html#source
        pattern: '^[a-z0-9][a-z0-9+.-]{1,99}$',
        title: 'the name of a Debian package: lower-case letters, digits, +, - and .',
      }),
      {
        default: 'containerd.io',
        doc: 'Debian package of containerd, for nodes.containerdVersion. Where dpkg does not know it, containerd stays as it is.',
      },
    ),
    containerdVersion: setting(
      text({
        pattern: '^[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}$',
        title: 'a version of containerd as X.Y.Z, such as 2.2.1',
      }),
      {
        optional: true,
        example: '2.2.1',
        doc: 'Version of containerd for control-plane nodes. A drained control-plane node with an older version of the same major gets it. Absent: containerd stays as it is.',
      },
    ),
  },
);
