import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { DISK_SCRIPT, diskProblems, parseFreeDisk } from '../../../src/upgrade/node/disk-headroom.ts';
import { known, notKnown } from '../../../src/upgrade/reading.ts';

const MINIMUM = { rootMiB: 512, varLibMiB: 2048 };
const PRINTED = [
  'free / 262144 4096',
  'free /var/lib 1048576 4096',
  'absent /var/lib/containerd',
  'free /var/lib/etcd 524287 4096',
  'absent /var/lib/kubelet',
].join('\n');

describe('disk head-room', () => {
  it('reads what the script prints, in MiB, and passes over what else stands there', () => {
    expect(parseFreeDisk(`Welcome!\n${PRINTED}\n`, 'w1')).to.deep.equal(
      known([
        { path: '/', freeMiB: 1024 },
        { path: '/var/lib', freeMiB: 4096 },
        { path: '/var/lib/etcd', freeMiB: 2047 },
      ]),
    );
  });

  it('is too little below the minimum of the place, and says where', () => {
    expect(diskProblems('w1', parseFreeDisk(PRINTED, 'w1'), MINIMUM)).to.deep.equal([
      'w1 has 2047 MiB free on /var/lib/etcd, expected at least 2048 MiB. Make room there.',
    ]);
    const free = known([
      { path: '/', freeMiB: 511 },
      { path: '/var/lib', freeMiB: 2048 },
    ]);
    expect(diskProblems('w1', free, MINIMUM)).to.deep.equal([
      'w1 has 511 MiB free on /, expected at least 512 MiB. Make room there.',
    ]);
  });

  const UNTELLABLE: readonly [string, string][] = [
    ['nothing', ''],
    ['an error of stat', PRINTED.replace('262144 4096', "stat: cannot read file system information for '/': EIO")],
    ['no / at all', PRINTED.replace(/^.*\n/, '')],
    ['a / that is absent', PRINTED.replace('free / 262144 4096', 'absent /')],
    ['a negative number', PRINTED.replace('262144', '-5')],
    ['a third number', PRINTED.replace('free / 262144', 'free / 1 262144')],
  ];
  for (const [what, printed] of UNTELLABLE)
    it(`is not known from ${what}, which is too little`, () => {
      expect(parseFreeDisk(printed, 'w1')).to.deep.equal(notKnown('how much is free on / of w1 cannot be told'));
      expect(diskProblems('w1', parseFreeDisk(printed, 'w1'), MINIMUM)).to.deep.equal([
        'Not known whether w1 has room for an upgrade: how much is free on / of w1 cannot be told.',
      ]);
    });

  it('is told by the script on a real machine', () => {
    const { stdout, stderr, status } = spawnSync('sh', ['-c', DISK_SCRIPT], { encoding: 'utf8' });
    expect([status, stderr]).to.deep.equal([0, '']);
    const free = parseFreeDisk(stdout, 'here');
    if (!free.known) throw new Error(free.reason);
    expect(free.value.map(({ path }) => path)).to.include.members(['/', '/var/lib']);
  });

  it('law: what is cut short or garbled is never enough', () => {
    const line = fc.constantFrom(...PRINTED.split('\n'), 'free / x 4096', 'free', '', 'free /var/lib', 'absent /');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const printed = lines.join('\n');
        const first = (path: string) => lines.find((each) => each.split(' ')[1] === path);
        const told = ['/', '/var/lib'].every((path) => /^free \S+ \d+ \d+$/.test(first(path) ?? ''));
        const etcd =
          first('/var/lib/etcd') !== undefined &&
          first('/var/lib/containerd') !== undefined &&
          first('/var/lib/kubelet') !== undefined;
        const { length } = diskProblems('w1', parseFreeDisk(printed, 'w1'), { rootMiB: 0, varLibMiB: 0 });
        expect(length).to.equal(told && etcd ? 0 : 1);
      }),
    );
  });
});
