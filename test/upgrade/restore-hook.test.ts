import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { RESTORE_SCRIPT, restoreWarnings, type Restored } from '../../src/upgrade/restore-hook.ts';

describe('the restore hook on a node', () => {
  const run = (hook: string, kubectl: string) => {
    const dir = mkdtempSync(join(tmpdir(), 'restore-'));
    mkdirSync(join(dir, 'lib'));
    const programs = { kubectl, sleep: ':' };
    for (const [name, text] of Object.entries(programs))
      writeFileSync(join(dir, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    const { status, stdout, stderr } = spawnSync('sh', ['-c', RESTORE_SCRIPT.replace('/var/lib', `${dir}/lib`)], {
      input: hook,
      env: { PATH: `${dir}:${process.env['PATH'] ?? ''}`, DIR: dir },
      encoding: 'utf8',
    });
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

  it('tells how it ends', () => {
    expect(run('echo no >&2; exit 9', 'exit 0')).to.include({ exitCode: 9, stderr: 'no\n' });
  });

  it('leaves nothing to say where nothing was lost', () => {
    const base: Restored = { node: 'cp1', address: '10.0.0.1', before: '/a', back: true, hook: 'ran' };
    const none: Restored = { ...base, hook: 'none' };
    for (const restored of [base, none, { ...base, before: undefined, back: undefined }])
      expect(restoreWarnings(restored)).to.deep.equal([]);
  });

  it('is a warning where nobody can tell', () => {
    const restored: Restored = { node: 'cp1', address: '10.0.0.1', before: '/a', back: undefined, hook: 'ran' };
    expect(restoreWarnings(restored)).to.deep.equal([
      `Not known whether the API server of cp1 still has --authentication-config=/a. By hand: kubectl get configmap -n kube-system apiserver-oidc-restore -o go-template='{{index .data "restore.sh"}}' | ssh 10.0.0.1 sudo sh -s`,
    ]);
  });
});
