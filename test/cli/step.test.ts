import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { settingsFor } from '../../src/cli/settings.ts';
import { parseInvocation, type ParsedInvocation } from '../../src/cli/step.ts';
import { envName } from '../../src/contract/step-contract.ts';
import { STEPS } from '../../src/steps/catalog.ts';
import { stepTemplate } from '../../src/synth/step-template.ts';
import { node } from '../steps/adapters/kubernetes/stand-in.ts';
import { configFor } from '../support/fakes/api-server.ts';
import { PackageServer, stanza } from '../support/fakes/package-server.ts';

const envOf = (understood: ParsedInvocation): Readonly<Record<string, string | undefined>> => {
  if ('says' in understood) throw new Error(understood.says);
  return understood.env;
};

/** Each input of these steps is an answer of another step, or of a person. */
const NONE_OF_THE_SETTINGS: readonly string[] = ['plan-rollback'];

describe('a step by hand', () => {
  it('has the defaults of the settings, and belongs to no run', () => {
    expect(envOf(parseInvocation(['detect'], {}))).to.include({
      RUN_NAME: 'by-hand',
      RUN_UID: 'by-hand',
      POD_NAME: 'by-hand',
      NAMESPACE: 'k8s-upgrade',
      ANNOTATION_PREFIX: 'argo-kubeadm-upgrade.io/',
      MINOR_POLICY: 'auto',
      REPOSITORY: 'https://pkgs.k8s.io/core:/stable:',
    });
  });

  it('has those of a cluster that is named', () => {
    const lab = envOf(parseInvocation(['detect', '--cluster', 'lab/clusters/lab.yaml'], {}));
    expect(lab['REPOSITORY']).to.equal('http://10.210.0.1:8080/core:/stable:');
    expect(envOf(parseInvocation(['detect', '--cluster', 'example'], {}))['REPOSITORY']).to.match(/^https:/);
  });

  it('has defaults for every step whose inputs the settings give', () => {
    const given = STEPS.map(({ name, inputs }) => {
      const env = envOf(parseInvocation([name], {}));
      return [name, Object.keys(inputs).filter((input) => envName(input) in env).length] as const;
    });
    expect(given.filter(([, inputs]) => inputs === 0).map(([name]) => name)).to.deep.equal(NONE_OF_THE_SETTINGS);
    expect(envOf(parseInvocation(['keep-snapshot'], {}))).to.include({ FOLDER: '/backup', KEEP: '7' });
    expect(envOf(parseInvocation(['report'], {}))).to.include({ CLUSTER_NAME: 'by-hand', STALE_AFTER_HOURS: '25' });
  });

  it('has every setting of every step of the catalog, as synth renders it', () => {
    const settings = settingsFor('example-monitored');
    for (const step of STEPS) {
      const env = envOf(parseInvocation([step.name, '--cluster', 'example-monitored'], {}));
      const { template } = stepTemplate(step, { settings, fixed: {} });
      const rendered = (template.container?.env ?? []).filter(({ value }) => value?.includes('{{') === false);
      for (const { name, value } of rendered) expect(env, `${step.name}: ${name}`).to.have.property(name, value);
      const settable = Object.entries(step.inputs).filter(([, param]) => 'fromSettings' in param);
      expect(env, step.name).to.include.keys(...settable.map(([name]) => envName(name)), 'RUN_NAME');
    }
  });

  it('leaves out what differs between the templates of a step', () => {
    const env = envOf(parseInvocation(['ssh-key'], {}));
    expect(env).to.include({ SSH_USER: 'root' });
    expect(env).to.not.have.any.keys('ACTION', 'OLD_PUBLIC');
    expect(envOf(parseInvocation(['prove-ssh-key'], {}))).to.not.have.any.keys('WHICH', 'OTHERWISE');
    expect(envOf(parseInvocation(['keep-snapshot'], {}))).to.not.have.any.keys('INCOMING');
  });

  it('takes flags before the environment, and that before the settings', () => {
    const env = { PATCH_POLICY: 'off', MINOR_POLICY: 'off', PATH: '/bin' };
    expect(envOf(parseInvocation(['detect', '--minor-policy', 'approve'], env))).to.include({
      ...{ PATCH_POLICY: 'off', MINOR_POLICY: 'approve', PATH: '/bin', PACKAGE_SOURCE: 'node' },
    });
  });

  it('takes --target for what is asked of detect, and for the target elsewhere', () => {
    expect(envOf(parseInvocation(['detect', '--target', '1.34.10'], {}))['REQUESTED_TARGET']).to.equal('1.34.10');
    expect(envOf(parseInvocation(['inventory', '--target', '1.34.10'], {}))['TARGET']).to.equal('1.34.10');
  });

  it('leaves what only a person can say to the person', () => {
    expect(envOf(parseInvocation(['inventory'], {}))).to.not.have.property('TARGET');
  });

  it('goes to the cluster and with the key that are named', () => {
    const env = envOf(
      parseInvocation(['detect', '--kubeconfig', 'a', '--context', 'x', '--ssh-key-dir', 'b'], { KUBECONFIG: 'c' }),
    );
    expect(env).to.include({ KUBECONFIG: 'a', KUBE_CONTEXT: 'x', SSH_KEY_DIR: 'b' });
    expect(envOf(parseInvocation(['detect'], { KUBECONFIG: 'c' }))['KUBECONFIG']).to.equal('c');
  });

  const WRONG: readonly [string, readonly string[], RegExp][] = [
    ['a step that there is not', ['detekt'], /^There is no step detekt\.\n\nnpm run step -- <step>/],
    [
      'a flag that there is not',
      ['detect', '--targget', '1'],
      /^--targget: not an option; did you mean --target\?\nnpm run step -- detect .*\nnpm run step -- detect --help explains/,
    ],
    ['a flag without its value', ['detect', '--target'], /^--target: saw nothing, expected <version>/],
    ['words that are no flags', ['detect', '1.34.10'], /^1\.34\.10: saw a word, expected an option/],
    [
      'a cluster that there is not',
      ['detect', '--cluster', 'nope'],
      /^--cluster {2}saw nope, expected a file in clusters\/; there are example/,
    ],
  ];
  for (const [what, args, says] of WRONG)
    it(`refuses ${what}`, () => {
      const understood = parseInvocation(args, {});
      expect(understood).to.have.property('exitCode', 2);
      expect(understood).to.have.property('says').that.matches(says);
    });

  it('explains every input of every step, and every step', () => {
    const list = parseInvocation([], {});
    for (const step of STEPS) {
      expect(list).to.have.property('says').that.includes(step.summary);
      const help = parseInvocation([step.name, '--help'], {});
      expect(help).to.have.property('exitCode', 0);
      for (const { doc } of Object.values(step.inputs)) expect(help).to.have.property('says').that.includes(doc);
    }
  });
});

