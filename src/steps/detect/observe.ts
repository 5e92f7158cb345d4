import { inJoinOrder } from '../../upgrade/node-order.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import { shellWord } from '../../upgrade/shell.ts';
import { refused, tryAgain } from '../harness/step-error.ts';
import type { ClusterReads } from '../ports/cluster.ts';
import type { Log } from '../ports/log.ts';
import type { Remote, RemoteHost } from '../ports/remote.ts';

export interface DetectFacts {
  readonly nodes: readonly ClusterNode[];
  /** What `apt-cache madison kubeadm` printed on the first control-plane node. */
  readonly madison: string;
  readonly askedNode: string;
}

export async function observe(
  cluster: ClusterReads,
  remote: Remote,
  packages: { readonly sourceFile: string; readonly timeoutSeconds: number },
  log: Log,
): Promise<DetectFacts> {
  const nodes = await cluster.nodes();
  const host = firstControlPlane(nodes);
  log(`Asking ${host.node} (${host.address}) which kubeadm packages its repository offers.`);
  const { exitCode, stdout, stderr } = await remote.run(host, {
    script: offeredPackages(packages.sourceFile),
    timeoutSeconds: packages.timeoutSeconds,
  });
  if (exitCode !== 0) {
    throw tryAgain(
      `The Kubernetes package list could not be refreshed on ${host.node}: ${lastLine(stderr)} Check ${packages.sourceFile} there: apt-get update -o Dir::Etc::sourcelist=${packages.sourceFile} -o Dir::Etc::sourceparts=-`,
    );
  }
  return { nodes, madison: stdout, askedNode: host.node };
}

/** Refreshes that one list only: a broken source of somebody else's is not our business. */
const offeredPackages = (sourceFile: string): string =>
  [
    'set -eu',
    'export LC_ALL=C',
    // Error-Mode=any: a source that cannot be fetched or verified is an error, not a warning with an old list behind it.
    `apt-get update -qq -o APT::Update::Error-Mode=any -o APT::Get::List-Cleanup=0 -o Dir::Etc::sourcelist=${shellWord(sourceFile)} -o Dir::Etc::sourceparts=- 1>&2`,
    `apt-cache madison kubeadm`,
  ].join('\n');

function firstControlPlane(nodes: readonly ClusterNode[]): RemoteHost {
  const node = inJoinOrder(nodes.filter((candidate) => candidate.controlPlane)).at(0);
  if (node === undefined) {
    throw refused('No node carries the label node-role.kubernetes.io/control-plane; is this a kubeadm cluster?');
  }
  if (node.internalIp === undefined) throw refused(`Node ${node.name} has no InternalIP; SSH needs one.`);
  return { node: node.name, uid: node.uid, address: node.internalIp };
}

const lastLine = (output: string): string => output.trim().split('\n').at(-1) || 'it gave no message.';
