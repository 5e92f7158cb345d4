import { expect } from 'chai';
import { plain } from '../../src/cli/paint.ts';
import { doctor, ILL } from '../../src/cli/doctor.ts';
import { isIll, type Line } from '../../src/cli/doctor/ailment.ts';
import { look, type DoctorWorld } from '../../src/cli/doctor/look.ts';
import { show } from '../../src/cli/doctor/show.ts';
import { readSettings } from '../../src/cluster/read.ts';
import type { StepContract } from '../../src/contract/step-contract.ts';
import { STEPS } from '../../src/steps/catalog.ts';
import { permissionsOf } from '../../src/synth/access.ts';
import { withRelease } from '../../src/synth/settings.ts';
import { formatPermission } from '../../src/upgrade/permission.ts';
import { known, notKnown } from '../../src/upgrade/reading.ts';
import { SERIES } from '../../src/upgrade/series.ts';
import { FakeCheckup, FakeSeries } from '../support/fakes/checkup.ts';
import { FakeCluster } from '../support/fakes/cluster.ts';
import { FakeRemote } from '../support/fakes/remote.ts';
import { expectGolden } from '../support/golden.ts';

const settingsWith = (yaml: string) => {
  const { settings, problems } = readSettings(`images: { repository: localhost/none }\n${yaml}`, 'f');
  return withRelease({ name: 'prod', ...(settings ?? expect.fail(JSON.stringify(problems))) }, 'none');
};
const SETTINGS = settingsWith('notify: { slack: true }\n');

/** The CronJob that backs up etcd has a ServiceAccount that may do nothing. */
const asksKubernetes = ({ backup }: StepContract): boolean => backup !== true;

