import { expect } from 'chai';
import { MINIMAL, ofKind, render, workflowTemplates } from './support/render.ts';

const SLACK = `${MINIMAL}notify: { slack: true }\n`;
const HOOK = `${MINIMAL}notify: { webhook: true, webhookPort: 8080 }\n`;
const BOTH = `${MINIMAL}notify: { slack: true, webhook: true, webhookPort: 8080 }\n`;

const policyOf = (yaml: string): object | undefined =>
  ofKind(render(yaml).objects, 'NetworkPolicy').find(({ metadata }) => metadata.name === 'k8s-upgrade-chat');
const templatesOf = (yaml: string) => workflowTemplates(render(yaml)).flatMap(({ spec }) => spec.templates);
const tellers = (yaml: string): string[] => [
  ...new Set(
    templatesOf(yaml)
      .filter(({ volumes = [] }) => JSON.stringify(volumes).includes('"chat"'))
      .map(({ name }) => name),
  ),
];

describe('the chat', () => {
  it('is told by the steps that have something to say, and only they get the webhook, and who says whether it is there', () => {
    expect(tellers(SLACK)).to.have.members(['begin', 'finish', 'finish-operation', 'report', 'doctor']);
    const [finish] = templatesOf(SLACK).filter(({ name }) => name === 'finish');
    expect(finish?.volumes?.[1]).to.deep.equal({
      name: 'chat',
      secret: {
        secretName: 'k8s-upgrade-creds',
        items: [{ key: 'slack_webhook', path: 'slack_webhook' }],
        optional: true,
        defaultMode: 0o400,
      },
    });
    expect(finish?.container?.volumeMounts).to.deep.include({
      ...{ name: 'chat', mountPath: '/etc/argo-kubeadm-upgrade/chat', readOnly: true },
    });
  });

  it('gets no secret where nobody is told, and no address that the settings do not ask for', () => {
    expect(tellers(MINIMAL)).to.deep.equal([]);
    const items = (yaml: string): unknown => {
      const [finish] = templatesOf(yaml).filter(({ name }) => name === 'finish');
      const volumes = (finish?.volumes ?? []) as readonly { name: string; secret?: { items: { key: string }[] } }[];
      return volumes.find(({ name }) => name === 'chat')?.secret?.items.map(({ key }) => key);
    };
    expect([SLACK, HOOK, BOTH].map(items)).to.deep.equal([
      ['slack_webhook'],
      ['webhook_url'],
      ['slack_webhook', 'webhook_url'],
    ]);
  });

  it('is let through by a NetworkPolicy, to the ports that are wanted', () => {
    const ports = (yaml: string): unknown =>
      (
        policyOf(yaml) as { spec: { egress: readonly { ports: readonly { port: number }[] }[] } } | undefined
      )?.spec.egress.flatMap((rule) => rule.ports.map(({ port }) => port));
    expect([MINIMAL, SLACK, HOOK, BOTH].map(ports)).to.deep.equal([undefined, [443], [8080], [443, 8080]]);
    expect(policyOf(SLACK)).to.have.deep.nested.property('spec.podSelector.matchLabels', {
      'argo-kubeadm-upgrade.io/chat': 'true',
    });
  });

  it('has its webhook from the secret store, too', () => {
    const store = 'secrets: { externalSecret: { storeName: vault, remoteKey: platform/upgrades } }\n';
    const keys = (yaml: string): string[] =>
      ofKind(render(`${yaml}${store}`).objects, 'ExternalSecret').flatMap((secret) =>
        (secret as unknown as { spec: { data: readonly { secretKey: string }[] } }).spec.data.map(
          ({ secretKey }) => secretKey,
        ),
      );
    expect([MINIMAL, SLACK, HOOK, BOTH].map(keys)).to.deep.equal([
      ['ssh_key'],
      ['ssh_key', 'slack_webhook'],
      ['ssh_key', 'webhook_url'],
      ['ssh_key', 'slack_webhook', 'webhook_url'],
    ]);
  });
});
