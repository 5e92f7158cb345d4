import { expect } from 'chai';
import { connectKubernetes, type Kubernetes } from '../support/kubernetes.ts';
import { Secret } from '../../src/steps/runtime/secret.ts';
import { STEPS } from '../../src/steps/catalog.ts';
import { pathRulesOf, rulesOf, EXECUTOR, type PlacedRule } from '../../src/synth/rules.ts';
import { POD } from '../steps/adapters/kubernetes/stand-in.ts';
import { aNode } from '../support/builders.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { PortUse } from '../support/rights/port-use.ts';
import { Recorder, type Asked } from '../support/rights/recorder.ts';
import { MINIMAL, settingsOf } from '../synth/support/render.ts';

const ME = { uid: 'uid', name: 'run' };
const HOST = { node: 'w1', uid: 'uid-of-w1', address: '10.0.0.1' };
const CRON_JOB = { namespace: 'default', name: 'backup-etcd' };
const DEPLOYMENT = { namespace: 'rook', name: 'operator', revision: '1', replicas: 1, held: 1, oldAnnotation: false };
const LEASE = { holder: undefined, renewedAtMs: 0, revision: '1' };

/** Settings under which every rule is rendered. */
const SETTINGS = settingsOf(
  `${MINIMAL}controlPlane: { quiesce: [rook/operator], restoreHook: { configMap: kube-system/apiserver-oidc-restore, sha256: '${'0'.repeat(64)}' } }\npolicy: { minor: approve }\n`,
  'everything',
);

