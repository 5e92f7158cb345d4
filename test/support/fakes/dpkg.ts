import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../until.ts';

/** A machine whose apt and dpkg are stand-ins that keep the states of packages in files. Scripts run in the real `sh`. */
export class FakeDpkg {
  readonly dir = mkdtempSync(join(tmpdir(), 'dpkg-'));

  constructor(states: Readonly<Record<string, string>>) {
    for (const folder of ['bin', 'states', 'tmp', 'dpkg/updates', 'var/lib/argo-kubeadm-upgrade'])
      mkdirSync(join(this.dir, folder), { recursive: true });
    for (const [name, state] of Object.entries(states)) this.set(name, state);
    for (const [name, does] of Object.entries(PROGRAMS)) this.program(name, does);
  }

  end(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  program(name: string, does: string): void {
    const file = join(this.dir, 'bin', name);
    writeFileSync(file, `#!/bin/sh\ncd '${this.dir}'\n${does}\n`);
    chmodSync(file, 0o755);
  }

  /** Three letters of dpkg: selection, status, error; such as `hi `. */
  set(name: string, state: string): void {
    writeFileSync(join(this.dir, 'states', name), state);
  }

  state = (name: string): string => readFileSync(join(this.dir, 'states', name), 'utf8');

  /** A file such as `slow`, `locked`, `dpkg/updates/0000`. */
  write(name: string, text = ''): void {
    writeFileSync(join(this.dir, name), text);
  }

  has = (name: string): boolean => existsSync(join(this.dir, name));

  remove(name: string): void {
    rmSync(join(this.dir, name), { force: true });
  }

  /** How apt and dpkg were called, in order, without their options. */
  calls(): string[] {
    return this.has('calls') ? readFileSync(join(this.dir, 'calls'), 'utf8').trim().split('\n') : [];
  }

  run(script: string): { exitCode: number | null; stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', this.#here(script)], {
      encoding: 'utf8',
      env: this.#env,
    });
    return { exitCode: status, stdout, stderr };
  }

  /** Begins the script as the leader of a process group, and comes back once apt-get is in the middle of its work. */
  async begin(command: readonly [string, ...string[]], script: string): Promise<ChildProcess> {
    this.write('slow');
    const [program, ...words] = command;
    const child = spawn(program, [...words, this.#here(script)], { env: this.#env, detached: true, stdio: 'ignore' });
    await until('apt-get installs', () => this.has('installing'));
    return child;
  }

  readonly #env = {
    PATH: `${this.dir}/bin:/usr/bin:/bin`,
    TMPDIR: join(this.dir, 'tmp'),
    DPKG_ADMINDIR: join(this.dir, 'dpkg'),
  };

  #here = (script: string): string => script.replaceAll('/var/lib/argo-', `${this.dir}/var/lib/argo-`);
}

const LOCKED = `if [ -e locked ]; then
  left=$(cat locked)
  [ "$left" -gt 1 ] && echo $((left - 1)) >locked || rm locked`;

const PROGRAMS: Readonly<Record<string, string>> = {
  sleep: 'echo "sleep $1" >>calls',
  'dpkg-query': `
shift; format=$2; shift 2; code=0
for name in "$@"; do
  [ -e "states/$name" ] || { code=1; continue; }
  printf '%s' "$(cat "states/$name")" | head -c 3
  case $format in *Package*) echo "|$name" ;; esac
done
exit $code`,
  'apt-mark': `
${LOCKED}; echo 'dpkg: error: dpkg frontend lock was locked by another process with pid 5245' >&2; exit 100; fi
echo "apt-mark $*" >>calls
verb=$1; shift
for name in "$@"; do case $verb in hold) first=h ;; *) first=i ;; esac
  printf '%s%s' "$first" "$(tail -c +2 "states/$name")" >"states/$name"; done`,
  dpkg: `
case $* in *--set-selections*) echo 'dpkg --set-selections' >>calls; rm -f dpkg/updates/*; exit 0 ;; esac
while [ "\${1#--}" != "$1" ]; do shift; done
echo "dpkg --configure $*" >>calls
for name in "$@"; do printf '%si ' "$(head -c 1 "states/$name")" >"states/$name"; done`,
  'apt-get': `
case $* in
  *update*)
    ${LOCKED}; echo 'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 5245 (apt-get)' >&2
      echo 'E: Unable to lock directory /var/lib/apt/lists/' >&2; exit 100; fi
    echo 'apt-get update' >>calls; exit 0 ;;
esac
while [ "$1" != install ]; do shift; done; shift
while [ "\${1#--}" != "$1" ]; do shift; done
echo "apt-get install $*" >>calls
[ -n "$NEEDRESTART_SUSPEND" ] && [ "$DEBIAN_FRONTEND" = noninteractive ] || echo 'not unattended' >>calls
for word in "$@"; do printf 'iF ' >"states/\${word%%=*}"; done
touch installing
[ ! -e slow ] || /bin/sleep 30
[ ! -e broken ] || exit 100
for word in "$@"; do printf 'ii ' >"states/\${word%%=*}"; done`,
};
