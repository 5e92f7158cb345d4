import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The scripts that run on a node, run here: paths below a folder of their own, with a stand-in for systemd on the PATH. */
export class FakeMachine {
  readonly dir = mkdtempSync(join(tmpdir(), 'machine-'));
  readonly jobs = join(this.dir, 'var/lib/argo-kubeadm-upgrade');

  constructor() {
    for (const folder of ['bin', 'units', 'run', 'var/lib']) mkdirSync(join(this.dir, folder), { recursive: true });
    this.program('systemctl', SYSTEMCTL);
    this.program('systemd-run', SYSTEMD_RUN);
    // No package is installed.
    this.program('dpkg-query', 'exit 1');
  }

  program(name: string, text: string): void {
    const file = join(this.dir, 'bin', name);
    writeFileSync(file, `#!/bin/sh\nUNITS=${this.dir}/units\n${text}\n`);
    chmodSync(file, 0o755);
  }

  /** `active`, `deactivating`, … as long as a test says so. */
  unit(name: string, state: string): void {
    writeFileSync(join(this.dir, 'units', `${name}.service`), state);
  }

  run(script: string, stdin = ''): { exitCode: number | null; stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', this.here(script)], {
      input: this.here(stdin),
      env: { PATH: `${this.dir}/bin:${process.env['PATH'] ?? ''}` },
      encoding: 'utf8',
    });
    return { exitCode: status, stdout: this.there(stdout), stderr: this.there(stderr) };
  }

  async runBeside(script: string, stdin: string): Promise<number | null> {
    const child = spawn('sh', ['-c', this.here(script)], {
      env: { PATH: `${this.dir}/bin:${process.env['PATH'] ?? ''}` },
    });
    child.stdin.end(this.here(stdin));
    return new Promise((resolve) => child.on('close', resolve));
  }

  write(unit: string, files: Readonly<Record<string, string>>): void {
    mkdirSync(join(this.jobs, unit), { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(this.jobs, unit, file), text);
  }

  read(unit: string, file: string): string | undefined {
    const path = join(this.jobs, unit, file);
    return existsSync(path) ? this.there(readFileSync(path, 'utf8')) : undefined;
  }

  folders(): string[] {
    return existsSync(this.jobs)
      ? readdirSync(this.jobs)
          .filter((name) => name.startsWith('argo-'))
          .sort()
      : [];
  }

  end(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  #program = '';

  /** A path is longer here: the length that the program is compared with becomes that of what is sent. */
  here(text: string): string {
    const length = `-eq ${Buffer.byteLength(this.#program)} ]`;
    return this.#moved(text).replace(length, `-eq ${Buffer.byteLength(this.#moved(this.#program))} ]`);
  }

  #moved(text: string): string {
    return text
      .replaceAll('/var/lib/argo-', `${this.dir}/var/lib/argo-`)
      .replaceAll('/run/argo-', `${this.dir}/run/argo-`)
      .replace('PATH=/usr/local/sbin', `PATH=${this.dir}/bin:/usr/local/sbin`);
  }

  /** Runs a start script with its program; `cut`: only so much of it arrives. */
  start({ script, stdin }: { script: string; stdin: string }, cut?: number): ReturnType<FakeMachine['run']> {
    this.#program = stdin;
    return this.run(script, stdin.slice(0, cut));
  }

  startBeside({ script, stdin }: { script: string; stdin: string }): Promise<number | null> {
    this.#program = stdin;
    return this.runBeside(script, stdin);
  }

  there(text: string): string {
    return text.replaceAll(this.dir, '');
  }
}

const SYSTEMCTL = `
case $1 in
  list-units)
    [ ! -e "$UNITS/broken" ] || exit 1
    for unit in "$UNITS"/argo-kubeadm-upgrade-*.service; do
      [ -e "$unit" ] && echo "$(basename "$unit") loaded $(cat "$unit") running kubeadm upgrade of this node"
    done
    exit 0 ;;
  is-active) [ "$(cat "$UNITS/$3" 2>/dev/null)" = active ] ;;
  show) echo "ActiveState=$(cat "$UNITS/$4" 2>/dev/null || echo inactive)" ;;
esac`;

const SYSTEMD_RUN = `
printf '%s\\n' "$*" >>"$UNITS/../asked"
[ ! -e "$UNITS/../refuses" ] || { echo 'Failed to start transient service unit.' >&2; exit 1; }
afterwards=
for word in "$@"; do case $word in --unit=*) unit=\${word#--unit=} ;; ExecStopPost=*) afterwards=\${word#*=} ;; esac; done
while [ "$1" != /bin/sh ]; do shift; done
echo active >"$UNITS/$unit"
( "$@" </dev/null >/dev/null 2>&1 8>&- ; echo deactivating >"$UNITS/$unit"; $afterwards </dev/null >/dev/null 2>&1 8>&- ; rm -f "$UNITS/$unit" ) </dev/null >/dev/null 2>&1 8>&- &
exit 0`;
