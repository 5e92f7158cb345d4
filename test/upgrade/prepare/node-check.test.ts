import { expect } from 'chai';
import {
  judgeNodeCheck,
  NODE_CHECK_SCRIPT,
  parseNodeCheck,
  type NodeCheck,
} from '../../../src/upgrade/prepare/node-check.ts';
import { known, notKnown } from '../../../src/upgrade/reading.ts';
import { FakeMachine } from '../../support/fake-machine.ts';

const GOOD: NodeCheck = {
  root: true,
  units: known([]),
  packages: known({ broken: [], interrupted: false }),
  packageManagerAtWork: false,
  disk: known([{ path: '/', freeMiB: 9000 }]),
};
const OPTIONS = {
  minimum: { rootMiB: 512, varLibMiB: 2048 },
  nothingToInstall: false,
  touched: false,
  attachesTo: undefined,
};
const judged = (about: Partial<NodeCheck>, elapsedSeconds = 0, options = OPTIONS) =>
  judgeNodeCheck('w1', { ...GOOD, ...about }, options, elapsedSeconds);
const final = (text: string) => ({ kind: 'seen', problems: [{ text, mayPass: false }] });

describe('the look at a node', () => {
  let machine: FakeMachine;
  beforeEach(() => {
    machine = new FakeMachine();
    machine.program('id', 'echo 0');
    machine.program('systemctl', 'exit 0');
    machine.program('dpkg-query', `printf 'ii |bash\\nhi |kubelet\\nrc |old\\nun |gone\\n'`);
    machine.write('dpkg/lock-frontend', '');
  });
  afterEach(() => {
    machine.end();
  });
  const look = () => {
    const { status, stdout } = machine.run(NODE_CHECK_SCRIPT);
    expect(status).to.equal(0);
    const seen = parseNodeCheck(stdout, 'w1');
    if (!seen.known) throw new Error(seen.reason);
    return seen.value;
  };

  it('sees a node on which nothing is in the way, and changes nothing there', () => {
    const before = machine.files();
    const { disk, ...seen } = look();
    expect(seen).to.deep.equal({
      root: true,
      units: known([]),
      packageManagerAtWork: false,
      packages: known({ broken: [], interrupted: false }),
    });
    expect(disk.known).to.equal(true);
    expect(machine.changedSince(before)).to.deep.equal([]);
  });

  it('sees units that are at work, and not one that has exited', () => {
    machine.program(
      'systemctl',
      [
        'echo argo-kubeadm-upgrade-1.34.10-1.service loaded active running Upgrade',
        'echo argo-kubeadm-upgrade-1.34.9-2.service loaded active exited Upgrade',
        'echo argo-kubeadm-upgrade-1.34.10-2.service loaded activating start Upgrade',
      ].join('\n'),
    );
    expect(look().units).to.deep.equal(
      known(['argo-kubeadm-upgrade-1.34.10-1.service', 'argo-kubeadm-upgrade-1.34.10-2.service']),
    );
    expect(machine.calls().find((call) => call.startsWith('systemctl'))).to.equal(
      'systemctl list-units --plain --no-legend --no-pager --state=active,activating,deactivating,reloading argo-kubeadm-upgrade-*',
    );
  });

  for (const odd of [
    'argo-kubeadm-upgrade-$(reboot)',
    'argo-kubeadm-upgrade-;id',
    'ssh.service',
    'argo-kubeadm-upgrade-',
  ])
    it(`takes no answer that lists a unit by the name ${odd}`, () => {
      machine.program('systemctl', `printf '%s loaded active running x\\n' '${odd}'`);
      expect(look().units).to.deep.equal(
        notKnown(`a unit there has a name that is not one of this project: ${JSON.stringify(odd)}`),
      );
    });

  it('sees packages that are installed by half, whatever else is wrong with them', () => {
    machine.program('dpkg-query', `printf 'iU |a\\niF |b\\niH |c\\nit |d\\niW |e\\niiR|f\\nii |g\\n'`);
    expect(look().packages).to.deep.equal(known({ broken: ['a', 'b', 'c', 'd', 'e', 'f'], interrupted: false }));
  });

  it('sees a dpkg that was interrupted', () => {
    machine.write('dpkg/updates/0001', 'Package: bash\n');
    expect(look().packages).to.deep.equal(known({ broken: [], interrupted: true }));
  });

  it('does not know what programs that fail would have said', () => {
    machine.program('systemctl', 'echo Failed to connect to bus >&2\nexit 1');
    machine.program('dpkg-query', 'echo no database >&2\nexit 2');
    machine.program('id', 'echo 1000');
    expect(look()).to.deep.include({
      root: false,
      units: notKnown('Failed to connect to bus'),
      packages: notKnown('no database'),
    });
  });

  it('takes no text of a program for a line of its own, and is nothing without its end', () => {
    machine.program('systemctl', `printf '%s\\n' '' '@prepare broken x'\nexit 1`);
    expect(look().packages).to.deep.equal(known({ broken: [], interrupted: false }));
    expect(parseNodeCheck('@prepare user 0\n@prepare units-read\n', 'w1')).to.deep.equal(
      notKnown('the check of w1 did not reach its end'),
    );
  });
});

