import { IMAGE } from '../../../kit/cluster.ts';
import { apply, kubectl, onNode, run } from '../../../kit/commands.ts';
import { podField, WAIT, whenPodRuns } from '../../../kit/workloads.ts';

const FOLDER = '/root/loot';
const UNIT = 'lab-loot';

/**
 * What root on a machine finds: private keys in the volumes and scratch folders of its pods and in the environment of its
 * processes, and the token of every pod. Each pass takes well under a second.
 */
const SEARCH = `
mkdir -p ${FOLDER}/tokens
while :; do
  # Argo's executor, a program in a volume of each step, has the words as well: programs are passed over.
  grep -rlsI 'PRIVATE KEY' /var/lib/kubelet/pods /run/containerd/io.containerd.runtime.v2.task/k8s.io/*/rootfs/tmp \\
    2>/dev/null >> ${FOLDER}/keys
  grep -als 'PRIVATE KEY' /proc/[0-9]*/environ 2>/dev/null >> ${FOLDER}/keys
  for token in /var/lib/kubelet/pods/*/volumes/kubernetes.io~projected/kube-api-access-*/token; do
    pod=$(echo "$token" | cut -d/ -f6)
    [ -f ${FOLDER}/tokens/$pod ] || cp "$token" ${FOLDER}/tokens/$pod 2>/dev/null
  done
  sleep 0.5
done`;

/** A search by root on a machine, for as long as {@link Loot.stop} is not called. */
export class Loot {
  readonly #node: string;

  private constructor(node: string) {
    this.#node = node;
  }

  static async start(node: string): Promise<Loot> {
    const file = `${FOLDER}.sh`;
    await onNode(
      node,
      `rm -rf ${FOLDER}; cat > ${file} <<'S'\n${SEARCH}\nS\nsystemd-run --quiet --collect --unit=${UNIT} sh ${file}`,
    );
    return new Loot(node);
  }

  async stop(): Promise<void> {
    await run('lab/on-node.sh', [this.#node, 'systemctl', 'stop', UNIT]);
  }

  /** UIDs of the pods in whose files a private key was found; `process` for one in an environment. */
  async keys(): Promise<string[]> {
    const lines = (await onNode(this.#node, `sort -u ${FOLDER}/keys 2>/dev/null || true`)).split('\n');
    const uids = lines
      .filter((line) => line !== '')
      .map((line) => /pods\/([0-9a-f-]{36})\//.exec(line)?.[1] ?? 'process');
    return [...new Set(uids)];
  }

  /** ServiceAccounts `namespace:name` whose tokens were found, with a token each. */
  async tokens(): Promise<ReadonlyMap<string, string>> {
    const text = await onNode(this.#node, `cd ${FOLDER}/tokens && for file in *; do cat "$file"; echo; done`);
    const tokens = text.split('\n').filter((line) => line.split('.').length === 3);
    return new Map(tokens.map((token) => [subjectOf(token), token]));
  }
}

function subjectOf(token: string): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as { sub: string };
  return claims.sub.replace('system:serviceaccount:', '');
}

const CONTROL = 'key-on-purpose';

/** Places a pod with the SSH key on a machine; answers its UID. Shows that the search finds what is there. */
export async function placeKey(node: string): Promise<string> {
  const spec = {
    nodeName: node,
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      fsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'main',
        image: IMAGE,
        imagePullPolicy: 'IfNotPresent',
        command: WAIT,
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        volumeMounts: [{ name: 'ssh', mountPath: '/ssh' }],
      },
    ],
    volumes: [
      { name: 'ssh', secret: { secretName: 'k8s-upgrade-creds', items: [{ key: 'ssh_key', path: 'ssh_key' }] } },
    ],
  };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: CONTROL, namespace: 'k8s-upgrade' }, spec };
  await apply(pod);
  await whenPodRuns('k8s-upgrade', CONTROL);
  return podField('k8s-upgrade', CONTROL, 'metadata.uid');
}

/** Waits until the kubelet has removed the pod with its volumes, so that no later search finds the key of this pod. */
export const removeKey = (): Promise<string> =>
  kubectl('delete', 'pod', CONTROL, '-n', 'k8s-upgrade', '--grace-period=1', '--ignore-not-found', '--timeout=180s');
