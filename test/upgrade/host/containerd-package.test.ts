import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { containerdPackage, containerdWanted } from '../../../src/upgrade/host/containerd-package.ts';
import { aControlPlane, aNode } from '../../support/builders.ts';

describe('the containerd of a control-plane node', () => {
  const TABLE: readonly [string, string, string | undefined, string | undefined][] = [
    ['goes to the version of the settings', 'containerd://1.7.9', '1.7.28', '1.7.28'],
    ['compares numbers, not text', 'containerd://1.7.9', '1.7.10', '1.7.10'],
    ['stays where it is as new', 'containerd://2.2.1', '2.2.1', undefined],
    ['never goes back', 'containerd://2.2.1', '2.2.0', undefined],
    ['does not cross a major', 'containerd://1.7.28', '2.2.1', undefined],
    ['reads what Debian makes of it', 'containerd://1.6.20~ds1', '1.6.36', '1.6.36'],
    ['stays when its own version cannot be read', 'containerd://main', '2.2.1', undefined],
    ['stays without a setting', 'containerd://1.7.24', undefined, undefined],
    ['is none of another runtime', 'cri-o://1.34.1', '2.2.1', undefined],
  ];
  for (const [what, own, wanted, expected] of TABLE)
    it(what, () => {
      expect(containerdWanted(aControlPlane('cp1', { runtime: own }), wanted)).to.equal(expected);
    });

  it('is the business of control-plane nodes only', () => {
    expect(containerdWanted(aNode('w1', { runtime: 'containerd://1.7.1' }), '1.7.2')).to.equal(undefined);
  });
});

describe('the command that brings it up', () => {
  const MADISON = ['5:1.7.280-1~u', '1.7.28-2', '1.7.28-1', '1.7.2-1']
    .map((version) => `echo ' containerd.io | ${version} | http://x y Packages'`)
    .join('; ');
  /** What it does where apt, dpkg and systemd are the test's. */
  const run = (stubs: string): { exitCode: number | null; did: string[] } => {
    const { script } = containerdPackage({ package: 'containerd.io', version: '1.7.28' }, 900);
    const here = script.replaceAll(/(apt)-(get|mark|cache)|(dpkg)-(query)/g, (name) => name.replace('-', '_'));
    const usual = [
      `dpkg_query() { printf 'ii '; }`,
      'apt_get() { case "$*" in *update*) return 0 ;; *) for word in "$@"; do :; done; echo "install $word" ;; esac; }',
      'apt_mark() { echo "apt-mark $*"; }',
      `apt_cache() { ${MADISON}; }`,
      'systemctl() { echo "systemctl $*"; }',
    ].join('\n');
    const { status, stdout } = spawnSync('sh', ['-c', `${usual}\n${stubs}\n${here}`], { encoding: 'utf8' });
    return { exitCode: status, did: stdout.trim().split('\n') };
  };
  const STAYS = 'WARNING: containerd stays as it is, older than nodes.containerdVersion 1.7.28:';

  it('installs just that version, and none that begins alike', () => {
    expect(run('')).to.deep.equal({
      exitCode: 0,
      did: ['install containerd.io=1.7.28-2', 'systemctl restart containerd'],
    });
  });

  it('goes on with a warning where dpkg knows no such package', () => {
    expect(run('dpkg_query() { return 1; }')).to.deep.equal({
      exitCode: 0,
      did: [`${STAYS} dpkg has no package containerd.io installed; nodes.containerdPackage names it.`],
    });
  });

  it('goes on with a warning where apt offers no such version', () => {
    expect(run("apt_cache() { echo ' containerd.io | 1.7.280-1 | x'; }")).to.deep.equal({
      exitCode: 0,
      did: [`${STAYS} apt offers no such containerd.io.`],
    });
  });

  it('goes on with a warning when it is not installed and the old one works', () => {
    expect(run('apt_get() { case "$*" in *install*) return 100 ;; esac; }')).to.deep.equal({
      exitCode: 0,
      did: ['systemctl is-active --quiet containerd', `${STAYS} its installation failed, see above.`],
    });
  });

  it('fails when the old one does not work any more either', () => {
    const failing = 'apt_get() { case "$*" in *install*) return 100 ;; esac; }';
    expect(run(`${failing}\nsystemctl() { return 3; }`).exitCode).to.equal(1);
  });
});
