import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { CHAT_LABEL, NAMESPACE, PART_OF, REPOSITORY_LABEL, SSH_LABEL } from './names.ts';
import type { ClusterSettings } from './settings.ts';

const DNS_PORT = 53;
const SLACK_PORT = 443;
const ours: k8s.LabelSelector = { matchLabels: PART_OF };

/**
 * Allows step pods to reach DNS, the API server, the Pushgateway, Prometheus and Alertmanager. Steps that need them also reach
 * sshd on the nodes, the package repository and the chat. No pod may connect to a step pod.
 * The policies name ports, and addresses only where the settings have them.
 */
export function networkPolicies(
  scope: Construct,
  { network, packages, metrics, monitoring, notify, ssh }: ClusterSettings,
): void {
  if (!network.policies) return;
  policy(scope, 'k8s-upgrade-steps', {
    podSelector: ours,
    policyTypes: ['Ingress', 'Egress'],
    egress: [
      {
        to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': network.dnsNamespace } } }],
        ports: [port(DNS_PORT, 'UDP'), port(DNS_PORT, 'TCP')],
      },
      { ...peers(network.apiServerCidrs), ports: network.apiServerPorts.map((number) => port(number, 'TCP')) },
      ...toPortOf(metrics?.pushgatewayUrl),
      ...toPortOf(monitoring?.prometheusUrl),
      ...toPortOf(monitoring?.alerts.alertmanagerUrl),
    ],
  });
  policy(scope, 'k8s-upgrade-ssh', {
    podSelector: { matchLabels: { [SSH_LABEL]: 'true' } },
    policyTypes: ['Egress'],
    egress: [{ ...peers(network.nodeCidrs), ports: [port(ssh.port, 'TCP')] }],
  });
  const ports = [packages.repository, packages.httpsProxy].flatMap((url) => (url === undefined ? [] : [portOf(url)]));
  policy(scope, 'k8s-upgrade-repository', {
    podSelector: { matchLabels: { [REPOSITORY_LABEL]: 'true' } },
    policyTypes: ['Egress'],
    egress: [
      {
        ...peers(network.repositoryCidrs),
        ports: [...new Set([...ports, ...network.repositoryPorts])].map((number) => port(number, 'TCP')),
      },
    ],
  });
  const chats = [...(notify.slack ? [SLACK_PORT] : []), ...(notify.webhook ? [notify.webhookPort] : [])];
  if (chats.length === 0) return;
  policy(scope, 'k8s-upgrade-chat', {
    podSelector: { matchLabels: { [CHAT_LABEL]: 'true' } },
    policyTypes: ['Egress'],
    egress: [{ ports: [...new Set(chats)].map((number) => port(number, 'TCP')) }],
  });
}

function policy(scope: Construct, name: string, spec: k8s.NetworkPolicySpec): void {
  const annotations = { 'argocd.argoproj.io/sync-wave': '-1' };
  new k8s.KubeNetworkPolicy(scope, name, {
    metadata: { name, namespace: NAMESPACE, labels: PART_OF, annotations },
    spec,
  });
}

const toPortOf = (url: string | undefined): k8s.NetworkPolicyEgressRule[] =>
  url === undefined ? [] : [{ ports: [port(portOf(url), 'TCP')] }];

/** No addresses named: any address. */
const peers = (cidrs: readonly string[]): Pick<k8s.NetworkPolicyEgressRule, 'to'> =>
  cidrs.length === 0 ? {} : { to: cidrs.map((cidr) => ({ ipBlock: { cidr } })) };

const port = (number: number, protocol: 'TCP' | 'UDP'): k8s.NetworkPolicyPort => ({
  port: k8s.IntOrString.fromNumber(number),
  protocol,
});

/** An address that names no port means the one of its protocol. */
function portOf(address: string): number {
  const { port: said, protocol } = new URL(address);
  if (said !== '') return Number(said);
  return protocol === 'https:' ? 443 : 80;
}
