import { sshHost } from '../../upgrade/node/ssh-host.ts';
import { atVersion, controlPlaneAt, inJoinOrder } from '../../upgrade/node/order.ts';
import { isNewer, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import type { Alerts } from '../ports/alerts.ts';
import type { Clock } from '../ports/clock.ts';
import type { Compatibility } from '../ports/compatibility.ts';
import type { HostHealthPort, KubeadmFilesPort, KubeadmPort, NodeHealthPort } from '../ports/health.ts';
import { reading } from '../runtime/step-error.ts';
import type { Kured, KuredState } from '../ports/kured.ts';
import type { RestoreHook } from '../ports/restore-hook.ts';
import type { RemoteHost } from '../ports/remote.ts';
import type { PreflightInput } from './contract.ts';
import type { PreflightFacts } from './facts.ts';

export interface PreflightSources {
  readonly nodeHealth: NodeHealthPort;
  /** undefined: no server is asked. */
  readonly alerts: Alerts | undefined;
  readonly hostHealth: HostHealthPort;
  readonly kubeadm: KubeadmPort;
  readonly kubeadmFiles: KubeadmFilesPort;
  readonly compatibility: Pick<Compatibility, 'kubeadmConfig' | 'kubeletFields'>;
  readonly kured: Kured;
  readonly restoreHook: RestoreHook;
  readonly clock: Clock;
}

/** Questions from the inputs of the step. */
type PreflightQuestions = Pick<PreflightInput, 'target' | 'restoreHook'> & {
  readonly ignorePreflightErrors: readonly string[];
};

/**
 * Everything at once; what fails is a reading. `before`: kured, before the nodes
 * were listed. A reboot that begins or ends meanwhile is seen at one end or the other.
 */
export async function observe(
  sources: PreflightSources,
  { nodes, before }: { readonly nodes: readonly ClusterNode[]; readonly before: KuredState | undefined },
  { target, ignorePreflightErrors, restoreHook: setting }: PreflightQuestions,
): Promise<PreflightFacts> {
  const { nodeHealth, alerts, hostHealth, kured, restoreHook, clock } = sources;
  const toDo = nodes.filter((node) => !atVersion(node, target));
  const [health, firing, hosts, kuredInstalled, hookScript, said, files, kubeadmConfig, kubeletConfig] =
    await Promise.all([
      nodeHealth.conditions(),
      alerts?.firing(),
      hostHealth.read(hostsOf(nodes)),
      reading(kured.installed()),
      setting === undefined ? undefined : restoreHook.script(setting.configMap),
      askKubeadm(sources.kubeadm, nodes, target, ignorePreflightErrors),
      sources.kubeadmFiles.read(
        toDo.flatMap((node) => hostOf(node).map((host) => ({ host, criSocket: node.criSocket }))),
      ),
      sources.compatibility.kubeadmConfig(),
      sources.compatibility.kubeletFields(),
    ]);
  const after = await kured.state();
  const looks = [before, after].filter((state) => state !== undefined);
  return {
    nowMs: clock.now(),
    nodes,
    health,
    alerts: firing,
    hosts,
    kured: looks,
    kuredInstalled,
    hookScript,
    ...said,
    files,
    kubeadmConfig,
    kubeletConfig,
  };
}

/** On the first node `diff` follows `plan`; the others are asked at the same time. */
async function askKubeadm(
  kubeadm: KubeadmPort,
  nodes: readonly ClusterNode[],
  target: KubeVersion,
  ignorePreflightErrors: readonly string[],
): Promise<Pick<PreflightFacts, 'plan' | 'diffs'>> {
  const first = planningHost(nodes, target);
  const plan = first && kubeadm.plan(first, target, ignorePreflightErrors);
  const hosts = hostsOf(nodes.filter((node) => !controlPlaneAt(node, target)));
  const diffs = hosts.map(async (host) => {
    if (host.node === first?.node) await plan;
    return [host.node, await kubeadm.diff(host, target)] as const;
  });
  return { plan: await plan, diffs: new Map(await Promise.all(diffs)) };
}

/** Control-plane nodes that can be logged in to, the first to join first. */
export const hostsOf = (nodes: readonly ClusterNode[]): readonly RemoteHost[] =>
  inJoinOrder(nodes.filter(({ controlPlane }) => controlPlane)).flatMap(hostOf);

function hostOf(node: ClusterNode): RemoteHost[] {
  const host = sshHost(node);
  return host.known ? [host.value] : [];
}

/** No plan is asked for once an API server is at the target: kubeadm goes by the newest, and plans nothing then. */
function planningHost(nodes: readonly ClusterNode[], target: KubeVersion): RemoteHost | undefined {
  const apiServers = nodes.flatMap(({ staticPods }) =>
    staticPods.flatMap(({ component, version }) => (component === 'kube-apiserver' ? (version ?? []) : [])),
  );
  return apiServers.some((version) => !isNewer(target, version)) ? undefined : hostsOf(nodes).at(0);
}
