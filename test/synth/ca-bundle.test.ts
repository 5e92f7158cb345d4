import { expect } from 'chai';
import type { Template } from '../../src/synth/argo/types.ts';
import { MINIMAL, render, workflowTemplates } from './support/render.ts';

const FILE = '/etc/argo-kubeadm-upgrade/ca/ca.crt';
const CA = 'certificateAuthorities: { name: corporate-ca }\n';

const templates = (yaml: string): readonly Template[] =>
  workflowTemplates(render(yaml)).flatMap(({ spec }) =>
    spec.templates.filter(({ container }) => container !== undefined),
  );
const variable = ({ container }: Template): string | undefined =>
  container?.env.find(({ name }) => name === 'NODE_EXTRA_CA_CERTS')?.value;
const volume = ({ volumes }: Template): unknown =>
  (volumes as readonly { name: string }[] | undefined)?.find(({ name }) => name === 'ca');
/** The steps that are given the bundle. */
const given = (yaml: string): string[] =>
  [
    ...new Set(
      templates(yaml)
        .filter((each) => variable(each) !== undefined)
        .map(({ metadata }) => metadata?.labels['app.kubernetes.io/component'] ?? ''),
    ),
  ].sort();

describe('the CA bundle', () => {
  it('is nowhere without the setting', () => {
    const all = templates(`${MINIMAL}metrics: { pushgatewayUrl: 'https://p' }\n`);
    expect(all.filter((each) => variable(each) !== undefined || volume(each) !== undefined)).to.deep.equal([]);
  });

  it('is mounted where the settings have it, and a step starts without it, to say so', () => {
    const [configMap] = templates(`${MINIMAL}${CA}`).filter((each) => variable(each) !== undefined);
    expect(configMap && volume(configMap)).to.deep.equal({
      name: 'ca',
      configMap: {
        name: 'corporate-ca',
        items: [{ key: 'ca.crt', path: 'ca.crt' }],
        optional: true,
        defaultMode: 0o444,
      },
    });
    expect(configMap?.container?.volumeMounts).to.deep.include({
      ...{ name: 'ca', mountPath: '/etc/argo-kubeadm-upgrade/ca', readOnly: true },
    });
    expect(configMap && variable(configMap)).to.equal(FILE);
    const secret = `${MINIMAL}certificateAuthorities: { kind: Secret, name: corporate-ca, key: bundle.pem }\n`;
    expect(templates(secret).map(volume).find(Boolean)).to.deep.equal({
      name: 'ca',
      secret: {
        ...{ secretName: 'corporate-ca', items: [{ key: 'bundle.pem', path: 'ca.crt' }] },
        ...{ optional: true, defaultMode: 0o444 },
      },
    });
  });

  it('is given to the steps that ask over HTTPS, and to the doctor', () => {
    expect(given(`${MINIMAL}${CA}`)).to.deep.equal(['detect', 'doctor']);
    expect(given(`${MINIMAL}${CA}packages: { repository: 'http://mirror/k8s' }\n`)).to.deep.equal(['doctor']);
    expect(given(`${MINIMAL}${CA}metrics: { pushgatewayUrl: 'http://p:9091' }\n`)).to.deep.equal(['detect', 'doctor']);
    expect(given(`${MINIMAL}${CA}metrics: { pushgatewayUrl: 'https://p' }\n`)).to.deep.equal([
      ...['admit', 'begin', 'detect', 'doctor', 'drain', 'finish', 'postflight', 'prepare', 'reset', 'snapshot'],
      ...['upgrade-node', 'verify-node'],
    ]);
    expect(given(`${MINIMAL}${CA}monitoring: { prometheusUrl: 'https://p' }\n`)).to.deep.equal([
      ...['admit', 'begin', 'detect', 'doctor', 'postflight', 'preflight', 'verify-node'],
    ]);
    const alertmanager =
      "monitoring: { prometheusUrl: 'http://p', alerts: { source: alertmanager, alertmanagerUrl: 'https://a' } }\n";
    expect(given(`${MINIMAL}${CA}${alertmanager}`))
      .to.include('preflight')
      .and.not.include('gate');
    const off = "monitoring: { prometheusUrl: 'https://p', alerts: { source: 'off' } }\n";
    expect(given(`${MINIMAL}${CA}${off}`)).to.deep.equal(['detect', 'doctor']);
    const gate = `${off}compatibility: { deprecatedApis: { source: prometheus } }\n`;
    expect(given(`${MINIMAL}${CA}${gate}`)).to.deep.equal(['detect', 'doctor', 'gate']);
    expect(given(`${MINIMAL}${CA}notify: { webhook: true }\n`)).to.deep.equal([
      'begin',
      'detect',
      'doctor',
      'finish',
      'finish-operation',
      'report',
    ]);
  });
});