/** How each method of the ports that ends at the API server is called. */
const CALLS: Readonly<Record<string, (kubernetes: Kubernetes) => Promise<unknown>>> = {
  'ClusterReads.nodes': ({ cluster }) => cluster.nodes(),
  'ClusterReads.nodeReadings': ({ cluster }) => cluster.nodeReadings(),
  'ClusterReads.apiServerAddresses': ({ cluster }) => cluster.apiServerAddresses(),
  'ClusterReads.node': ({ cluster }) => cluster.node('w1'),
  'ClusterReads.podsOn': ({ cluster }) => cluster.podsOn('w1'),
  'ClusterReads.killSwitch': ({ cluster }) => cluster.killSwitch(),
  'ClusterReads.runMarks': ({ cluster }) => cluster.runMarks(),
  'ClusterReads.assertRunState': ({ cluster }) => cluster.assertRunState(),
  'ClusterReads.budgets': ({ cluster }) => cluster.budgets(),
  'ClusterReads.wouldEvict': ({ cluster }) => cluster.wouldEvict(POD, 30),
  'ClusterReads.attachedVolumes': ({ cluster }) => cluster.attachedVolumes('w1'),
  'ClusterReads.apiReady': ({ cluster }) => cluster.apiReady(),
  'ClusterWrites.changeNode': ({ cluster }) => cluster.changeNode(aNode('w1'), { upgradeRecord: null }),
  'ClusterWrites.evict': ({ cluster }) => cluster.evict(POD, 30),
  'ClusterWrites.deletePod': ({ cluster }) => cluster.deletePod(POD, 30),
  'ClusterWrites.writeRunMarks': ({ cluster }) => cluster.writeRunMarks({ 'upgrades.example.com/target': null }),
  'LeasePort.read': ({ lease }) => lease.read(),
  'LeasePort.write': async ({ lease }) => {
    await lease.write(undefined, ME, 0);
    await lease.write(LEASE, ME, 0);
  },
  'RunsPort.state': ({ runs }) => runs.state(ME),
  'RunsPort.livePods': ({ runs }) => runs.livePods(ME),
  'RunsPort.failures': ({ runs }) => runs.failures(ME),
  'RunsPort.hasFailed': ({ runs }) => runs.hasFailed(ME),
  'RunsPort.isMemoized': ({ runs }) => runs.isMemoized(ME),
  'RunsPort.tasks': ({ runs }) => runs.tasks(ME),
  'RunsPort.unscheduled': ({ runs }) => runs.unscheduled(ME),
  'History.runs': ({ history }) => history.runs(),
  'HostKeys.known': ({ hostKeys }) => hostKeys.known(HOST),
  'HostKeys.remember': ({ hostKeys }) => hostKeys.remember?.(HOST, 'ssh-ed25519 AAAA') ?? Promise.resolve(),
  'Compatibility.workloads': ({ compatibility }) => compatibility.workloads(),
  'Compatibility.startedPods': ({ compatibility }) => compatibility.startedPods(),
  'Compatibility.kubeadmConfig': ({ compatibility }) => compatibility.kubeadmConfig(),
  'Compatibility.clusterImages': ({ compatibility }) => compatibility.clusterImages(),
  'Compatibility.kubeletConfig': ({ compatibility }) => compatibility.kubeletConfig(),
  'Compatibility.kubeletFields': ({ compatibility }) => compatibility.kubeletFields(),
  'Compatibility.kubeProxyConfig': ({ compatibility }) => compatibility.kubeProxyConfig(),
  'DeprecatedApis.inUse': ({ deprecatedApis }) => deprecatedApis(24).inUse(),
  'Rehearsal.nodes': ({ rehearsal }) => rehearsal.nodes(),
  'Rehearsal.pods': ({ rehearsal }) => rehearsal.pods(),
  'Rehearsal.budgets': ({ rehearsal }) => rehearsal.budgets(),
  'Rehearsal.pinnedVolumes': ({ rehearsal }) => rehearsal.pinnedVolumes(),
  'Rehearsal.attachments': ({ rehearsal }) => rehearsal.attachments(),
  'Rehearsal.namespaces': ({ rehearsal }) => rehearsal.namespaces(),
  'Rehearsal.policies': ({ rehearsal }) => rehearsal.policies(),
  'Rehearsal.webhooks': ({ rehearsal }) => rehearsal.webhooks(),
  'NodeHealthPort.conditions': ({ nodeHealth }) => nodeHealth.conditions(),
  'ApiServersPort.health': ({ apiServers }) => apiServers.health(),
  'SnapshotReads.jobs': ({ snapshots }) => snapshots.jobs(CRON_JOB, 'run'),
  'SnapshotReads.log': ({ snapshots }) => snapshots.log(CRON_JOB, 'job', undefined),
  'SnapshotWrites.start': ({ snapshots }) => snapshots.start(CRON_JOB, 'run', 1),
  'DeploymentReads.deployment': ({ deployments }) => deployments.deployment('rook', 'operator'),
  'DeploymentReads.records': ({ deployments }) => deployments.records(),
  'DeploymentWrites.record': ({ deployments }) => deployments.record(DEPLOYMENT, 1),
  'DeploymentWrites.scale': ({ deployments }) => deployments.scale(DEPLOYMENT, 1),
  'RestoreHook.script': ({ restoreHook }) => restoreHook.script('kube-system/apiserver-oidc-restore'),
  'Checkup.allowed': ({ checkup }) =>
    checkup.allowed([{ serviceAccount: 'x', verb: 'get', what: { path: '/metrics' } }]),
  'Checkup.argoResources': ({ checkup }) => checkup.argoResources(),
  'Checkup.argoControllers': ({ checkup }) => checkup.argoControllers(),
  'Checkup.leftAtZero': ({ checkup }) => checkup.leftAtZero(),
  'Checkup.cronJob': ({ checkup }) => checkup.cronJob('default', 'backup-etcd'),
  'KeySecret.read': (kubernetes) => keySecret(kubernetes).read(),
  'KeySecret.takeNext': (kubernetes) => keySecret(kubernetes).takeNext({ key: 'old', revision: '1' }),
  'Kured.state': (kubernetes) => kured(kubernetes).state(),
  'Kured.installed': (kubernetes) => kured(kubernetes).installed(),
  'Kured.writeLock': async (kubernetes) => {
    const state = {
      daemonSet: 'kube-system/kured',
      annotation: 'lock',
      revision: '1',
      concurrency: 1,
      lock: undefined,
    };
    await kured(kubernetes).writeLock(state, null);
  },
};

