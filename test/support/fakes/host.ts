import { tryAgain } from '../../../src/steps/runtime/step-error.ts';
import { tryParseUnit } from '../../../src/upgrade/host/node-job.ts';
import { FakeRemote, type FakeAnswer } from './remote.ts';

interface FakeJob {
  state: string;
  run: string;
  log: string;
  active: boolean;
  authenticationConfig?: string;
}

const PLENTY = ['free / 9999999 4096', 'free /var/lib 9999999 4096'].join('\n');

/** One machine with units and their records, as the scripts of a node see it; more rules may be added. */
export class FakeHost extends FakeRemote {
  readonly jobs = new Map<string, FakeJob>();
  /** What is free, as the script prints it. */
  disk = `${PLENTY}\nabsent /var/lib/containerd\nabsent /var/lib/etcd\nabsent /var/lib/kubelet\n`;
  /** What etcd says, by node; all of them are well otherwise. */
  readonly etcd = new Map<string, string>();
  etcdImages = '';
  /** What becomes of a job that is started; it ends well otherwise. */
  onStart: (unit: string, program: string) => void = (unit) => {
    this.finish(unit, 'done', '== all done\n');
  };
  readonly started: string[] = [];
  /** More than one active at any moment. */
  overlapped = false;

  constructor() {
    super();
    this.whenScript('# Finish and hold the packages', {});
    this.whenScript('# See what is at work', () => ({ stdout: this.look() }));
    this.whenScript('# Follow', ({ script }) => this.#follow(script));
    this.whenScript('# Start', ({ script, stdin }) => this.start(script, stdin ?? ''));
    this.whenScript('for place in', () => ({ stdout: this.disk }));
    this.whenScript('# Ask etcd', (_, { node }) => ({
      stdout: this.etcd.get(node) ?? 'etcd at http://127.0.0.1:2381 says {"health":"true","reason":""}\n',
    }));
    this.whenScript('# Compare the etcd images', () => ({ stdout: this.etcdImages }));
    this.whenScript('# Run the restore hook', {});
  }

  /** An attempt of an earlier day, or of another run. */
  add(unit: string, about: Partial<FakeJob>): void {
    this.jobs.set(unit, { state: 'starting', run: 'uid-of-other-run', log: '', active: false, ...about });
    this.overlapped ||= [...this.jobs.values()].filter(({ active }) => active).length > 1;
  }

  write(unit: string, log: string): void {
    const job = this.jobs.get(unit);
    if (job) job.log += log;
  }

  finish(unit: string, state: string, log = ''): void {
    const job = this.jobs.get(unit);
    if (job) Object.assign(job, { state, active: false, log: job.log + log });
  }

  /** What the start script does, lock and all. */
  start(script: string, program: string): FakeAnswer {
    const unit = /# Start (\S+)/.exec(script)?.[1] ?? '';
    const active = [...this.jobs].filter(([, job]) => job.active).map(([name]) => name);
    if (active.length > 0) return { exitCode: 3, stdout: `At work on this node: ${active.join(' ')}\n` };
    if (this.jobs.has(unit)) return { exitCode: 3, stdout: `${unit} is there already.\n` };
    const run = /printf '%s\\n' (\S+) >"\$new\/run"/.exec(script)?.[1] ?? '';
    const flag = /printf '%s\\n' (\S+) >"\$new\/authentication-config"/.exec(script)?.[1];
    this.started.push(unit);
    this.add(unit, {
      run,
      active: true,
      state: 'running 1 package source',
      ...(flag && { authenticationConfig: flag }),
    });
    this.onStart(unit, program);
    return {};
  }

  look(): string {
    const all = [...this.jobs];
    const lines = [
      ...all.filter(([, { active }]) => active).map(([unit]) => `unit ${unit} active`),
      ...all
        .filter(([unit]) => tryParseUnit(unit) !== undefined)
        .flatMap(([unit, { state, run, authenticationConfig: flag }]) => [
          ...[`job ${unit}`, `state ${state}`, `run ${run}`],
          ...(flag === undefined ? [] : [`authentication-config ${flag}`]),
        ]),
      'looked',
    ];
    return `${lines.join('\n')}\n`;
  }

  #follow(script: string): FakeAnswer {
    const unit = /# Follow (\S+)/.exec(script)?.[1] ?? '';
    const offset = Number(/tail -c \+(\d+)/.exec(script)?.[1]) - 1;
    const job = this.jobs.get(unit);
    const rest = Buffer.from(job?.log ?? '').subarray(offset);
    return {
      stdout: `ActiveState=${job?.active === true ? 'active' : 'inactive'}\nlog ${rest.toString('base64')}\nfollowed\n`,
    };
  }
}

/** sshd is away. */
export const AWAY = tryAgain('cannot log in to w1 (10.0.0.1) on port 22: connect ECONNREFUSED 10.0.0.1:22');

/** Names of the commands in a program. */
export const commandsIn = (program: string): string[] =>
  [...program.matchAll(/^run \d+ \d+ (?:'([^']+)'|(\S+)) /gm)].map(([, quoted, bare]) => quoted ?? bare ?? '');