describe('npm run doctor', () => {
  const build = () => ({
    ...{ cluster: new FakeCluster(), checkup: new FakeCheckup(), series: new FakeSeries(), remote: new FakeRemote() },
  });
  let fakes = build();
  beforeEach(() => {
    fakes = build();
    fakes.cluster.addNode('cp1', { controlPlane: true });
    fakes.cluster.addNode('w1');
    fakes.checkup.secrets.set(
      'k8s-upgrade-creds',
      new Map([
        ['ssh_key', 'KEY'],
        ['slack_webhook', 'https://hooks.example.com/services/T0/B0/x'],
      ]),
    );
    fakes.checkup.cronJobs.set('default/backup-etcd', { suspended: false });
    fakes.remote.whenScript('id -u', { stdout: '0\n' });
    for (const name of SERIES.keys()) fakes.series.names.add(name);
  });
  const world = (about: Partial<DoctorWorld> = {}): DoctorWorld => ({
    ...{ cluster: fakes.cluster, checkup: fakes.checkup, prometheus: fakes.series, log: () => undefined },
    remote: (secret) => (secret?.has('ssh_key') === true ? fakes.remote : undefined),
    pushgateway: () => Promise.resolve(known({ version: '1.11.1' })),
    ...about,
  });
  const examine = (about: Partial<DoctorWorld> = {}): Promise<readonly Line[]> => look(world(about), SETTINGS);
  const ill = (lines: readonly Line[]) => lines.filter(isIll).map(({ check, found }) => `${check}: ${found}`);
  const golden = (name: string, lines: readonly Line[]): void => {
    expectGolden(new URL(`golden/doctor-${name}.txt`, import.meta.url), show(lines, plain));
  };

  it('finds a cluster well in which everything is in place, and changes nothing', async () => {
    const lines = await examine();
    expect(ill(lines)).to.deep.equal([]);
    golden('well', lines);
    expect(fakes.cluster.writes).to.deep.equal([]);
  });

  it('names everything that is missing at once, and what to do', async () => {
    fakes.checkup.resources = ['workflows'];
    fakes.checkup.controllers = [
      { namespace: 'argo', image: 'workflow-controller:v3.7.18', restrictedExecutor: known(false) },
    ];
    fakes.checkup.denied.add('k8s-upgrade-drain patch nodes everywhere');
    fakes.checkup.denied.add('k8s-upgrade-snapshot get pods/log in default');
    fakes.checkup.secrets.set('k8s-upgrade-creds', new Map([['ssh_key', 'KEY']]));
    fakes.checkup.cronJobs.clear();
    fakes.remote.when((_, { node }) => node === 'w1', { stdout: '1000\n' });
    fakes.remote.when((_, { node }) => node === 'cp1', 'unreachable');
    fakes.cluster.alterNode('w1', { taints: [{ key: 'gpu', value: '', effect: 'NoSchedule' }] });
    fakes.series.names.delete('kube_node_info');
    fakes.series.names.delete('k8s_upgrade_held');
    const lines = await examine({ pushgateway: () => Promise.resolve(notKnown('could not ask for 0 s')) });
    expect(lines.filter(isIll)).to.have.length(12);
    golden('ill', lines);
    for (const { check, remedy } of lines.filter(isIll)) expect(remedy, check).to.match(/\.$|…/);
  });

  it('tells what it did not look at from what is missing', async () => {
    fakes.checkup.secrets.set('k8s-upgrade-creds', new Map());
    const lines = await examine({ prometheus: 'not-reached', pushgateway: undefined });
    expect(ill(lines)).to.deep.equal(['Secret k8s-upgrade/k8s-upgrade-creds: no ssh_key, slack_webhook']);
    expect(lines.filter(({ health }) => health === 'not-looked-at').map(({ check }) => check)).to.deep.equal([
      ...['SSH', 'Prometheus', 'Pushgateway'],
    ]);
  });

  it('does not take silence for a yes', async () => {
    fakes.checkup.trouble = 'may not create subjectaccessreviews: HTTP 403: forbidden';
    const lines = await examine();
    expect(ill(lines)).to.have.length(STEPS.filter(asksKubernetes).length);
    expect(ill(lines)[0]).to.equal(
      'ServiceAccount k8s-upgrade-admit: no answer: may not create subjectaccessreviews: HTTP 403: forbidden',
    );
  });

  it('asks about every verb of every step, and about what the executor beside each needs', () => {
    const lines = STEPS.flatMap((step) => permissionsOf(step, SETTINGS)).map(
      (permission) => `${permission.serviceAccount} ${formatPermission(permission)}`,
    );
    for (const step of STEPS.filter(asksKubernetes)) {
      expect(lines).to.include(`k8s-upgrade-${step.name} create workflowtaskresults.argoproj.io in k8s-upgrade`);
      for (const { resources, verbs } of step.access)
        for (const resource of resources)
          for (const verb of verbs)
            expect(lines.join('\n'), step.name).to.include(`k8s-upgrade-${step.name} ${verb} ${resource}`);
    }
    expect(lines).to.include('k8s-upgrade-gate get /metrics');
    expect(lines).to.include('k8s-upgrade-begin get leases.coordination.k8s.io k8s-upgrade in k8s-upgrade');
  });

  it('asks by the names that the settings give', () => {
    const asked = (yaml: string): string =>
      STEPS.flatMap((step) => permissionsOf(step, settingsWith(yaml)))
        .map((permission) => `${permission.serviceAccount} ${formatPermission(permission)}`)
        .join('\n');
    const yaml = 'kured: { daemonSet: reboots/rebooter }\nsecrets: { name: keys }\n';
    expect(asked(yaml)).to.include('k8s-upgrade-begin patch daemonsets.apps rebooter in reboots');
    expect(asked(yaml)).to.include('k8s-upgrade-switch-ssh-key patch secrets keys in k8s-upgrade');
    expect(asked('kured: { mode: off }\n')).to.not.include('patch daemonsets');
    expect(asked(yaml)).to.not.include('keep-snapshot');
  });

  it('asks nothing about a namespace that the cluster has not', () => {
    const snapshot = STEPS.find(({ name }) => name === 'snapshot') as StepContract;
    const namespaces = (yaml: string) =>
      permissionsOf(snapshot, settingsWith(yaml)).flatMap(({ what }) => ('path' in what ? [] : (what.namespace ?? [])));
    expect(namespaces('')).to.include('default');
    expect(namespaces('snapshot: { mode: none }\n')).to.not.include('default');
  });

  const run = async (...args: string[]) => {
    const said = { out: '', err: '' };
    const streams = {
      out: (text: string) => void (said.out += text),
      err: (text: string) => void (said.err += text),
    };
    return { code: await doctor(args, {}, streams, new AbortController().signal), ...said };
  };

  it('documents its exit codes, and refuses what it does not know', async () => {
    expect((await run('--help')).out).to.include(`${ILL} something is missing, or cannot be seen`);
    expect((await run()).code).to.equal(2);
    expect(await run('--cluster', 'example', '--x')).to.include({ code: 2, out: '' });
  });
});
