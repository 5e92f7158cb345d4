import { expect } from 'chai';
import { MINIMAL, ofKind, render, workflowTemplates } from './support/render.ts';

const EXTERNAL = `${MINIMAL}secrets: { name: creds-of-upgrades, externalSecret: { storeName: vault, remoteKey: platform/upgrades } }\n`;
const STRICT = 'ssh: { hostKeys: strict }\n';

const externalSecret = (yaml: string): unknown =>
  (ofKind(render(yaml).objects, 'ExternalSecret')[0] as { spec?: unknown } | undefined)?.spec;
const keysOfStore = (...properties: string[]): object[] =>
  properties.map((property) => ({ secretKey: property, remoteRef: { key: 'platform/upgrades', property } }));

/** What a pod that logs in to nodes is given of the Secret. */
const mounted = (yaml: string, wanted = 'detect'): unknown[] =>
  workflowTemplates(render(yaml))
    .flatMap(({ spec }) => spec.templates)
    .filter(({ name }) => name === wanted)
    .flatMap(({ volumes = [] }) => volumes.filter((volume) => 'projected' in volume).map((volume) => volume.projected));

describe('the credentials', () => {
  it('are made by hand where the settings name no store', () => {
    expect(externalSecret(MINIMAL)).to.be.undefined;
    expect(ofKind(render(MINIMAL).objects, 'Secret')).to.be.empty;
  });

  it('come from the store that the settings name', () => {
    expect(externalSecret(EXTERNAL)).to.deep.equal({
      refreshInterval: '1h',
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
      target: { name: 'creds-of-upgrades', creationPolicy: 'Owner' },
      data: keysOfStore('ssh_key'),
    });
  });

  it('hold the host keys as well where only those count', () => {
    expect(externalSecret(EXTERNAL + STRICT)).to.have.deep.property('data', keysOfStore('ssh_key', 'ssh_known_hosts'));
  });

  for (const [hostKeys, optional] of [
    ['', true],
    [STRICT, false],
  ] as const)
    it(`reach the pods key by key; the host keys ${optional ? 'if there are any' : 'always'}${hostKeys && ', with strict'}`, () => {
      const key = (name: string, absent: boolean): object => ({
        secret: { name: 'creds-of-upgrades', items: [{ key: name, path: name }], optional: absent },
      });
      const volumes = mounted(EXTERNAL + hostKeys);
      expect(volumes).to.have.length(4);
      for (const volume of volumes)
        expect(volume).to.deep.equal({
          defaultMode: 0o400,
          sources: [key('ssh_key', false), key('ssh_known_hosts', optional)],
        });
    });

  it('are two where the key is rotated, and one of them may be away', () => {
    const next = {
      name: 'k8s-upgrade-ssh-key-next',
      items: [{ key: 'ssh_key', path: 'ssh_key_next' }],
      optional: true,
    };
    for (const step of ['add-key', 'prove-next', 'await-switch', 'prove-present', 'remove-key'])
      expect(mounted(EXTERNAL, step), step).to.have.nested.property('0.sources.2').deep.equal({ secret: next });
  });

  it('are the next key alone for the step that puts it into the Secret: it logs in to no node', () => {
    const secret = {
      name: 'k8s-upgrade-ssh-key-next',
      items: [{ key: 'ssh_key', path: 'ssh_key_next' }],
      optional: true,
    };
    expect(mounted(EXTERNAL, 'switch-ssh-key')).to.deep.equal([{ defaultMode: 0o400, sources: [{ secret }] }]);
    const [template] = workflowTemplates(render(EXTERNAL))
      .flatMap(({ spec }) => spec.templates)
      .filter(({ name }) => name === 'switch-ssh-key');
    expect(template?.metadata?.labels).to.not.have.property('argo-kubeadm-upgrade.io/ssh');
  });

  it('of the registry are given to every run', () => {
    const pullSecrets = (yaml: string): unknown[] =>
      workflowTemplates(render(yaml)).map(({ spec }) => spec.imagePullSecrets);
    expect(new Set(pullSecrets(MINIMAL))).to.deep.equal(new Set([undefined]));
    const named = [{ name: 'registry' }, { name: 'mirror' }];
    for (const given of pullSecrets(MINIMAL.replace(' }', ', pullSecrets: [registry, mirror] }')))
      expect(given).to.deep.equal(named);
  });
});