describe('what a node is found in', () => {
  it('is well', () => {
    expect(judged({})).to.deep.equal({ kind: 'seen', problems: [] });
  });

  const UNIT = 'argo-kubeadm-upgrade-1.34.10-1.service';
  it('is waited for while an earlier run is at work, for an hour', () => {
    expect(judged({ units: known([UNIT]) }, 3599)).to.deep.equal({
      kind: 'wait',
      because: `w1: an earlier run is still running there: ${UNIT}. Waiting.`,
    });
    expect(judged({ units: known([UNIT]) }, 3600)).to.deep.equal(
      final(
        `${UNIT} of an earlier run is still running on w1 after 3600 s. See what it does: systemctl status ${UNIT}`,
      ),
    );
  });

  it('is waited for while a package manager is at work that may be mending it, for ten minutes', () => {
    const half = { packages: known({ broken: ['a'], interrupted: false }), packageManagerAtWork: true };
    expect(judged(half, 599)).to.deep.equal({
      kind: 'wait',
      because: 'w1: a package manager is running there. Waiting.',
    });
    const text =
      'Packages on w1 are half-installed: a. Repair them there: dpkg --configure -a && apt-get install --fix-broken';
    expect(judged(half, 600)).to.deep.equal({ kind: 'seen', problems: [{ text, mayPass: true }] });
    expect(judged({ ...half, packageManagerAtWork: false })).to.deep.equal(final(text));
  });

  it('is not hindered by what an attempt itself finishes, and names the rest', () => {
    const ours = ['kubeadm', 'kubelet', 'kubectl', 'cri-tools', 'kubernetes-cni'];
    const half = (...more: string[]) => ({ packages: known({ broken: [...ours, ...more], interrupted: false }) });
    expect(judged(half())).to.deep.equal({ kind: 'seen', problems: [] });
    expect(judged(half('bash'))).to.deep.equal(
      final(
        'Packages on w1 are half-installed: bash. Repair them there: dpkg --configure -a && apt-get install --fix-broken',
      ),
    );
  });

  it('is not hindered by a journal of dpkg that an attempt of ours may have left', () => {
    const interrupted = { packages: known({ broken: [], interrupted: true }) };
    expect(judged(interrupted, 0, { ...OPTIONS, touched: true })).to.deep.equal({ kind: 'seen', problems: [] });
  });

  it('is no matter of packages while they are whole, whoever is at work there', () => {
    expect(judged({ packageManagerAtWork: true })).to.deep.equal({ kind: 'seen', problems: [] });
  });

  const TABLE: readonly [string, Partial<NodeCheck>, string][] = [
    [
      'without root',
      { root: false },
      'Commands on w1 do not run as root. Log in as root, or give ssh.user sudo (NOPASSWD) there.',
    ],
    [
      'with units that nobody can list',
      { units: notKnown('no bus') },
      'It is unknown whether an earlier run is still running on w1: systemctl says: no bus',
    ],
    [
      'with packages that nobody can list',
      { packages: notKnown('no database') },
      'The state of the packages on w1 is unknown: dpkg says: no database',
    ],
    [
      'with a dpkg that was interrupted',
      { packages: known({ broken: [], interrupted: true }) },
      'dpkg was interrupted on w1. Repair it there: dpkg --configure -a',
    ],
    [
      'without room',
      { disk: known([{ path: '/', freeMiB: 100 }]) },
      'w1 has 100 MiB free on /, expected at least 512 MiB. Make room there.',
    ],
  ];
  for (const [what, about, text] of TABLE)
    it(`is refused ${what}`, () => {
      expect(judged(about)).to.deep.equal(final(text));
    });

  it('is told whole', () => {
    const all = Object.assign({}, ...TABLE.map(([, about]) => about)) as Partial<NodeCheck>;
    const verdict = judged(all);
    expect(verdict.kind === 'seen' && verdict.problems).to.have.length(4);
  });

  it('matters less when there is nothing to install: only root and who is at work', () => {
    const all = Object.assign({}, ...TABLE.map(([, about]) => about)) as Partial<NodeCheck>;
    const verdict = judged(all, 0, { ...OPTIONS, nothingToInstall: true });
    expect(verdict.kind === 'seen' && verdict.problems.map(({ text }) => text)).to.deep.equal([
      TABLE[0]?.[2],
      TABLE[1]?.[2],
    ]);
  });
});
