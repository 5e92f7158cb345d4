import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { EXIT } from '../../../../src/contract/exit-code.ts';
import { findConfig } from '../../../../src/steps/adapters/kubernetes/kubeconfig.ts';
import { StepError } from '../../../../src/steps/runtime/step-error.ts';

const config = (name: string, port: number, more = ''): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: `https://127.0.0.1:${port}` } }],
    users: [{ name, user: { token: 'hunter2' } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': more,
  });

describe('the kubeconfig', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });
  const file = (name: string, text: string): string => {
    mkdirSync(join(dir, '.kube'), { recursive: true });
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const serverOf = (env: Record<string, string>): string | undefined => findConfig(env).getCurrentCluster()?.server;
  const refusalOf = (env: Record<string, string>): string => {
    try {
      findConfig(env);
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      expect(error.exitCode).to.equal(EXIT.BadInput);
      expect(error.message).to.not.include('hunter2');
      return error.message;
    }
    return expect.fail('it is accepted');
  };

  it('is the file of KUBECONFIG, else ~/.kube/config', () => {
    file('.kube/config', config('home', 1, 'home'));
    expect(serverOf({ HOME: dir })).to.equal('https://127.0.0.1:1');
    expect(serverOf({ HOME: dir, KUBECONFIG: '' })).to.equal('https://127.0.0.1:1');
    const other = file('other', config('other', 2, 'other'));
    expect(serverOf({ HOME: dir, KUBECONFIG: other })).to.equal('https://127.0.0.1:2');
  });

  it('is merged from several files: the first name wins, the first current context counts, a missing file is passed over', () => {
    const [a, b, c] = [
      file('a', config('one', 1)),
      file('b', config('one', 2, 'one')),
      file('c', config('two', 3, 'two')),
    ];
    const env = { KUBECONFIG: [join(dir, 'missing'), a, b, c, file('empty', '')].join(delimiter) };
    expect(serverOf(env)).to.equal('https://127.0.0.1:1');
    expect(serverOf({ ...env, KUBE_CONTEXT: 'two' })).to.equal('https://127.0.0.1:3');
  });

  it('finds the files that it names beside itself', () => {
    file('ca.crt', 'x');
    const text = config('a', 1, 'a').replace('"server"', '"certificate-authority":"ca.crt","server"');
    expect(findConfig({ KUBECONFIG: file('a', text) }).getCurrentCluster()?.caFile).to.equal(join(dir, 'ca.crt'));
    rmSync(join(dir, 'ca.crt'));
    expect(refusalOf({ KUBECONFIG: join(dir, 'a') })).to.equal(
      `${dir}/a: the context a needs the file ${dir}/ca.crt, which is not there`,
    );
  });

  it('is refused with what is wrong, without a word of its content', () => {
    const at = (name: string, text: string) => refusalOf({ KUBECONFIG: file(name, text) });
    expect(refusalOf({ KUBECONFIG: join(dir, 'x') })).to.equal(
      `KUBECONFIG: ${dir}/x cannot be read (ENOENT), expected a kubeconfig; check the path`,
    );
    expect(refusalOf({ KUBECONFIG: `${dir}/x${delimiter}${dir}/y` })).to.equal(
      `KUBECONFIG: saw ${dir}/x${delimiter}${dir}/y, expected at least one file of these`,
    );
    expect(refusalOf({ KUBECONFIG: dir })).to.include('cannot be read (EISDIR)');
    expect(at('a', 'a: b: c\n  - token: hunter2\n')).to.equal(
      `KUBECONFIG: ${dir}/a is no kubeconfig: not valid YAML at line 1; check the file`,
    );
    expect(at('a', 'null')).to.equal(`KUBECONFIG: ${dir}/a is no kubeconfig; check the file`);
    for (const text of ['hunter2', '[]', '{}', '- hunter2', '"current-context": [hunter2]', ''])
      expect(at('b', text), text).to.equal(
        `${dir}/b names no current context, and it has no context; choose one: kubectl config use-context <name>`,
      );
    expect(at('c', config('one', 1))).to.equal(
      `${dir}/c names no current context, and it has one; choose one: kubectl config use-context <name>`,
    );
    expect(refusalOf({ KUBECONFIG: file('d', config('one', 1, 'one')), KUBE_CONTEXT: 'oen' })).to.equal(
      `${dir}/d has no context oen; it has one`,
    );
    expect(at('e', config('one', 1, 'one').replace('"cluster":"one"', '"cluster":"two"'))).to.equal(
      `${dir}/e: the context one names the cluster two, which is not there`,
    );
    expect(at('f', config('one', 1, 'one').replace('https://', ''))).to.equal(
      `${dir}/f: the server of the cluster one is no address with https:// or http://`,
    );
    expect(at('g', config('one', 1, 'one').replace('"user":"one"', '"user":"two"'))).to.equal(
      `${dir}/g: the context one names the user two, which is not there`,
    );
  });

  it('may have entries that are broken, where the context does not need them', () => {
    const text = config('one', 1, 'one').replace('"clusters":[', '"clusters":[{"name":"x"},null,');
    expect(serverOf({ KUBECONFIG: file('a', text) })).to.equal('https://127.0.0.1:1');
  });
});
