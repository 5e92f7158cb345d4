import { expect } from 'chai';
import { inputsOf } from '../../../src/cli/settings.ts';
import { readSettings } from '../../../src/cluster/read.ts';
import type { StepContract } from '../../../src/contract/step-contract.ts';
import { logins } from '../../../src/steps/adapters/logins.ts';
import { STEPS } from '../../../src/steps/catalog.ts';
import { doctor } from '../../../src/steps/doctor/contract.ts';
import { isFailed } from '../../../src/steps/doctor/checkup-line.ts';
import { decide, objection, type Checkup } from '../../../src/steps/doctor/decide.ts';
import { judgeSecret } from '../../../src/steps/doctor/judge.ts';
import { observe, type DoctorClients } from '../../../src/steps/doctor/observe.ts';
import { refused, tryAgain } from '../../../src/steps/runtime/step-error.ts';
import type { CaBundleStatus } from '../../../src/steps/ports/checkup.ts';
import { permissionsOf } from '../../../src/synth/permissions.ts';
import { withRelease } from '../../../src/synth/settings.ts';
import { formatPermission } from '../../../src/run/permission.ts';
import { known, notKnown } from '../../../src/upgrade/reading.ts';
import { SERIES } from '../../../src/signals/series.ts';
import { FakeCheckup, FakeGateway, FakeSeries } from '../../support/fakes/checkup.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeKured } from '../../support/fakes/kured.ts';
import { FakeRestoreHook, HOOK_CONFIG_MAP, scriptOf } from '../../support/fakes/restore-hook.ts';
import { FakeRemote } from '../../support/fakes/remote.ts';
import { failureOf } from '../../support/failure.ts';
import { expectGolden } from '../../support/golden.ts';

const settingsWith = (yaml: string) => {
  const { settings, problems } = readSettings(`images: { repository: localhost/none }\n${yaml}`, 'f');
  return withRelease({ name: 'prod', ...(settings ?? expect.fail(JSON.stringify(problems))) }, 'none');
};
const SETTINGS = settingsWith('notify: { slack: true }\n');

/** The CronJob that backs up etcd has a ServiceAccount that may do nothing. */
const asksKubernetes = ({ backup }: StepContract): boolean => backup !== true;

const reads = {
  assertRunState: (): Promise<void> => Promise.resolve(),
  apiServerAddresses: (): Promise<readonly string[]> => Promise.resolve(['10.0.0.1']),
};

