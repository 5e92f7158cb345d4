import { expect } from 'chai';
import { kubeadm } from '../../../src/steps/adapters/kubeadm.ts';
import { TO } from '../../support/builders.ts';
import { FakeRemote } from '../../support/fakes/remote.ts';

const host = { node: 'cp1', uid: 'uid-of-cp1', address: '10.0.0.1' };

describe('kubeadm on a node', () => {
  // 2026-06-24: plan without an explicit target never proposes the next minor.
  it('is asked for a plan with the target said, and with the checks that apply will ignore as well', async () => {
    const remote = new FakeRemote().whenScript('upgrade plan', { stdout: 'the plan\n' });
    const ignore = ['CoreDNSMigration', 'CoreDNSUnsupportedPlugins'];
    expect(await kubeadm(remote).plan(host, TO, ignore)).to.deep.equal({ known: true, value: 'the plan\n' });
    expect(remote.ran.map(({ command }) => command.script.split('\n').at(-1))).to.deep.equal([
      'kubeadm upgrade plan v1.34.10 --ignore-preflight-errors=CoreDNSMigration,CoreDNSUnsupportedPlugins',
    ]);
  });

  it('ignores nothing when nothing is to be ignored', async () => {
    const remote = new FakeRemote().whenScript('upgrade plan', {});
    await kubeadm(remote).plan(host, TO, []);
    expect(remote.ran[0]?.command.script).to.match(/\nkubeadm upgrade plan v1\.34\.10$/);
  });

  it('is asked what it would change', async () => {
    const remote = new FakeRemote().whenScript('upgrade diff', { stdout: '--- a' });
    expect(await kubeadm(remote).diff(host, TO)).to.deep.equal({ known: true, value: '--- a' });
    expect(remote.ran[0]?.command.script).to.match(/\nkubeadm upgrade diff v1\.34\.10$/);
  });

  it('leaves it unknown when it fails, in its own last words', async () => {
    const remote = new FakeRemote().whenScript('upgrade plan', {
      exitCode: 1,
      stdout: 'x',
      stderr: 'error: [upgrade/health] FATAL\nsee kubeadm(1)\n',
    });
    expect(await kubeadm(remote).plan(host, TO, [])).to.deep.equal({
      known: false,
      reason:
        '"kubeadm upgrade plan v1.34.10" ended with exit code 1 on cp1: error: [upgrade/health] FATAL see kubeadm(1)',
    });
  });

  it('leaves it unknown when nobody lets us in, and says whom', async () => {
    const reading = await kubeadm(new FakeRemote().whenScript('', 'unreachable')).diff(host, TO);
    expect(reading).to.deep.equal({
      known: false,
      reason: 'cannot log in to cp1 (10.0.0.1) on port 22: connect ECONNREFUSED 10.0.0.1:22',
    });
  });
});
