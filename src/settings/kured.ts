import { choice, namespacedName, text } from './kinds.ts';
import { section, setting } from './kit.ts';

export const kured = section(
  'kured',
  'kured reboots nodes. While it does, no upgrade begins. While an upgrade is under way, the upgrade holds the lock of kured.',
  {
    mode: setting(choice(['auto', 'off']), {
      default: 'auto',
      doc: 'auto: where kured.daemonSet exists, an upgrade waits for its lock and holds it. off: kured is not looked at.',
    }),
    daemonSet: setting(namespacedName('DaemonSet', 'kube-system/kured'), {
      default: 'kube-system/kured',
      doc: 'DaemonSet of kured, as namespace/name. Its lock is an annotation there. The namespace must exist, since the steps get a Role in it.',
    }),
    lockAnnotation: setting(
      text({
        pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?/[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$',
        maxLength: 253,
        title: 'the name of an annotation, such as weave.works/kured-node-lock',
      }),
      { default: 'weave.works/kured-node-lock', doc: 'Annotation that is the lock: --lock-annotation of kured.' },
    ),
  },
);
