import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { NodeCommand } from '../../../src/upgrade/host/node-command.ts';
import { jobScript, startCommand, tryParseUnit, unitOf, type JobStart } from '../../../src/upgrade/host/node-job.ts';
import {
  followScript,
  JOB_STATUS_SCRIPT,
  parseJobStatus,
  parseLogUpdate,
  parseState,
} from '../../../src/upgrade/host/job-status.ts';
import { TO, v } from '../../support/builders.ts';
import { FakeMachine } from '../../support/fakes/systemd.ts';
import { until } from '../../support/until.ts';

const UNIT = 'argo-kubeadm-upgrade-v1.34.10-1';
const NEXT = 'argo-kubeadm-upgrade-v1.34.10-2';
const command = (name: string, script: string, about: Partial<NodeCommand> = {}): NodeCommand => ({
  ...{ name, why: 'w', script, timeoutSeconds: 30, mayPass: false },
  ...about,
});
const job = (commands: readonly NodeCommand[], about: Partial<JobStart> = {}): JobStart => ({
  ...{ unit: UNIT, run: 'uid-of-run', commands, authenticationConfig: undefined },
  ...about,
});

describe('the units of a node', () => {
  it('are named by target and attempt, and read back', () => {
    expect(unitOf(TO, 1)).to.equal(UNIT);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999 }), (attempt) => {
        expect(tryParseUnit(unitOf(TO, attempt))).to.deep.equal({ target: TO, attempt });
      }),
    );
    for (const other of [
      '',
      'new',
      `${UNIT}.service`,
      'argo-kubeadm-upgrade-v1.34-1',
      `${UNIT}x`,
      'argo-kubeadm-upgrade-v1.34.10-0',
    ])
      expect(tryParseUnit(other), other).to.equal(undefined);
  });
});

