import { expect } from 'chai';
import { SettingsError } from '../../src/cluster/problem.ts';
import { defaultSettings } from '../../src/settings/cluster.ts';
import { readSettings } from '../../src/cluster/read.ts';

const TOLERATE_CONTROL_PLANE = {
  ...{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' },
};
const REPOSITORY = 'registry.example.com/platform/argo-kubeadm-upgrade';
const MINIMAL = `images:\n  repository: ${REPOSITORY}\n`;

const DEFAULTS = {
  annotationPrefix: 'argo-kubeadm-upgrade.io/',
  nightly: { schedule: '0 23 * * *', timezone: 'UTC', suspend: false, startingDeadlineSeconds: 1800 },
  report: { enabled: true, schedule: '7 6 * * *', timezone: 'UTC', startingDeadlineSeconds: 1800 },
  policy: { patch: 'auto', minor: 'auto', approvalSeconds: 64800, skipVersions: [], minimumReleaseAgeDays: 0 },
  maintenance: { timezone: 'UTC', windows: [], freezes: [], assumedNodeSeconds: 2700 },
  workers: { maxUnavailable: 1, canary: { names: [], labels: [] } },
  runners: {
    withSshKey: { nodeSelector: ['node-role.kubernetes.io/control-plane='], tolerations: [TOLERATE_CONTROL_PLANE] },
    others: { nodeSelector: [], tolerations: [TOLERATE_CONTROL_PLANE] },
  },
  argo: { version: '4.1' },
  packages: {
    repository: 'https://pkgs.k8s.io/core:/stable:',
    repositoryLogin: 'none',
    source: 'node',
    noProxy: [],
    sourceFile: '/etc/apt/sources.list.d/kubernetes.list',
    keyringFile: '/etc/apt/keyrings/kubernetes-apt-keyring.asc',
  },
  ssh: {
    ...{ user: 'root', port: 22, hostKeys: 'trust-on-first-use', connectTimeoutSeconds: 20 },
    address: { type: 'InternalIP', cidrs: [] },
    rotation: { waitSeconds: 7200, settleSeconds: 600 },
  },
  kubeadm: {
    ignorePreflightErrors: ['CoreDNSMigration', 'CoreDNSUnsupportedPlugins'],
    skipPhases: ['addon/coredns'],
    timeoutSeconds: 1800,
  },
  drain: {
    timeoutSeconds: 1800,
    maximumSeconds: 7200,
    gracePeriodSeconds: 300,
    deleteEmptyDirData: true,
    deleteUnmanagedPods: true,
    deleteDeadlocked: 'single',
    noRoom: 'refuse',
  },
  controlPlane: { quiesce: [] },
  prepare: { images: 'pull' },
  nodes: {
    readyTimeoutSeconds: 900,
    soakSeconds: 600,
    minimumFreeDisk: { rootMiB: 512, varLibMiB: 2048 },
    exclude: { names: [], labels: [], kinds: ['virtual-kubelet', 'kubeedge', 'windows', 'cluster-api'] },
    containerdPackage: 'containerd.io',
  },
  notify: { slack: false, webhook: false, webhookLogin: 'none', webhookPort: 443 },
  alerts: {
    versionSkewForSeconds: 1800,
    snapshotMissingForSeconds: 600,
    stalledAfterSeconds: 5400,
    stalledForSeconds: 300,
    failedForSeconds: 900,
    checkStaleAfterHours: 25,
    checkStaleForSeconds: 3600,
    recentRebootSeconds: 3600,
  },
  compatibility: {
    untested: { addons: 'block', runtime: 'warn' },
    addons: [],
    deprecatedApis: { source: 'api-servers', lookbackHours: 20 },
  },
  images: {
    repository: REPOSITORY,
    digests: [],
    architectures: ['amd64'],
    pullPolicy: 'IfNotPresent',
    pullSecrets: [],
  },
  secrets: { name: 'k8s-upgrade-creds' },
  network: {
    policies: true,
    apiServerCidrs: [],
    apiServerPorts: [443, 6443],
    nodeCidrs: [],
    repositoryCidrs: [],
    repositoryPorts: [443],
    dnsNamespace: 'kube-system',
  },
  preflight: { quietHours: 24, keepBackupsDays: 3, freeMiB: 1024, certificateDays: 7 },
  postflight: { minimumReadyPercent: 90, dnsName: 'kubernetes.default.svc', settleSeconds: 600 },
  kured: { mode: 'auto', daemonSet: 'kube-system/kured', lockAnnotation: 'weave.works/kured-node-lock' },
  snapshot: {
    mode: 'cron-job',
    cronJob: 'default/backup-etcd',
    logPattern: 'Backup done: (?<file>.+) \\((?<bytes>[0-9]+) bytes\\)',
    minimumBytes: 1024,
    timeoutSeconds: 600,
    builtIn: {
      ...{ schedule: '30 21 * * *', timezone: 'UTC', keep: 7 },
      directory: '/var/lib/k8s-upgrade-etcd-backup',
      image: 'gcr.io/etcd-development/etcd:v3.6.5',
    },
  },
  resources: { cpu: '50m', memory: '128Mi', memoryLimit: '512Mi' },
  history: { keepDays: 7, keepPodsHours: 24 },
};

/** What the report says of a file called `f`. */
function problemsOf(text: string): string[] {
  const { problems } = readSettings(text, 'f');
  return problems.length === 0 ? [] : new SettingsError(problems).message.split('\n');
}

describe('the settings of a cluster', () => {
  it('need one setting, in a file of under 10 lines; every other one has its default', () => {
    expect(readSettings(MINIMAL, 'f')).to.deep.equal({ settings: DEFAULTS, problems: [] });
  });

  it('keep the defaults of a section of which one setting is given', () => {
    const { settings } = readSettings(`${MINIMAL}drain:\n  timeoutSeconds: 60\n  gracePeriodSeconds: 60\n`, 'f');
    expect(settings?.drain).to.deep.equal({ ...DEFAULTS.drain, timeoutSeconds: 60, gracePeriodSeconds: 60 });
  });

  it('fill in the defaults of the external secret only where there is one', () => {
    const { settings } = readSettings(
      `${MINIMAL}secrets: { externalSecret: { storeName: vault, remoteKey: k8s } }`,
      'f',
    );
    expect(settings?.secrets).to.deep.equal({
      name: 'k8s-upgrade-creds',
      externalSecret: { storeName: 'vault', storeKind: 'ClusterSecretStore', remoteKey: 'k8s', refreshInterval: '1h' },
    });
  });

  it('have the same defaults where no file is read', () => {
    const { settings } = readSettings('images: { repository: localhost/none }', 'a.yaml');
    expect(defaultSettings({ repository: 'localhost/none' })).to.deep.equal(settings);
  });

  it('do not share their defaults: changing those of one file leaves the next one alone', () => {
    (readSettings(MINIMAL, 'f').settings?.network.apiServerPorts as number[]).push(1);
    expect(readSettings(MINIMAL, 'f').settings?.network.apiServerPorts).to.deep.equal([443, 6443]);
  });

  it('read YAML 1.2 whatever a file asks for, so that off is a word', () => {
    const { settings } = readSettings(`%YAML 1.1\n---\n${MINIMAL}policy: { patch: off }\n`, 'f');
    expect(settings?.policy.patch).to.equal('off');
  });

  const REPOSITORY_MISSING = `images.repository: missing, expected an image repository with its registry and without a tag, such as ${REPOSITORY}`;

  const REPORTS: [name: string, text: string, report: string[]][] = [
    ['the file is empty', '', [`f:1:1  ${REPOSITORY_MISSING}`]],
    ['the file holds only comments', '# soon\n', [`f:1:1  ${REPOSITORY_MISSING}`]],
    [
      'the file is a list',
      '- a\n',
      [
        'f:1:1  the file: saw a list, expected a section with annotationPrefix, nightly, report, policy, maintenance, workers, runners, argo, packages, ssh, kubeadm, prepare, controlPlane, drain, nodes, metrics, monitoring, notify, preflight, postflight, kured, snapshot, alerts, dashboard, compatibility, images, certificateAuthorities, secrets, network, resources, history',
      ],
    ],
    [
      'a node fits into no window, by what is assumed of it',
      `${MINIMAL}maintenance:\n  windows: [{ days: [mon], start: '23:50', end: '00:20' }]\n`,
      [
        'f:1:1  nightly.schedule: is 0 23 * * * (UTC) and never fires inside maintenance.windows (UTC) with 1800 s left for a node, expected to, such as 50 23 * * 1 with nightly.timezone: UTC',
        'f:4:3  maintenance.windows: has one from 23:50 to 00:20, expected each to be at least maintenance.assumedNodeSeconds long, which is 2700',
      ],
    ],
    [
      'a freeze ends before it begins',
      `${MINIMAL}maintenance:\n  freezes: [{ from: 2027-01-04, to: 2026-12-20, reason: holidays }]\n`,
      ['f:4:3  maintenance.freezes: has one from 2027-01-04 to 2026-12-20, expected to be the later day'],
    ],
    [
      'Prometheus is to be asked, and none is named',
      `${MINIMAL}compatibility:\n  deprecatedApis:\n    source: prometheus\n`,
      ['f:5:5  compatibility.deprecatedApis.source: is prometheus, and there is no monitoring.prometheusUrl'],
    ],
    [
      'two CronJobs are to back up etcd',
      `${MINIMAL}snapshot:\n  mode: built-in\n  cronJob: default/backup-of-ours\n  container: backup\n  logPattern: '(?<file>.+) (?<bytes>[0-9]+)'\n`,
      ['cronJob', 'container', 'logPattern'].map(
        (setting, index) =>
          `f:${index + 5}:3  snapshot.${setting}: is about a CronJob of yours, and snapshot.mode is built-in`,
      ),
    ],
    [
      'alerts or a dashboard are to read gauges, and these are pushed nowhere',
      `${MINIMAL}alerts:\n  prometheusRule: {}\n  configMap: {}\ndashboard: {}\n`,
      [
        'f:4:3  alerts.prometheusRule: reads the gauges of the pipeline, and there is no metrics.pushgatewayUrl',
        'f:5:3  alerts.configMap: reads the gauges of the pipeline, and there is no metrics.pushgatewayUrl',
        'f:6:1  dashboard: reads the gauges of the pipeline, and there is no metrics.pushgatewayUrl',
      ],
    ],
    [
      'what is said of addons makes no sense, all at once',
      `${MINIMAL}compatibility:
  addons:
    - { name: calico, matrix: [{ floor: '3.40', maximumKubernetes: '1.40' }], noMatrix: true }
    - { name: calico, versionPattern: 'v[0-9]+' }
    - { name: own }
`,
      [
        'f:4:3  compatibility.addons: calico has a matrix and noMatrix; calico is there twice; versionPattern of calico is not a regular expression with one group for the version; own is not in the catalogue; give its images',
      ],
    ],
    [
      'an addon is not written as it must be',
      `${MINIMAL}compatibility:
  addons:
    - name: calico
      matrix:
        - { floor: 3.40, maximumKubernetes: '1.40' }
      pin: { because: no }
    - images: [acme/thing:v1]
`,
      [
        'f:7:13  compatibility.addons[0].matrix[0].floor: saw 3.40, expected a version in quotes, such as 3.32; without quotes YAML reads it as a number or as true or false',
        'f:8:7  compatibility.addons[0].pin.reason: missing, expected a text of one line without two braces or a $(, such as driver 570 until May',
        'f:8:14  compatibility.addons[0].pin.because: not a setting; compatibility.addons[0].pin has reason',
        'f:9:7  compatibility.addons[1].name: missing, expected the name of an addon: lower-case letters, digits and -',
        'f:9:16  compatibility.addons[1].images[0]: saw "acme/thing:v1", expected an image repository or the end of one, without a tag, such as calico/node',
      ],
    ],
    [
      'a bracket is not closed',
      `${MINIMAL}policy:\n  skipVersions: [1.34.9\nnodes: {}\n`,
      ['f:5:1  saw a [ or { that is not closed, expected ] or } before the next setting'],
    ],
    [
      'a tab indents',
      `${MINIMAL}drain:\n\ttimeoutSeconds: 60\n`,
      ['f:4:1  saw a tab in the indentation, expected spaces'],
    ],
    [
      'a list item stands between settings, which is one mistake',
      `${MINIMAL}policy:\n  patch: off\n- stray\nnodes: {}\n`,
      [
        'f:5:1  saw a list item, a section or a second ": " that does not belong here, expected <key>: <value>, the value in quotes if it has a ": "',
      ],
    ],
    [
      'a schedule is not in quotes, which is one mistake',
      `${MINIMAL}nightly:\n  schedule: * 2 * * *\n`,
      ['f:4:13  saw * or & at the start of a value, expected the value in quotes'],
    ],
    [
      'a section is below a value',
      `${MINIMAL}argo: x\n  version: "4.1"\n`,
      [
        'f:3:7  saw a list item, a section or a second ": " that does not belong here, expected <key>: <value>, the value in quotes if it has a ": "',
      ],
    ],
    [
      'a quote is not closed',
      `${MINIMAL}annotationPrefix: "example.com/\n`,
      ['f:4:1  saw an opening quote, expected a closing one'],
    ],
    [
      'there is a second document',
      `${MINIMAL}---\n${MINIMAL}`,
      ['f:3:1  saw a second YAML document, expected one cluster per file'],
    ],
    [
      'there is a YAML tag',
      `${MINIMAL}annotationPrefix: !mine example.com/\n`,
      ['f:3:19  saw a YAML tag, expected plain values (Unresolved tag)'],
    ],
    ['a key is a list', `${MINIMAL}? [a]\n: 1\n`, ['f:3:3  saw a section or a list as a key, expected a word']],
    [
      'a setting is there twice',
      `${MINIMAL}nodes:\n  soakSeconds: 1\n  readyTimeoutSeconds: 60\n  soakSeconds: 2\n`,
      ['f:6:3  nodes.soakSeconds: set a second time, expected once; line 4 sets it first'],
    ],
    [
      'a section is there twice, and wrong the second time',
      `${MINIMAL}nodes:\n  soakSeconds: 1\nnodes:\n  soakSeconds: soon\n`,
      [
        'f:5:1  nodes: set a second time, expected once; line 3 sets it first',
        'f:6:3  nodes.soakSeconds: saw "soon", expected a whole number of seconds from 0 to 86400',
      ],
    ],
    [
      'a section is empty',
      `${MINIMAL}nodes:\n  # soakSeconds: 60\n`,
      [
        'f:3:1  nodes: saw nothing, expected a section with readyTimeoutSeconds, soakSeconds, minimumFreeDisk, exclude, containerdPackage, containerdVersion',
      ],
    ],
    [
      'a value is an alias',
      `${MINIMAL}nodes:\n  soakSeconds: &s 60\n  readyTimeoutSeconds: *s\n`,
      [
        'f:5:3  nodes.readyTimeoutSeconds: saw an alias, expected a whole number of seconds from 60 to 86400; write the value out',
      ],
    ],
    [
      'an alias has no anchor',
      `${MINIMAL}nodes: *nowhere\n`,
      [
        'f:3:1  nodes: saw an alias, expected a section with readyTimeoutSeconds, soakSeconds, minimumFreeDisk, exclude, containerdPackage, containerdVersion; write the value out',
      ],
    ],
    [
      'a section is merged into another',
      `${MINIMAL}nodes:\n  <<: { soakSeconds: 60 }\n`,
      ['f:4:3  nodes.<<: a merge key, which is not read, as aliases are not; write the values out'],
    ],
    [
      'a key is near a known one',
      `${MINIMAL}drain: { timeout_seconds: 60 }\n`,
      ['f:3:10  drain.timeout_seconds: not a setting; did you mean timeoutSeconds?'],
    ],
    [
      'the digest of the restore hook has large letters',
      `${MINIMAL}controlPlane: { restoreHook: { configMap: a/b, sha256: ${'A'.repeat(64)} } }\n`,
      [
        'f:3:48  controlPlane.restoreHook.sha256: saw "[secret]", expected a SHA-256 in quotes: 64 digits and small letters from a to f',
      ],
    ],
    [
      'the restore hook is named without a digest',
      `${MINIMAL}controlPlane: { restoreHook: { configMap: a/b } }\n`,
      [
        'f:3:17  controlPlane.restoreHook.sha256: missing, expected a SHA-256 in quotes: 64 digits and small letters from a to f',
      ],
    ],
    [
      'a key had another name in an earlier release',
      `${MINIMAL}preflight: { freeMegabytes: 10 }\n`,
      [
        'f:3:14  preflight.freeMegabytes: is now preflight.freeMiB, since it always counted MiB; rename the key and keep the value',
      ],
    ],
    [
      'values are right but for the way they are written',
      `${MINIMAL}argo: { version: 4.0 }\nnodes: { soakSeconds: 10m, readyTimeoutSeconds: "600" }\nmaintenance: { timezone: Europe/Berln, windows: [{ days: [Mon, tues], start: "01:00", end: "05:00" }] }\n`,
      [
        "f:3:9  argo.version: saw 4.0, expected 4.1 or 4.0; write '4.0', in quotes",
        'f:4:10  nodes.soakSeconds: saw "10m", expected a whole number of seconds from 0 to 86400; 10m is 600',
        'f:4:28  nodes.readyTimeoutSeconds: saw "600", expected a whole number of seconds from 60 to 86400; remove the quotes',
        'f:5:16  maintenance.timezone: saw "Europe/Berln", expected a time zone of the IANA database, such as UTC or Europe/Berlin; did you mean Europe/Berlin?',
        'f:5:59  maintenance.windows[0].days[0]: saw "Mon", expected mon or tue or wed or thu or fri or sat or sun; did you mean mon?',
        'f:5:64  maintenance.windows[0].days[1]: saw "tues", expected mon or tue or wed or thu or fri or sat or sun; did you mean tue?',
      ],
    ],
    [
      'a key lacks its unit',
      `${MINIMAL}drain: { timeout: 60 }\n`,
      ['f:3:10  drain.timeout: not a setting; did you mean timeoutSeconds?'],
    ],
    [
      'a key belongs to other sections',
      `${MINIMAL}nodes: { timeoutSeconds: 60 }\n`,
      ['f:3:10  nodes.timeoutSeconds: not a setting; did you mean readyTimeoutSeconds?'],
    ],
    [
      'a key stands outside its section',
      `${MINIMAL}timeoutSeconds: 60\n`,
      [
        'f:3:1  timeoutSeconds: not a setting here; did you mean kubeadm.timeoutSeconds or drain.timeoutSeconds or snapshot.timeoutSeconds?',
      ],
    ],
    [
      'a key is like no other',
      `${MINIMAL}nodes: { zebra: w1 }\n`,
      [
        'f:3:10  nodes.zebra: not a setting; nodes has readyTimeoutSeconds, soakSeconds, minimumFreeDisk, exclude, containerdPackage, containerdVersion',
      ],
    ],
    [
      'a key would garble the report',
      `${MINIMAL}"a\\nb": 1\n`,
      [
        'f:3:1  "a\\nb": not a setting; a cluster has annotationPrefix, nightly, report, policy, maintenance, workers, runners, argo, packages, ssh, kubeadm, prepare, controlPlane, drain, nodes, metrics, monitoring, notify, preflight, postflight, kured, snapshot, alerts, dashboard, compatibility, images, certificateAuthorities, secrets, network, resources, history',
      ],
    ],
    [
      'an item is there twice',
      `${MINIMAL}policy: { skipVersions: [1.34.9, 1.34.8, 1.34.9] }\n`,
      ['f:3:42  policy.skipVersions[2]: saw "1.34.9" a second time, expected once'],
    ],
    [
      'a list is needed',
      `${MINIMAL}policy: { skipVersions: 1.34.9 }\n`,
      [
        'f:3:11  policy.skipVersions: saw "1.34.9", expected a list, each an exact version X.Y.Z without a v in front, such as 1.34.9',
      ],
    ],
    [
      'a list must not be empty',
      `${MINIMAL}network: { apiServerPorts: [] }\n`,
      ['f:3:12  network.apiServerPorts: saw a list, expected a list of at least one item, each a port from 1 to 65535'],
    ],
    [
      'text is a number without its quotes',
      `${MINIMAL}resources: { cpu: 1 }\n`,
      [
        'f:3:14  resources.cpu: saw 1, expected an amount of CPU, such as 50m or 0.5; without quotes YAML reads it as a number or as true or false',
      ],
    ],
    [
      'text is a number, and wrong with quotes too',
      `${MINIMAL}policy: { skipVersions: [1.34] }\n`,
      [
        'f:3:26  policy.skipVersions[0]: saw 1.34, expected an exact version X.Y.Z without a v in front, such as 1.34.9',
      ],
    ],
    [
      'a number is in quotes',
      `${MINIMAL}nodes: { soakSeconds: '60' }\n`,
      ['f:3:10  nodes.soakSeconds: saw "60", expected a whole number of seconds from 0 to 86400; remove the quotes'],
    ],
    [
      'a value is very long',
      `${MINIMAL}ssh: { user: ${'u'.repeat(200)} }\n`,
      [`f:3:8  ssh.user: saw "${'u'.repeat(79)}…, expected a user name of lower-case letters, digits, _ and -`],
    ],
    [
      'the grace period is longer than the drain',
      `${MINIMAL}drain:\n  timeoutSeconds: 120\n`,
      ['f:3:1  drain.gracePeriodSeconds: is 300, expected at most drain.timeoutSeconds, which is 120'],
    ],
    [
      'nothing may move for longer than the whole drain may take',
      `${MINIMAL}drain: { maximumSeconds: 600 }\n`,
      ['f:3:10  drain.maximumSeconds: is 600, expected at least drain.timeoutSeconds, which is 1800'],
    ],
    [
      'a run would still wait for approval when the next one is due',
      `${MINIMAL}policy: { minor: approve, approvalSeconds: 86400 }\n`,
      [
        'f:3:27  policy.approvalSeconds: is 86400, expected at most 82800, so that the wait is over before nightly.schedule, which is 0 23 * * *, comes again',
      ],
    ],
    [
      'the memory limit is below the request',
      `${MINIMAL}resources:\n  memory: 1Gi\n  memoryLimit: 1G\n`,
      ['f:5:3  resources.memoryLimit: is 1G, expected at least resources.memory, which is 1Gi'],
    ],
    [
      'pods are to outlive their run',
      `${MINIMAL}history: { keepPodsHours: 200 }\n`,
      ['f:3:12  history.keepPodsHours: is 200, expected at most the 168 hours of history.keepDays, which is 7'],
    ],
    [
      'a kubelet can set the label of a canary on its own Node',
      `${MINIMAL}workers: { canary: { labels: [pool=canary] } }\n`,
      [
        'f:3:31  workers.canary.labels[0]: saw "pool=canary", expected a label as key=value below node-role.kubernetes.io/ or node-restriction.kubernetes.io/, which no kubelet can set on its own Node; or the workers in workers.canary.names',
      ],
    ],
    [
      'a contradiction hangs on a wrong value, which alone is told',
      `${MINIMAL}drain: { timeoutSeconds: 1 }\n`,
      ['f:3:10  drain.timeoutSeconds: saw 1, expected a whole number of seconds from 60 to 86400'],
    ],
  ];
  for (const [name, text, report] of REPORTS) {
    it(`are refused when ${name}`, () => {
      expect(problemsOf(text)).to.deep.equal(report);
    });
  }
});