/** The API server, as far as detect asks it. */
async function apiServer(version: string): Promise<{ server: Server; kubeconfig: string }> {
  const component = (name: string): object => ({
    metadata: { name, labels: { component: name }, annotations: { 'kubernetes.io/config.mirror': 'x' } },
    spec: { nodeName: 'cp1', containers: [{ name, image: `registry.k8s.io/${name}:${version}` }] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
  const pods = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(component);
  const server = createServer((request, response) => {
    const isVersion = request.url?.startsWith('/version') === true;
    const items = request.url?.startsWith('/api/v1/nodes') === true ? [node('cp1', { version })] : pods;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(isVersion ? { gitVersion: version } : { metadata: {}, items }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, kubeconfig: configFor((server.address() as AddressInfo).port).exportConfig() };
}

describe('npm run step -- detect', () => {
  it('prints what it asked, what it was answered, and a verdict that a person can read', async () => {
    const [api, packages, dir] = [
      await apiServer('v1.36.1'),
      await PackageServer.start(),
      mkdtempSync(join(tmpdir(), 'hand-')),
    ];
    packages.offer('1.36', stanza('1.36.1')).offer('1.37', stanza('1.37.0') + stanza('1.37.1'));
    const kubeconfig = join(dir, 'kubeconfig');
    writeFileSync(kubeconfig, api.kubeconfig);
    try {
      const settings = ['--repository', packages.url, '--package-source', 'repository', '--minor-policy', 'approve'];
      const args = ['src/cli/step.ts', 'detect', '--kubeconfig', kubeconfig, ...settings];
      const child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'] } });
      const ended = new Promise((resolve) => child.on('close', resolve));
      const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr)]);
      const plain = said.replaceAll(/^\d\d:\d\d:\d\d {2}/gm, '').replaceAll(packages.url, 'http://packages');
      const reason =
        'No patch of 1.36 newer than v1.36.1 is offered. v1.37.1 is the newest release of 1.37, the next minor. policy.minor is approve, so an operator must approve it. To approve: argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade -p target=1.37.1';
      expect(complained).to.match(
        /^default settings \(context loaded-context, http:\/\/127\.0\.0\.1:\d+, v1\.36\.1\); its namespace k8s-upgrade does not name a cluster, so nothing confirms that these are its settings\n$/,
      );
      expect(plain.split('\n')).to.deep.equal([
        'The oldest kubelet of 1 is at v1.36.1; the API servers are at v1.36.1.',
        'Asking http://packages/v1.36/deb which kubeadm packages of 1.36 there are.',
        'http://packages/v1.36/deb offers kubeadm 1.36.1.',
        'Asking http://packages/v1.37/deb whether 1.37 is released.',
        'Asking http://packages/v1.37/deb which kubeadm packages of 1.37 there are.',
        'http://packages/v1.37/deb offers kubeadm 1.37.0, 1.37.1.',
        `held: ${reason}`,
        '',
        'verdict: held',
        'target: 1.37.1',
        'kind: minor',
        'running: 1.36.1',
        'endOfLife: 2027-06-28',
        `reason: ${reason}`,
        '',
      ]);
      expect(await ended).to.equal(0);
    } finally {
      rmSync(dir, { recursive: true });
      api.server.closeAllConnections();
      api.server.close();
      await packages.end();
    }
  });

  it('is no verdict when the server is no Kubernetes API', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'hand-'));
    const server = createServer((_, response) => response.writeHead(404).end('<html>not found</html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const kubeconfig = join(dir, 'kubeconfig');
      const { port } = server.address() as AddressInfo;
      writeFileSync(kubeconfig, configFor(port).exportConfig());
      const args = ['src/cli/step.ts', 'gate', '--kubeconfig', kubeconfig];
      const child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'] } });
      const ended = new Promise((resolve) => child.on('close', resolve));
      const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr)]);
      expect([said, complained, await ended]).to.deep.equal([
        '',
        `gate: this is no Kubernetes API: http://127.0.0.1:${port} answered /version with HTTP 404; check the server of the context in the kubeconfig\n`,
        2,
      ]);
    } finally {
      rmSync(dir, { recursive: true });
      server.closeAllConnections();
      server.close();
    }
  });
});
