import { cidr, listOf, namespaceName, port, toggle } from './kinds.ts';
import { section, setting } from './kit.ts';

export const network = section(
  'network',
  'NetworkPolicies of the step pods. They hold only where the network plugin of the cluster enforces them.',
  {
    policies: setting(toggle(), { default: true, doc: 'Render NetworkPolicies. False: none is rendered.' }),
    apiServerCidrs: setting(listOf(cidr), {
      default: [],
      example: ['10.0.0.1/32'],
      doc: 'Networks of the API servers: the address of the Service `kubernetes` and those of its endpoints. Empty: any address.',
    }),
    // A NetworkPolicy without ports allows every port.
    apiServerPorts: setting(listOf(port, { minItems: 1 }), {
      default: [443, 6443],
      doc: 'Ports of the API server: of its Service and of its endpoints.',
    }),
    nodeCidrs: setting(listOf(cidr), {
      default: [],
      example: ['10.0.0.0/24'],
      doc: 'Networks of the nodes, for SSH. Empty: any address.',
    }),
    repositoryCidrs: setting(listOf(cidr), {
      default: [],
      example: ['10.0.1.0/24'],
      doc: 'Networks of the package repository, or of the proxy to it. Empty: any address, which is right where redirects lead to a CDN.',
    }),
    repositoryPorts: setting(listOf(port), {
      default: [443],
      doc: 'Ports to which redirects of the package repository lead. The ports of packages.repository and packages.httpsProxy are open anyway.',
    }),
    dnsNamespace: setting(namespaceName, {
      default: 'kube-system',
      doc: 'Namespace in which the cluster DNS runs.',
    }),
  },
);