const keySecret = (kubernetes: Kubernetes) =>
  kubernetes.keySecret('k8s-upgrade-creds', { next: () => new Secret('x'), publicKeyOf: () => 'old' });
const kured = (kubernetes: Kubernetes) => kubernetes.kured({ daemonSet: 'kube-system/kured', annotation: 'lock' });

/** Ports that ask another server than the API server. `Quiesced` asks by another port. */
const ELSEWHERE =
  /^(Alerts|Chat|Clock|Credentials|Gauges|GatewayPort|HostHealthPort|KeyProbe|KubeadmFilesPort|KubeadmPort|LoginsPort|NamesPort|NodeFilesPort|PackageRepository|Quiesced|Remote|SeriesPort)\.|^HostKeys\.whereKept$/;

/** What the sources lead to and a run of the step never does. */
const NEVER: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  detect: { 'LeasePort.read': 'it scales no Deployment' },
  doctor: {
    'LeasePort.read': 'it writes no lock of kured',
    'Checkup.secret': 'its pod is given the keys of the Secret as files',
    'HostKeys.remember': 'a host key that is met for the first time is kept in memory',
  },
  preflight: { 'LeasePort.read': 'it writes no lock of kured' },
  reset: { 'ClusterReads.killSwitch': 'closing an upgrade record begins nothing' },
  snapshot: { 'ClusterReads.killSwitch': 'it writes marks only' },
  'verify-node': { 'ClusterReads.killSwitch': 'closing an upgrade record begins nothing' },
  finish: { 'ClusterWrites.changeNode': 'it writes marks only' },
};

/** What a method asks for with other arguments than the step gives. */
const NEVER_ASKED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'finish-operation': { 'create coordination.k8s.io/leases in k8s-upgrade': 'it releases a Lease that it has read' },
};

/** What makes the adapters ask all that they ever ask. */
const OBJECTS = (port: number): Readonly<Record<string, object>> => {
  const container = { name: 'c', image: 'quay.io/argoproj/workflow-controller:v4.1.4' };
  const webhook = {
    name: 'w.example.com',
    failurePolicy: 'Fail',
    clientConfig: { service: { namespace: 'a', name: 'b' } },
  };
  return {
    '/apis/apps/v1/deployments': {
      items: [
        { metadata: { name: 'c', namespace: 'argo' }, spec: { template: { spec: { containers: [container] } } } },
      ],
    },
    '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations': {
      items: [{ metadata: { name: 'v' }, webhooks: [{ ...webhook, rules: [] }] }],
    },
    '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes': {
      ports: [{ name: 'https', port }],
      endpoints: [{ addresses: ['127.0.0.1'] }],
    },
    '/apis/storage.k8s.io/v1/volumeattachments': {
      items: [{ metadata: { name: 'a' }, spec: { nodeName: 'w1', source: { persistentVolumeName: 'pv' } } }],
    },
    '/api/v1/nodes/w1': {
      metadata: { name: 'w1' },
      status: { nodeInfo: { kubeletVersion: 'v1.34.9', containerRuntimeVersion: 'containerd://2.2.1' } },
    },
    '/api/v1/namespaces/default/pods': {
      items: [{ metadata: { name: 'p' }, spec: { containers: [{ name: 'c' }] }, status: { phase: 'Succeeded' } }],
    },
    '/apis/batch/v1/namespaces/default/cronjobs/backup-etcd': {
      metadata: { name: 'backup-etcd', uid: 'u' },
      spec: { jobTemplate: { spec: { template: { spec: { containers: [] } } } } },
    },
    '/api/v1/namespaces/k8s-upgrade/secrets/k8s-upgrade-creds': { metadata: {}, data: { ssh_key: 'eA==' } },
  };
};