describe('doctor', () => {
  const build = () => ({
    ...{ cluster: new FakeCluster(), checkup: new FakeCheckup(), series: new FakeSeries(), remote: new FakeRemote() },
    ...{ clock: new FakeClock(), gateway: new FakeGateway(), kured: new FakeKured(), hook: new FakeRestoreHook() },
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
  const world = (about: Partial<DoctorClients> = {}): DoctorClients => ({
    ...{ cluster: fakes.cluster, checkup: fakes.checkup, prometheus: fakes.series, log: () => undefined },
    logins: (secret) => (secret?.has('ssh_key') === true ? logins(fakes.remote, fakes.clock) : undefined),
    ...{ pushgateway: fakes.gateway, caBundle: () => undefined, kured: fakes.kured, restoreHook: fakes.hook },
    ...about,
  });
  const examine = async (about: Partial<DoctorClients> = {}, settings = SETTINGS): Promise<Checkup> => {
    const inputs = inputsOf(doctor, settings, {});
    return decide(await observe(world(about), inputs), inputs);
  };
  const ill = ({ lines }: Checkup) => lines.filter(isFailed).map(({ check, found }) => `${check}: ${found}`);
  const golden = (name: string, text: string): void => {
    expectGolden(new URL(`golden/${name}.txt`, import.meta.url), `${text}\n`);
  };

  describe('the CA bundle', () => {
    const settings = {
      ...SETTINGS,
      certificateAuthorities: { kind: 'ConfigMap', name: 'corporate-ca', key: 'ca.crt' },
    } as const;
    const CHECK = 'CA bundle (ConfigMap k8s-upgrade/corporate-ca, key ca.crt)';
    const about = async (found: CaBundleStatus): Promise<unknown> =>
      (await examine({ caBundle: () => found }, settings)).lines.find(({ check }) => check === CHECK);

    it('is looked at only where the settings name one', async () => {
      expect(
        (await examine({ caBundle: () => ({ count: 1, ended: [] }) })).lines.map(({ check }) => check),
      ).to.not.include(CHECK);
    });

    it('is well, also while one of its certificates has expired', async () => {
      expect(await about({ count: 1, ended: [] })).to.deep.include({ health: 'well', found: '1 certificate' });
      expect(await about({ count: 3, ended: ['CN=old'] })).to.deep.include({
        ...{ health: 'well', found: '1 of 3 certificates expired: CN=old' },
      });
    });

    it('is missing when it cannot be used, or when all of it has expired', async () => {
      expect(await about({ problem: 'the CA bundle cannot be used: it is empty' })).to.deep.equal({
        ...{ health: 'missing', check: CHECK, found: 'the CA bundle cannot be used: it is empty' },
        remedy: 'Put certificates in PEM there: no step asks over HTTPS without them.',
      });
      expect(await about({ count: 4, ended: ['CN=a', 'CN=b', 'CN=c', 'CN=d'] })).to.deep.equal({
        ...{ health: 'missing', check: CHECK, found: '4 of 4 certificates expired: CN=a; CN=b; CN=c; …' },
        remedy: 'Put the present certificates of your CAs there.',
      });
    });

    it('is seen by a pod only', async () => {
      expect(await about(undefined)).to.deep.equal({
        ...{ health: 'not-looked-at', check: CHECK, found: 'only a pod has it' },
        remedy:
          'Run the WorkflowTemplate k8s-upgrade-doctor. On this machine, NODE_EXTRA_CA_CERTS names a file with such certificates.',
      });
    });
  });

  describe('the login of a server', () => {
    const settings = settingsWith(
      "metrics: { pushgatewayUrl: 'http://p', pushgatewayLogin: bearer }\nmonitoring: { prometheusUrl: 'http://p', prometheusLogin: basic }\n",
    );
    const about = async (keys: Readonly<Record<string, string>>, these = settings): Promise<unknown[]> => {
      fakes.checkup.secrets.set('k8s-upgrade-creds', new Map([['ssh_key', 'KEY'], ...Object.entries(keys)]));
      return (await examine({}, these)).lines.filter(({ check }) => check.startsWith('login of '));
    };

    it('is looked at only where the settings name one', async () => {
      expect(await about({ prometheus_login: 'x' }, SETTINGS)).to.deep.equal([]);
    });

    it('is well in its form, and no part of it is said', async () => {
      expect(await about({ prometheus_login: 'bot:hunter2\n', pushgateway_login: 'hunter2' })).to.deep.equal([
        { health: 'well', check: 'login of prometheus (basic)', found: 'prometheus_login', remedy: '' },
        { health: 'well', check: 'login of pushgateway (bearer)', found: 'pushgateway_login', remedy: '' },
      ]);
    });

    it('is missing where its key is absent, or has another form', async () => {
      expect(await about({ pushgateway_login: 'Bearer hunter2' })).to.deep.equal([
        {
          ...{ health: 'missing', check: 'login of prometheus (basic)', found: 'no prometheus_login in the Secret' },
          remedy: 'Put it into the Secret k8s-upgrade-creds, or set monitoring.prometheusLogin: none.',
        },
        {
          ...{ health: 'missing', check: 'login of pushgateway (bearer)' },
          found: 'pushgateway_login is no bearer token, expected the token alone, without the word Bearer',
          remedy: 'Correct the key pushgateway_login of the Secret k8s-upgrade-creds.',
        },
      ]);
    });
  });

  it('finds a cluster well in which everything is in place, and changes nothing', async () => {
    const checkup = await examine();
    expect(ill(checkup)).to.deep.equal([]);
    expect([checkup.health, objection(checkup)]).to.deep.equal(['well', undefined]);
    golden('well', checkup.doctorMessage);
    expect(fakes.cluster.writes).to.deep.equal([]);
  });

  describe('the restore hook', () => {
    const withHook = (sha256: string) =>
      settingsWith(`controlPlane: { restoreHook: { configMap: ${HOOK_CONFIG_MAP}, sha256: '${sha256}' } }\n`);
    const hookLine = ({ lines }: Checkup) => lines.find(({ check }) => check === 'restore hook');
    const { sha256 } = scriptOf('true\n');

    it('is off by default', async () => {
      expect(hookLine(await examine())).to.include({
        health: 'well',
        found: 'off: controlPlane.restoreHook is not set',
      });
    });

    it('is off where the setting is absent, also with the ConfigMap of release 0.1.0', async () => {
      fakes.hook.set('true\n');
      expect(hookLine(await examine())).to.include({
        health: 'well',
        found: `off: controlPlane.restoreHook is not set, so the script in ConfigMap ${HOOK_CONFIG_MAP} does not run. To run it, read it, then set controlPlane.restoreHook to this ConfigMap and to the SHA-256 that this prints: kubectl -n kube-system get configmap apiserver-oidc-restore -o jsonpath='{.data.restore\\.sh}' | sha256sum`,
      });
    });

    it('is well where the ConfigMap holds the script of the settings', async () => {
      fakes.hook.set('true\n');
      expect(hookLine(await examine({}, withHook(sha256)))).to.include({
        health: 'well',
        found: `on: ${HOOK_CONFIG_MAP}, SHA-256 ${sha256}, runs as root on each control-plane node`,
      });
    });

    it('is missing where it holds another', async () => {
      fakes.hook.set('true');
      expect(hookLine(await examine({}, withHook(sha256)))).to.deep.equal({
        ...{ health: 'missing', check: 'restore hook' },
        found: `ConfigMap ${HOOK_CONFIG_MAP} holds another script than controlPlane.restoreHook says: the SHA-256 of its key restore.sh is ${scriptOf('true').sha256}, expected ${sha256}`,
        remedy: `Read the script. If it is yours, set controlPlane.restoreHook.sha256 to what this prints, or leave controlPlane.restoreHook out: kubectl -n kube-system get configmap apiserver-oidc-restore -o jsonpath='{.data.restore\\.sh}' | sha256sum`,
      });
    });
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
    fakes.gateway.answer = notKnown('could not ask for 0 s');
    const checkup = await examine();
    const { lines, health, doctorMessage } = checkup;
    expect(lines.filter(isFailed)).to.have.length(12);
    expect(health).to.equal('ill');
    golden('ill', doctorMessage);
    golden('objection', objection(checkup) ?? '');
    for (const { check, remedy } of lines.filter(isFailed)) expect(remedy, check).to.match(/\.$|…/);
  });

  for (const [address, port, found] of [
    ['https://hook.example.com/x?sig=s3cr3t', 443, undefined],
    ['http://bot.chat.svc:8080/s3cr3t', 8080, undefined],
    ['http://bot.chat.svc/s3cr3t', 443, 'webhook_url has port 80, and notify.webhookPort is 443'],
    ['s3cr3t', 443, 'webhook_url is not an http or https address, or it contains a user or a password'],
    [
      'https://user:s3cr3t@hook.example.com',
      443,
      'webhook_url is not an http or https address, or it contains a user or a password',
    ],
  ] as const)
    it(`looks at the address of a webhook and says nothing of it: ${address}, for port ${port}`, () => {
      const secret = known(
        new Map([
          ['ssh_key', 'KEY'],
          ['webhook_url', address],
        ]),
      );
      const input = { namespace: 'n', secretName: 's', sshHostKeys: 'trust-on-first-use', slack: false } as const;
      const [keys, ...lines] = judgeSecret(secret, { ...input, webhook: true, webhookPort: port });
      expect(keys?.found).to.equal('ssh_key, webhook_url');
      expect(lines.map(({ health }) => health)).to.deep.equal([found === undefined ? 'well' : 'missing']);
      expect(lines[0]?.found).to.equal(found ?? `webhook_url is an address with port ${port}; nothing was sent to it`);
      expect(JSON.stringify(lines)).to.not.include('s3cr3t');
    });

  it('names Deployments that an older release left at 0, with the commands that give them back', async () => {
    fakes.checkup.left.push({ namespace: 'rook', name: 'operator', replicas: 3 });
    fakes.checkup.left.push({ namespace: 'rook', name: 'other', replicas: 'unreadable' });
    const { lines } = await examine();
    const found =
      'at 0, and its annotation argo-kubeadm-upgrade.io/quiesced-replicas says that an earlier release of this pipeline scaled it';
    expect(lines.filter(isFailed)).to.deep.equal([
      {
        ...{ health: 'missing', check: 'Deployment rook/operator', found },
        remedy:
          'The next run gives it back if controlPlane.quiesce names it. Otherwise: kubectl -n rook scale deployment operator --replicas=3. Then: kubectl -n rook annotate deployment operator argo-kubeadm-upgrade.io/quiesced-replicas-',
      },
      {
        ...{ health: 'missing', check: 'Deployment rook/other', found },
        remedy:
          'The next run gives it back if controlPlane.quiesce names it. Otherwise: kubectl -n rook scale deployment other --replicas=<number>. Then: kubectl -n rook annotate deployment other argo-kubeadm-upgrade.io/quiesced-replicas-',
      },
    ]);
  });

  it('tells that the ConfigMap is missing that keeps the marks of a run', async () => {
    fakes.cluster.runStateMissing = true;
    expect(ill(await examine())).to.deep.equal([
      'ConfigMap k8s-upgrade/k8s-upgrade-run-state: no answer: ConfigMap k8s-upgrade/k8s-upgrade-run-state does not exist',
    ]);
  });

  it('names a kured whose lock nobody asks for', async () => {
    fakes.kured.others.push('reboots/weekly');
    const { lines } = await examine();
    expect(lines.filter(isFailed)).to.deep.equal([
      {
        ...{ health: 'missing', check: 'DaemonSet reboots/weekly' },
        found: 'kured, and the settings name kube-system/kured',
        remedy:
          'Set kured.daemonSet: reboots/weekly, or kured.mode: off where it and an upgrade may take nodes at once.',
      },
    ]);
    const alone = FakeKured.none();
    alone.others.push('reboots/weekly');
    const { lines: only } = await examine({ kured: alone });
    expect(
      only.filter(({ check }) => check === 'kured'),
      'no word of none beside it',
    ).to.deep.equal([]);
    expect(only.filter(isFailed).map(({ check }) => check)).to.deep.equal(['DaemonSet reboots/weekly']);
    const { lines: right } = await examine({ kured: FakeKured.none() });
    expect(right).to.deep.include({ health: 'well', check: 'kured', found: 'none', remedy: '' });
    const { lines: off } = await examine({}, settingsWith('kured: { mode: off }\n'));
    expect(off).to.deep.include({ health: 'well', check: 'kured', found: 'not asked: kured.mode is off', remedy: '' });
  });

  it('tells that it may not list DaemonSets', async () => {
    fakes.kured.listTrouble = refused('may not list daemonsets.apps: HTTP 403: forbidden');
    expect(ill(await examine())).to.deep.equal(['kured: no answer: may not list daemonsets.apps: HTTP 403: forbidden']);
  });

  it('tells what it did not look at from what is missing', async () => {
    fakes.checkup.secrets.set('k8s-upgrade-creds', new Map());
    const checkup = await examine({ prometheus: 'not-reached', pushgateway: 'unnamed' });
    expect(ill(checkup)).to.deep.equal(['Secret k8s-upgrade/k8s-upgrade-creds: no ssh_key, slack_webhook']);
    const apart = checkup.lines.filter(({ health }) => health === 'not-looked-at');
    expect(apart.map(({ check }) => check)).to.deep.equal(['SSH', 'Prometheus', 'Pushgateway']);
    expect(checkup.doctorMessage).to.match(/\n1 of \d+ are not well; 3 cannot be told from here, or not yet\.$/);
  });

  it('does not take silence for a yes', async () => {
    fakes.checkup.trouble = 'may not create subjectaccessreviews: HTTP 403: forbidden';
    const checkup = await examine();
    expect(ill(checkup)).to.have.length(STEPS.filter(asksKubernetes).filter(({ name }) => name !== 'plan').length);
    expect(ill(checkup)[0]).to.equal(
      'ServiceAccount k8s-upgrade-admit: no answer: may not create subjectaccessreviews: HTTP 403: forbidden',
    );
  });

  it('asks about every verb of every step, and about what the executor beside each needs', () => {
    const lines = STEPS.flatMap((step) => permissionsOf(step, SETTINGS)).map(
      (permission) => `${permission.serviceAccount} ${formatPermission(permission)}`,
    );
    // The settings ask for no approval and scale no Deployment to 0.
    for (const step of STEPS.filter(asksKubernetes).filter(({ name }) => name !== 'plan')) {
      expect(lines).to.include(`k8s-upgrade-${step.name} create workflowtaskresults.argoproj.io in k8s-upgrade`);
      for (const { resources, verbs } of step.access.filter(({ scope }) => scope !== 'quiesced-namespaces'))
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

  it('tells that it may not look, and looks at everything else', async () => {
    const nodeReadings = () => Promise.reject(refused('may not list nodes: HTTP 403: forbidden'));
    const checkup = await examine({ cluster: { nodeReadings, ...reads } });
    expect(ill(checkup)).to.deep.equal([
      'SSH: no answer: may not list nodes: HTTP 403: forbidden',
      'where steps run: no answer: may not list nodes: HTTP 403: forbidden',
    ]);
  });

  it('tells a control-plane node without its label from a worker that shows its static pods', async () => {
    const addresses = ['10.0.0.9'];
    fakes.cluster.unreadable.push({
      name: 'cp2',
      because: 'it runs static pods.',
      leftAlone: true,
      unlabelled: { addresses },
    });
    const told = async () => (await examine()).lines.filter(isFailed).map(({ check, remedy }) => `${check}: ${remedy}`);
    const line = 'node cp2: It cannot be upgraded: it runs static pods.';
    fakes.cluster.apiServers = ['10.0.0.1'];
    expect(await told()).to.deep.equal([line]);
    fakes.cluster.apiServers = ['10.0.0.1', '10.0.0.9'];
    expect(await told()).to.deep.equal([
      `${line} Its address 10.0.0.9 is that of an API server (EndpointSlice default/kubernetes), and no node with the label has this address: it is a control-plane node.`,
    ]);
    fakes.cluster.apiServers = refused('may not get endpointslice default/kubernetes: HTTP 403');
    expect(await told()).to.deep.equal([
      line,
      'API servers: The addresses of the API servers could not be read, so nothing shows whether cp2 is a control-plane node: may not get endpointslice default/kubernetes: HTTP 403.',
    ]);
  });

  it('finds no place for steps with the SSH key where no control-plane node can run them', async () => {
    fakes.cluster.alterNode('cp1', {
      taints: [{ key: 'node-role.kubernetes.io/etcd', value: '', effect: 'NoExecute' }],
    });
    const reason =
      'and none can run them: cp1: it has the taint node-role.kubernetes.io/etcd:NoExecute, which no step tolerates. Put one of them right.';
    expect(ill(await examine())).to.deep.equal([
      `where steps run: The steps that hold the SSH key run on a node with node-role.kubernetes.io/control-plane=, ${reason}`,
      `where steps run: The steps that upgrade w1 run on another node with node-role.kubernetes.io/control-plane=, ${reason}`,
    ]);
    const tolerant = settingsWith(
      'runners: { withSshKey: { tolerations: [{ key: node-role.kubernetes.io/etcd, operator: Exists }] } }\n',
    );
    expect(ill(await examine({}, tolerant))).to.deep.equal([]);
  });

  it('asks nothing of an API server that is away', async () => {
    const nodeReadings = () => Promise.reject(tryAgain('could not list nodes for 20 s'));
    expect(await failureOf(examine({ cluster: { nodeReadings, ...reads } }))).to.include({ exitCode: 75 });
    expect(fakes.checkup.asked).to.deep.equal([]);
  });

  it('says of a key that cannot be used, or a host key that is not in the list, where to put it right', async () => {
    const broken = () => {
      throw refused('the SSH key cannot be used: unsupported key');
    };
    expect(ill(await examine({ logins: broken }))).to.deep.equal([
      'SSH: no answer: the SSH key cannot be used: unsupported key',
    ]);
  });

  it('wants the host keys in the Secret where only those count, and no snapshot where none is wanted', async () => {
    const checkup = await examine({}, settingsWith('ssh: { hostKeys: strict }\nsnapshot: { mode: none }\n'));
    expect(ill(checkup)).to.deep.equal(['Secret k8s-upgrade/k8s-upgrade-creds: no ssh_known_hosts']);
    expect(checkup.doctorMessage).to.include('✓ etcd snapshot: none is wanted: snapshot.mode is none');
  });

  it('does not log in to a node without an address, and not for ever', async () => {
    fakes.cluster.alterNode('w1', { internalIp: undefined });
    expect(ill(await examine())).to.deep.equal(['SSH to w1: no answer: node w1 has no InternalIP; SSH needs one']);
    fakes.cluster.alterNode('w1', { internalIp: '10.0.0.2' });
    for (const place of Array(8).keys()) fakes.cluster.addNode(`w${place + 2}`);
    fakes.remote.whenScript('id -u', () => {
      fakes.clock.pass(300);
      return { stdout: '0\n' };
    });
    expect((await examine()).doctorMessage).to.include('was not asked: the nodes before it took longer than 600 s');
  });
});
