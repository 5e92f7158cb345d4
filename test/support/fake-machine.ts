import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PREPARE_DIR } from '../../src/upgrade/prepare/script-output.ts';

/** A folder that stands for a node, with programs of ours before the real ones. Scripts run there by the real `sh`. */
export class FakeMachine {
  readonly root = mkdtempSync(join(tmpdir(), 'machine-'));
  readonly prepareDir = join(this.root, 'prepare');

  end(): void {
    rmSync(this.root, { recursive: true });
  }

  path = (name: string): string => join(this.root, name);

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  has = (name: string): boolean => existsSync(this.path(name));

  /** A program that writes down how it was called, and then does this. */
  program(name: string, does: string): void {
    this.write(`bin/${name}`, `#!/bin/sh\necho "${name} $*" >> "$MACHINE/calls"\n${does}\n`);
    chmodSync(this.path(`bin/${name}`), 0o755);
  }

  /** How our programs were called, in order. */
  calls = (): string[] => (this.has('calls') ? readFileSync(this.path('calls'), 'utf8').trim().split('\n') : []);

  run(script: string): { status: number | null; stdout: string; stderr: string } {
    const here = script.replaceAll(PREPARE_DIR, this.prepareDir).replaceAll('/usr/local/', `${this.root}/usr/local/`);
    const PATH = `${this.path('bin')}:/usr/bin:/bin`;
    const env = { PATH, MACHINE: this.root, DPKG_ADMINDIR: this.path('dpkg') };
    const { status, stdout, stderr } = spawnSync('sh', ['-c', here], { encoding: 'utf8', env });
    return { status, stdout, stderr };
  }

  /** Every file but our programs and what they wrote down: where it is, what is in it, and when it was written. */
  files(): ReadonlyMap<string, string> {
    const names = readdirSync(this.root, { recursive: true, encoding: 'utf8' }).sort();
    const plain = names.filter((name) => !/^(bin|calls)(\/|$)/.test(name) && statSync(this.path(name)).isFile());
    return new Map(
      plain.map((name) => [name, `${statSync(this.path(name)).mtimeMs} ${readFileSync(this.path(name), 'latin1')}`]),
    );
  }

  /** Names of the files that are new, changed or gone since. */
  changedSince(before: ReadonlyMap<string, string>): string[] {
    const now = this.files();
    return [...new Set([...before.keys(), ...now.keys()])].filter((name) => before.get(name) !== now.get(name)).sort();
  }
}