const isGranted = (rule: PlacedRule, { verb, what, namespace, name }: Asked): boolean => {
  const group = rule.apiGroup === '' ? '' : `${rule.apiGroup}/`;
  return (
    rule.verbs.includes(verb) &&
    rule.resources.some((resource) => `${group}${resource}` === what) &&
    (rule.namespace === undefined || rule.namespace === namespace) &&
    (rule.names === undefined || (name !== undefined && rule.names.includes(name)))
  );
};
const words = ({ verb, what, namespace, name }: Asked): string =>
  [verb, what, name, namespace === undefined ? 'everywhere' : `in ${namespace}`].filter(Boolean).join(' ');

describe('the rights of a step', () => {
  const steps = STEPS.filter(({ backup }) => backup !== true);
  let recorder: Recorder | undefined;
  const askedBy = new Map<string, readonly Asked[]>();
  let use: PortUse;

  before(async function () {
    // Reads all sources.
    this.timeout(600_000);
    recorder = await Recorder.start(OBJECTS);
    use = new PortUse(steps.map(({ name }) => name));
    const kubernetes = connectKubernetes({
      ...{ namespace: 'k8s-upgrade', annotationPrefix: 'upgrades.example.com/', clock: new FakeClock() },
      ...{ log: () => undefined, config: recorder.config(), patienceSeconds: 0 },
    });
    // One after the other: what was asked is told apart by that.
    for (const [method, call] of Object.entries(CALLS)) {
      const asked = await recorder.during(() => call(kubernetes).catch(() => undefined));
      askedBy.set(method, asked);
    }
  });
  after(() => {
    recorder?.close();
  });

  const methodsOf = (step: string): readonly string[] =>
    [...use.of(step)].filter((method) => !ELSEWHERE.test(method) && NEVER[step]?.[method] === undefined).sort();
  const neededBy = (step: string): readonly Asked[] =>
    methodsOf(step)
      .flatMap((method) => askedBy.get(method) ?? [])
      .filter((asked) => NEVER_ASKED[step]?.[words(asked)] === undefined);

  it('can be told: each method of a port asks something that was seen', () => {
    const silent = [...askedBy].filter(([, asked]) => asked.length === 0).map(([method]) => method);
    expect(silent).to.deep.equal([]);
    const unknown = steps.flatMap(({ name }) => methodsOf(name).filter((method) => CALLS[method] === undefined));
    expect([...new Set(unknown)]).to.deep.equal([]);
    const used = new Set(steps.flatMap(({ name }) => methodsOf(name)));
    expect(Object.keys(CALLS).filter((method) => !used.has(method))).to.deep.equal([]);
  });

  for (const step of steps) {
    const rules = rulesOf(step, SETTINGS).filter(({ resources }) => resources[0] !== EXECUTOR.resources[0]);
    const paths = pathRulesOf(step, SETTINGS).flatMap((rule) => rule.paths);

    it(`of ${step.name} are not one too few`, () => {
      const denied = neededBy(step.name).filter(
        (asked) => !rules.some((rule) => isGranted(rule, asked)) && !paths.includes(asked.what) && !isOpen(asked),
      );
      expect([...new Set(denied.map(words))].sort()).to.deep.equal([]);
    });

    it(`of ${step.name} are not one too many`, () => {
      const needed = neededBy(step.name);
      const single = rules.flatMap((rule) =>
        rule.verbs.flatMap((verb) =>
          rule.resources.flatMap((resource) =>
            (rule.names?.map((name) => [name]) ?? [undefined]).map((names): PlacedRule => {
              const one = { apiGroup: rule.apiGroup, resources: [resource], verbs: [verb], namespace: rule.namespace };
              return names === undefined ? one : { ...one, names };
            }),
          ),
        ),
      );
      const idle = single.filter((rule) => !needed.some((asked) => isGranted(rule, asked)));
      expect(idle.map((rule) => JSON.stringify(rule))).to.deep.equal([]);
      expect(paths.filter((path) => !needed.some(({ what }) => what === path))).to.deep.equal([]);
    });
  }
});

/** What every ServiceAccount may ask: system:discovery and system:basic-user of Kubernetes itself. */
const isOpen = ({ verb, what }: Asked): boolean => verb === 'get' && /^\/(apis|api|version)/.test(what);
