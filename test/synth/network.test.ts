import { expect } from 'chai';
import { MINIMAL, ofKind, render, type KubeObject } from './support/render.ts';

interface NetworkPolicy extends KubeObject {
  readonly spec: {
    readonly podSelector: object;
    readonly policyTypes: readonly string[];
    readonly egress: readonly object[];
    readonly ingress?: unknown;
  };
}

function policies(network: string, more = ''): Readonly<Record<string, NetworkPolicy>> {
  const found = ofKind(
    render(`${MINIMAL}network: ${network}\nssh: { port: 2222 }\n${more}`).objects,
    'NetworkPolicy',
  ) as readonly NetworkPolicy[];
  return Object.fromEntries(found.map((policy) => [policy.metadata.name, policy]));
}
const tcp = (...ports: number[]): object[] => ports.map((port) => ({ port, protocol: 'TCP' }));

describe('step pods', () => {
  const open = policies('{}');
  const narrow = policies(
    '{ apiServerCidrs: [10.0.0.1/32, 2001:db8::/64], apiServerPorts: [8443], nodeCidrs: [10.0.0.0/24], repositoryCidrs: [10.0.1.0/24], repositoryPorts: [8443], dnsNamespace: dns }',
  );

  it('are talked to by nobody', () => {
    expect(open['k8s-upgrade-steps']?.spec.policyTypes).to.deep.equal(['Ingress', 'Egress']);
    expect(open['k8s-upgrade-steps']?.spec).to.not.have.property('ingress');
  });

  it('talk to DNS and to the ports of the API server, wherever it is', () => {
    expect(open['k8s-upgrade-steps']?.spec.podSelector).to.deep.equal({
      matchLabels: { 'app.kubernetes.io/part-of': 'argo-kubeadm-upgrade' },
    });
    expect(open['k8s-upgrade-steps']?.spec.egress).to.deep.equal([
      {
        to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
        ports: [{ port: 53, protocol: 'UDP' }, ...tcp(53)],
      },
      { ports: tcp(443, 6443) },
    ]);
  });

  const PUSHGATEWAYS: readonly [string, number][] = [
    ['http://pushgateway.monitoring.svc:9091', 9091],
    ['http://pushgateway', 80],
    ['https://metrics.example.com/pushgateway', 443],
    ['https://metrics.example.com:80', 80],
  ];
  for (const [url, port] of PUSHGATEWAYS)
    it(`talk to port ${port} for the Pushgateway ${url}`, () => {
      const pushing = policies('{}', `metrics: { pushgatewayUrl: '${url}' }\n`);
      const [before, after] = [open, pushing].map((each) => each['k8s-upgrade-steps']?.spec.egress ?? []);
      expect(after).to.deep.equal([...(before ?? []), { ports: tcp(port) }]);
    });

  for (const [url, port] of PUSHGATEWAYS)
    it(`talk to port ${port} for the Prometheus ${url}`, () => {
      const asking = policies('{}', `monitoring: { prometheusUrl: '${url}' }\n`);
      const [before, after] = [open, asking].map((each) => each['k8s-upgrade-steps']?.spec.egress ?? []);
      expect(after).to.deep.equal([...(before ?? []), { ports: tcp(port) }]);
    });

  it('talk to sshd only if their step logs in to nodes', () => {
    expect(open['k8s-upgrade-ssh']?.spec.podSelector).to.deep.equal({
      matchLabels: { 'argo-kubeadm-upgrade.io/ssh': 'true' },
    });
    expect(open['k8s-upgrade-ssh']?.spec.policyTypes).to.deep.equal(['Egress']);
    expect(open['k8s-upgrade-ssh']?.spec.egress).to.deep.equal([{ ports: tcp(2222) }]);
  });

  const REPOSITORIES: readonly [string, string, number[]][] = [
    ['the default repository', '{}', [443]],
    ['a mirror with a port of its own', "{ repository: 'http://10.0.0.1:8080/k8s' }", [8080, 443]],
    ['a mirror of http', "{ repository: 'http://mirror.example.com/k8s' }", [80, 443]],
    ['a proxy', "{ httpsProxy: 'http://proxy.example.com:3128' }", [443, 3128]],
  ];
  for (const [what, packages, ports] of REPOSITORIES)
    it(`talk to the package repository only if their step asks it: ${what}`, () => {
      const spec = policies('{}', `packages: ${packages}\n`)['k8s-upgrade-repository']?.spec;
      expect(spec?.podSelector).to.deep.equal({ matchLabels: { 'argo-kubeadm-upgrade.io/repository': 'true' } });
      expect(spec?.policyTypes).to.deep.equal(['Egress']);
      expect(spec?.egress).to.deep.equal([{ ports: tcp(...ports) }]);
    });

  it('talk to the addresses that the settings name and no other, each of its own kind', () => {
    const to = (...cidrs: string[]): object[] => cidrs.map((cidr) => ({ ipBlock: { cidr } }));
    expect(narrow['k8s-upgrade-steps']?.spec.egress[0]).to.have.deep.property('to', [
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'dns' } } },
    ]);
    expect(narrow['k8s-upgrade-steps']?.spec.egress[1]).to.deep.equal({
      to: to('10.0.0.1/32', '2001:db8::/64'),
      ports: tcp(8443),
    });
    expect(narrow['k8s-upgrade-ssh']?.spec.egress).to.deep.equal([{ to: to('10.0.0.0/24'), ports: tcp(2222) }]);
    expect(narrow['k8s-upgrade-repository']?.spec.egress).to.deep.equal([
      { to: to('10.0.1.0/24'), ports: tcp(443, 8443) },
    ]);
  });

  it('are left alone where the settings want no policies', () => {
    expect(policies('{ policies: false }')).to.deep.equal({});
  });
});
