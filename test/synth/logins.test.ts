import { expect } from 'chai';
import type { Template } from '../../src/synth/argo/types.ts';
import { MINIMAL, ofKind, render, workflowTemplates } from './support/render.ts';

const templates = (yaml: string): readonly Template[] =>
  workflowTemplates(render(`${MINIMAL}${yaml}`)).flatMap(({ spec }) =>
    spec.templates.filter(({ container }) => container !== undefined),
  );
/** `begin: prometheus=basic`, for each step that is given logins. */
const given = (yaml: string): string[] => [
  ...new Set(
    templates(yaml).flatMap(({ metadata, container }) => {
      const value = container?.env.find(({ name }) => name === 'SERVER_LOGINS')?.value;
      return value === undefined || value === ''
        ? []
        : [`${metadata?.labels['app.kubernetes.io/component'] ?? ''}: ${value}`];
    }),
  ),
];

describe('logins of servers', () => {
  it('are nowhere without a setting', () => {
    expect(given("metrics: { pushgatewayUrl: 'http://p' }\nmonitoring: { prometheusUrl: 'http://p' }\n")).to.deep.equal(
      [],
    );
  });

  it('are given to the steps that ask that server, and to the doctor', () => {
    const steps = (yaml: string): string[] => [...new Set(given(yaml).map((each) => each.split(':')[0] ?? ''))].sort();
    expect(given('packages: { repositoryLogin: bearer }\n').sort()).to.deep.equal([
      'detect: repository=bearer',
      'doctor: repository=bearer',
    ]);
    expect(steps("monitoring: { prometheusUrl: 'http://p', prometheusLogin: basic }\n")).to.deep.equal([
      ...['admit', 'begin', 'doctor', 'postflight', 'preflight', 'verify-node'],
    ]);
    const alertmanager =
      "monitoring: { prometheusUrl: 'http://p', prometheusLogin: basic, alerts: { source: alertmanager, alertmanagerUrl: 'http://a', alertmanagerLogin: bearer } }\n";
    expect(given(alertmanager))
      .to.include('preflight: alertmanager=bearer')
      .and.include('doctor: prometheus=basic,alertmanager=bearer');
    expect(steps('notify: { webhook: true, webhookLogin: basic }\n')).to.deep.equal([
      'begin',
      'doctor',
      'finish',
      'finish-operation',
      'report',
    ]);
    expect(steps('notify: { slack: true, webhookLogin: basic }\n')).to.deep.equal([]);
  });

  it('are keys of the Secret as files, and of its ExternalSecret', () => {
    const yaml = "monitoring: { prometheusUrl: 'http://p', prometheusLogin: basic }\n";
    const preflight = templates(yaml).find(({ name }) => name === 'preflight');
    expect(preflight?.volumes).to.deep.include({
      name: 'logins',
      secret: {
        ...{ secretName: 'k8s-upgrade-creds', items: [{ key: 'prometheus_login', path: 'prometheus_login' }] },
        ...{ optional: true, defaultMode: 0o400 },
      },
    });
    expect(preflight?.container?.volumeMounts).to.deep.include({
      ...{ name: 'logins', mountPath: '/etc/argo-kubeadm-upgrade/logins', readOnly: true },
    });
    const external = 'secrets: { externalSecret: { storeName: vault, remoteKey: x } }\n';
    const [secret] = ofKind(render(`${MINIMAL}${yaml}${external}`).objects, 'ExternalSecret') as unknown as {
      spec: { data: { secretKey: string }[] };
    }[];
    expect(secret?.spec.data.map(({ secretKey }) => secretKey)).to.deep.equal(['ssh_key', 'prometheus_login']);
  });
});