describe('a job on a node', () => {
  let machine: FakeMachine;
  beforeEach(() => {
    machine = new FakeMachine();
  });
  afterEach(() => {
    machine.end();
  });
  const start = (commands: readonly NodeCommand[], about: Partial<JobStart> = {}) =>
    machine.start(startCommand(job(commands, about)));
  const state = (unit = UNIT): string | undefined => machine.read(unit, 'state')?.trim();
  const ended = async (unit = UNIT): Promise<void> => {
    await until(
      `${unit} ends`,
      () => /^(done|failed)/.test(state(unit) ?? '') && !machine.run(JOB_STATUS_SCRIPT).stdout.includes('unit '),
    );
  };
  /** A command that ends when the test calls `letGo`, or removes the machine. */
  const untilLetGo = (): string => `while [ -d '${machine.dir}' ] && ! [ -e '${machine.dir}/go' ]; do sleep 0.05; done`;
  const letGo = async (): Promise<void> => {
    writeFileSync(join(machine.dir, 'go'), '');
    await ended();
  };
  const look = () => {
    const seen = parseJobStatus(machine.run(JOB_STATUS_SCRIPT).stdout);
    if (!seen.known) throw new Error(seen.reason);
    return seen.value;
  };

  it('does its commands in order, detached, and leaves its records', async () => {
    const { exitCode, stdout, stderr } = start([
      command('one', 'echo first'),
      command('two', 'echo "$HOME" >/dev/null; pwd'),
    ]);
    expect([exitCode, stdout, stderr]).to.deep.equal([0, '', '']);
    await ended();
    expect(machine.read(UNIT, 'log')).to.equal('== one\nfirst\n== two\n/\n== all done\n');
    expect([state(), machine.read(UNIT, 'finished'), machine.read(UNIT, 'run')]).to.deep.equal([
      'done',
      'one\ntwo\n',
      'uid-of-run\n',
    ]);
    const [began, end] = ['started', 'ended'].map((file) => Number(machine.read(UNIT, file)));
    expect(began).to.be.greaterThan(1.7e9);
    expect(end).to.be.least(began ?? NaN);
    expect(machine.read(UNIT, 'boot-id')).to.match(/^[0-9a-f-]{36}\n$/);
  });

  it('is a unit of its own, outside of every session, that nothing outlives', () => {
    start([command('one', 'true')]);
    const asked = machine.run(`cat ${machine.dir}/asked`).stdout;
    expect(asked).to.equal(
      `--quiet --collect --no-ask-password --slice=system.slice --unit=${UNIT}.service --description=kubeadm upgrade of this node -p KillMode=control-group -p EnvironmentFile=-/etc/environment -p RuntimeMaxSec=690 -p ExecStopPost=/bin/sh /var/lib/argo-kubeadm-upgrade/${UNIT}/hold.sh /bin/sh /var/lib/argo-kubeadm-upgrade/${UNIT}/job.sh\n`,
    );
  });

  it('lets nobody else read its records', async () => {
    start([command('one', 'true')]);
    await ended();
    const mode = (...path: string[]): string => (statSync(join(machine.jobs, ...path)).mode & 0o777).toString(8);
    expect([mode(), mode(UNIT), mode(UNIT, 'job.sh')]).to.deep.equal(['700', '700', '700']);
    for (const file of ['log', 'state', 'run', 'boot-id', 'started', 'ended', 'finished'])
      expect(mode(UNIT, file), file).to.equal('600');
  });

  it('stops at the first command that fails, and says which and how', async () => {
    start([command('one', 'true'), command('two', 'echo no >&2; exit 7'), command('three', 'echo never')]);
    await ended();
    expect(machine.read(UNIT, 'log')).to.equal('== one\n== two\nno\n== two ended with exit code 7\n');
    expect([state(), machine.read(UNIT, 'finished')]).to.deep.equal(['failed 7 2 two', 'one\n']);
    expect(machine.read(UNIT, 'ended')).to.match(/^\d+\n$/);
  });

  it('ends a command that takes too long', async () => {
    start([command('slow', 'sleep 60', { timeoutSeconds: 1 })]);
    await ended();
    expect(state()).to.equal('failed 124 1 slow');
  });

  it('is followed by the hold of what it left unheld, however it ended', async () => {
    machine.program('dpkg-query', `printf 'ii |kubeadm\\nhi |kubelet\\n'; exit 1`);
    machine.program('apt-mark', 'echo "$* at $(cat "$UNITS"/argo-*)"');
    const job = `$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$PPID/status")`;
    start([command('killed', `kill -9 ${job} "$PPID"; sleep 9`)]);
    await until('kubeadm is held', () => machine.read(UNIT, 'log')?.includes('hold') === true);
    expect(machine.read(UNIT, 'log')).to.equal('== killed\nhold kubeadm at deactivating\n');
    expect(state()).to.equal('running 1 killed');
  });

  it('leaves out what says that it is done already, and counts it as done', async () => {
    const sure = { alreadyDone: 'exit 0' };
    const unsure = { alreadyDone: 'exit 1' };
    start([command('one', 'echo never', sure), command('two', 'echo two', unsure)]);
    await ended();
    expect(machine.read(UNIT, 'log')).to.equal('== one\nDone already.\n== two\ntwo\n== all done\n');
    expect(machine.read(UNIT, 'finished')).to.equal('one\ntwo\n');
  });

  it('runs scripts of several lines with every kind of quote as they stand', async () => {
    const script = `x="it's"\nprintf '%s|%s\\n' "$x" '$HOME "\\ \`id\`'`;
    start([command('it\'s "quoted"', script)]);
    await ended();
    expect(machine.read(UNIT, 'log')).to.equal(`== it's "quoted"\nit's|$HOME "\\ \`id\`\n== all done\n`);
  });

  it('holds no lock that a daemon of its commands could keep', async () => {
    start([command('one', 'sleep 5 >/dev/null 2>&1 & exit 0')]);
    await ended();
    start([command('two', 'true')], { unit: NEXT });
    await ended(NEXT);
    expect(state(NEXT)).to.equal('done');
  });

  describe('is not started', () => {
    it('beside any unit of ours that is at work, of whatever name', () => {
      for (const [name, now] of [
        ['argo-kubeadm-upgrade-v1.33.5-1', 'active'],
        ['argo-kubeadm-upgrade-rollback', 'activating'],
        [UNIT, 'deactivating'],
      ] as const) {
        machine.unit(name, now);
        const { exitCode, stdout } = start([command('one', 'true')]);
        expect([exitCode, stdout]).to.deep.equal([3, `At work on this node: ${name}.service\n`]);
        machine.unit(name, 'inactive');
      }
      expect(machine.folders()).to.deep.equal([]);
    });

    it('a second time under the same number', async () => {
      start([command('one', 'exit 1')]);
      await ended();
      const { exitCode, stdout } = start([command('one', 'true')]);
      expect([exitCode, stdout]).to.deep.equal([3, `/var/lib/argo-kubeadm-upgrade/${UNIT} is there already.\n`]);
      expect(state()).to.equal('failed 1 1 one');
    });

    it('while systemd does not say what is at work', () => {
      writeFileSync(join(machine.dir, 'units', 'broken'), '');
      const { exitCode, stderr } = start([command('one', 'true')]);
      expect([exitCode, stderr]).to.deep.equal([75, 'systemd does not say which units there are.\n']);
      expect(machine.folders()).to.deep.equal([]);
    });

    it('with a program that did not arrive whole', () => {
      const whole = startCommand(job([command('one', 'true'), command('two', 'true')]));
      for (const length of [0, 10, whole.stdin.length - 1]) {
        const { exitCode, stderr } = machine.start(whole, length);
        expect([exitCode, stderr]).to.deep.equal([75, 'The program did not arrive whole.\n']);
      }
      expect(machine.folders()).to.deep.equal([]);
      expect(machine.start(whole).exitCode).to.equal(0);
    });

    it('by two at the same time: one of them is told that it is not alone', async () => {
      const one = startCommand(job([command('one', 'sleep 1')]));
      const ends = await Promise.all([machine.startBeside(one), machine.startBeside(one), machine.startBeside(one)]);
      expect(ends.sort()).to.deep.equal([0, 3, 3]);
      await ended();
      expect(machine.folders()).to.deep.equal([UNIT]);
      expect(machine.read(UNIT, 'log')).to.equal('== one\n== all done\n');
    });
  });

  it('that systemd does not take has failed, and says so', () => {
    writeFileSync(join(machine.dir, 'refuses'), '');
    expect(start([command('one', 'true')]).exitCode).to.equal(0);
    expect(state()).to.equal('failed 1 0 systemd-run');
  });

  it('marks who died before it, and keeps the last ten', async () => {
    for (let attempt = 1; attempt <= 12; attempt++) {
      machine.write(unitOf(v('1.33.5'), attempt), { state: 'running 1 one\n', ...(attempt < 12 && { ended: '1\n' }) });
      utimesSync(join(machine.jobs, unitOf(v('1.33.5'), attempt)), attempt, attempt);
    }
    start([command('one', 'true')]);
    await ended();
    expect(machine.folders()).to.have.length(10);
    expect(machine.folders()).to.include.members([UNIT, unitOf(v('1.33.5'), 12)]);
    expect(machine.read(unitOf(v('1.33.5'), 12), 'lost')).to.match(/^\d+\n$/);
    expect(machine.read(unitOf(v('1.33.5'), 11), 'lost')).to.equal(undefined);
  });

  it('waits for an earlier release that is still at work under its lock', () => {
    expect(jobScript(UNIT, [])).to.include('exec 9>>/run/argo-kubeadm-upgrade.lock\nflock -w 600 9 ||');
  });

  describe('is seen', () => {
    it('at work, with what it does', async () => {
      start([command('kubeadm upgrade', untilLetGo())], { authenticationConfig: '/etc/kubernetes/auth.yaml' });
      await until('the job runs', () => state()?.startsWith('running') === true);
      expect(look()).to.deep.equal({
        active: [UNIT],
        jobs: [
          {
            ...{ unit: UNIT, target: TO, attempt: 1, run: 'uid-of-run' },
            ...{
              state: { kind: 'running', command: 'kubeadm upgrade' },
              authenticationConfig: '/etc/kubernetes/auth.yaml',
            },
          },
        ],
      });
      await letGo();
    });

    it('not at all on a machine that never had one', () => {
      expect(look()).to.deep.equal({ active: [], jobs: [] });
    });

    it('in the order of its attempts, as numbers', () => {
      for (const attempt of [10, 9, 1]) machine.write(unitOf(TO, attempt), { state: 'done\n', run: 'r\n' });
      expect(look().jobs.map(({ attempt }) => attempt)).to.deep.equal([1, 9, 10]);
    });

    it('whatever stands in its files', () => {
      machine.write(UNIT, {
        state: 'done\njob argo-kubeadm-upgrade-v9.9.9-9\nlooked\n',
        run: '\u0000\u001b[31m\nunit x active\n',
      });
      machine.write('argo-kubeadm-upgrade-odd', { state: 'done\n' });
      const { active, jobs } = look();
      expect(active).to.deep.equal([]);
      expect(jobs.map(({ unit, state: { kind } }) => [unit, kind])).to.deep.equal([[UNIT, 'unreadable']]);
    });

    it('or not, where a unit has a name that a shell would not take as one word', () => {
      machine.unit('argo-kubeadm-upgrade-$(id)', 'active');
      expect(parseJobStatus(machine.run(JOB_STATUS_SCRIPT).stdout)).to.deep.equal({
        known: false,
        reason: 'a unit there has a name that is not one of this project: "argo-kubeadm-upgrade-$(id)"',
      });
    });

    it('or it is not known what is, when systemd does not say', () => {
      writeFileSync(join(machine.dir, 'units', 'broken'), '');
      expect(machine.run(JOB_STATUS_SCRIPT)).to.include({
        exitCode: 75,
        stderr: 'systemd does not say which units there are.\n',
      });
    });
  });

  describe('is followed', () => {
    const news = (offset: number) => {
      const seen = parseLogUpdate(machine.run(followScript(UNIT, offset)).stdout);
      if (!seen.known) throw new Error(seen.reason);
      return { active: seen.value.active, text: Buffer.from(seen.value.bytes).toString() };
    };

    it('from any place of its log, to its end', async () => {
      start([command('one', 'echo first; sleep 1; echo grüße')]);
      await ended();
      const whole = '== one\nfirst\ngrüße\n== all done\n';
      expect(news(0)).to.deep.equal({ active: false, text: whole });
      expect(news(7)).to.deep.equal({ active: false, text: whole.slice(7) });
      expect(news(Buffer.byteLength(whole))).to.deep.equal({ active: false, text: '' });
    });

    it('while it is at work, by waiting for news', async () => {
      start([command('one', `sleep 1; echo late; ${untilLetGo()}`)]);
      await until('the job runs', () => machine.read(UNIT, 'log')?.startsWith('== one\n') === true);
      expect(news(7)).to.deep.equal({ active: true, text: 'late\n' });
      await letGo();
    });

    it('where it never was: at rest, with nothing to say', () => {
      expect(news(0)).to.deep.equal({ active: false, text: '' });
    });
  });
});

