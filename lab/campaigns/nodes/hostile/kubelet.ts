import { type Ended, get, onNode, run, sleep, until } from '../../../kit/commands.ts';
import { lineOf } from '../../../kit/nodes.ts';
import { check, noteLines } from '../../../kit/record.ts';

/** Prefix of the annotations that the product writes on Nodes. */
export const PREFIX = 'argo-kubeadm-upgrade.io/';

const KUBELET_CONF = '/etc/kubernetes/kubelet.conf';
const CERTIFICATE = '/var/lib/kubelet/pki/kubelet-client-current.pem';
const KUBELET_CONFIG = '/var/lib/kubelet/config.yaml';

/** Runs kubectl on a machine with the credentials of its own kubelet, so that NodeRestriction judges the request. */
export const asKubelet = (node: string, ...args: readonly string[]): Promise<Ended> =>
  run('lab/on-node.sh', [node, 'kubectl', '--kubeconfig', KUBELET_CONF, ...args]);

/** Records whether the API server let a write through, with the first line of its refusal. */
export function checkWrite(what: string, expected: 'allowed' | 'refused', ended: Ended): void {
  const refusal = ended.stderr.trim().split('\n')[0] ?? '';
  check(`${what}: the API server`, expected, ended.exitCode === 0 ? 'allowed' : 'refused');
  if (ended.exitCode !== 0) noteLines(refusal);
}

/** Writes an annotation on a Node as its own kubelet; `undefined` removes the annotation. */
export const annotate = (node: string, name: string, value: string | undefined): Promise<Ended> =>
  asKubelet(node, 'annotate', 'node', node, value === undefined ? `${PREFIX}${name}-` : `${PREFIX}${name}=${value}`);

/**
 * Writes a part of the status of a Node as its own kubelet. `kubectl patch --subresource` reads the subresource first, which
 * a kubelet may not.
 */
const patchStatus = (node: string, status: object): Promise<Ended> =>
  run('lab/on-node.sh', [node, 'sh', '-c', PATCH_STATUS, 'sh', node], JSON.stringify({ status }));

const PATCH_STATUS = `
server=$(sed -n 's/^ *server: //p' ${KUBELET_CONF})
curl -sS --fail-with-body -o /dev/null --cacert /etc/kubernetes/pki/ca.crt --cert ${CERTIFICATE} --key ${CERTIFICATE} \\
  -X PATCH -H 'Content-Type: application/merge-patch+json' --data-binary @- "$server/api/v1/nodes/$1/status"`;

export interface NodeStatus {
  readonly addresses: readonly { readonly type: string; readonly address: string }[];
  readonly nodeInfo: Readonly<Record<string, string>>;
}

export const statusOf = async (node: string): Promise<NodeStatus> =>
  (await get<{ status: NodeStatus }>('node', node)).status;

/**
 * Makes the kubelet of a node report its status once an hour, so that a status written in its name stays. The kubelet
 * still renews its Lease, and the Node stays Ready. An upgrade of the node puts the usual rate back.
 */
export async function reportRarely(node: string): Promise<void> {
  await onNode(
    node,
    `set -e; sed -i '/^nodeStatus\\(Update\\|Report\\)Frequency:/d' ${KUBELET_CONFIG}
printf 'nodeStatusUpdateFrequency: 1h0m0s\\nnodeStatusReportFrequency: 1h0m0s\\n' >> ${KUBELET_CONFIG}
systemctl restart kubelet
timeout 120 sh -c 'until [ "$(curl -s http://127.0.0.1:10248/healthz)" = ok ]; do sleep 1; done'`,
  );
  // A kubelet that has just started reports more than once.
  await sleep(20);
  await until(
    `${node} is Ready`,
    120,
    () => lineOf(node),
    (line) => line.includes(' Ready'),
  );
}

export interface Forgery {
  /** What a reader of the record is told. */
  readonly what: string;
  /** Parts of the Node's status. */
  readonly status: object;
  /** The work upgrades the node, whose new kubelet reports the truth. */
  readonly untilUpgraded?: true;
}

/** Forges parts of a Node's status, works while they stay, and writes the truth again. */
export async function forging(
  node: string,
  { what, status, untilUpgraded }: Forgery,
  work: () => Promise<void>,
): Promise<void> {
  const { addresses, nodeInfo } = await statusOf(node);
  checkWrite(what, 'allowed', await patchStatus(node, status));
  try {
    await work();
    // A run beside a status that the kubelet has overwritten shows nothing.
    if (untilUpgraded === undefined) check('… the forged status at the end', 'as forged', await seenOf(node, status));
  } finally {
    // The version that an upgrade has reached meanwhile is the truth.
    const { kubeletVersion = '' } = (await statusOf(node)).nodeInfo;
    const upgraded = 'nodeInfo' in status && 'kubeletVersion' in Object(status.nodeInfo) ? {} : { kubeletVersion };
    await patchStatus(node, { addresses, nodeInfo: { ...nodeInfo, ...upgraded } });
  }
}

async function seenOf(node: string, status: object): Promise<string> {
  const seen = await statusOf(node);
  return isPart(seen, status) ? 'as forged' : JSON.stringify({ addresses: seen.addresses, nodeInfo: seen.nodeInfo });
}

/** Whether `whole` has every field of `part`, at any depth, with the same value. */
function isPart(whole: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return whole === part;
  const fields = Object(whole) as Record<string, unknown>;
  return Object.entries(part).every(([name, value]) => isPart(fields[name], value));
}