describe('what a node says of its jobs', () => {
  it('is read as it was written', () => {
    expect(parseState('starting')).to.deep.equal({ kind: 'starting' });
    expect(parseState('done')).to.deep.equal({ kind: 'done' });
    expect(parseState('running 3 kubeadm upgrade')).to.deep.equal({ kind: 'running', command: 'kubeadm upgrade' });
    expect(parseState('failed 124 3 kubeadm upgrade')).to.deep.equal({
      ...{ kind: 'failed', exitCode: 124, at: 3, command: 'kubeadm upgrade' },
    });
  });

  it('law: nothing but the one word is done', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'done failr8 \n'.split('')) }), (text) => {
        expect(parseState(text).kind === 'done').to.equal(text === 'done');
      }),
    );
  });

  it('law: half an answer is none', () => {
    const whole = `unit ${UNIT} active\njob ${UNIT}\nstate running 1 one\nrun r\nlooked\n`;
    expect(parseJobStatus(whole).known).to.equal(true);
    fc.assert(
      fc.property(fc.nat(whole.length - 2), (length) => {
        expect(parseJobStatus(whole.slice(0, length)).known).to.equal(false);
      }),
    );
    const news = 'ActiveState=active\nlog aGFsbG8K\nfollowed\n';
    expect(parseLogUpdate(news).known).to.equal(true);
    for (let length = 0; length < news.length; length++)
      expect(parseLogUpdate(news.slice(0, length)).known).to.equal(false);
  });

  it('is read after whatever a .bashrc prints, and only in full', () => {
    const news = 'ActiveState=active\nlog aGFsbG8K\nfollowed\n';
    for (const printed of ['Welcome\n', 'Welcome\n\n', '\u001b]0;cp1\u0007', 'log in\nfollowed\n', news]) {
      expect(parseLogUpdate(printed + news)).to.deep.equal(parseLogUpdate(news));
      for (let length = printed.length + 1; length < printed.length + news.length; length++)
        expect(parseLogUpdate((printed + news).slice(0, length)).known).to.equal(false);
    }
  });
});
