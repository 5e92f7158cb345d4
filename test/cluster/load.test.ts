import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadCluster, loadClusters, SettingsError } from '../../src/cluster/load.ts';
import { SETTINGS } from '../../src/settings/cluster.ts';

const BAD = 'test/cluster/fixtures/bad';
const MINIMAL = 'images:\n  repository: registry.example.com/platform/argo-kubeadm-upgrade\n';

const BAD_REPORT = `
2:1  annotationPrefix: saw "argo-kubeadm-upgrade.io", expected a DNS name of your own with a / at its end, such as argo-kubeadm-upgrade.io/
4:3  nightly.schedule: saw "0 23 * *", expected five cron fields (minute hour day month weekday 0-6) that match some day, such as 0 23 * * *
5:3  nightly.timezone: saw "Europe/Bonn", expected a time zone of the IANA database, such as UTC or Europe/Berlin
7:3  policy.patch: saw "never", expected auto or off
10:7  policy.skipVersions[1]: saw "v1.34.10", expected an exact version X.Y.Z without a v in front, such as 1.34.9
12:3  packages.repository: saw "https://pkgs.k8s.io/core:/stable:/", expected an http or https URL without a slash at its end, such as https://pkgs.k8s.io/core:/stable:
14:3  ssh.user: saw "root; reboot", expected a user name of lower-case letters, digits, _ and -
15:3  ssh.port: saw "22", expected a port from 1 to 65535; remove the quotes
17:3  kubeadm.skipPhase: not a setting; did you mean skipPhases?
18:27  kubeadm.ignorePreflightErrors[0]: saw "all", expected the name of one kubeadm preflight check (never "all"), such as CoreDNSMigration
20:3  drain.timeoutSeconds: saw "ten minutes", expected a whole number of seconds from 60 to 86400
21:3  drain.gracePeriod: not a setting; did you mean gracePeriodSeconds?
23:3  nodes.soakSeconds: saw -1, expected a whole number of seconds from 0 to 86400
24:1  images.repository: missing, expected an image repository with its registry and without a tag, such as registry.example.com/platform/argo-kubeadm-upgrade
25:3  images.tag: saw 0.10, expected an image tag, such as 0.1.0; without quotes YAML reads it as a number or as true or false
27:3  secrets.externalSecret.remoteKey: missing, expected the key of an entry in the secret store, such as platform/k8s-upgrade
28:5  secrets.externalSecret.storeName: saw "Vault", expected the name of a Kubernetes object: lower-case letters, digits, - and .
30:3  network.policies: saw "yes", expected true or false
31:32  network.apiServerCidrs[1]: saw "10.0.0.7/8", expected a network in CIDR form without host bits, such as 10.0.0.0/8 or 2001:db8::/32
33:3  resources.memory: saw "128m", expected an amount of memory with its unit (k, M, G, Ki, Mi or Gi), such as 128Mi
35:3  history.keepDays: saw 7.5, expected a whole number of days from 1 to 365
36:1  soakSeconds: not a setting here; did you mean nodes.soakSeconds?
37:1  slackChannel: not a setting; a cluster has annotationPrefix, nightly, report, policy, maintenance, workers, runners, argo, packages, ssh, kubeadm, prepare, controlPlane, drain, nodes, metrics, monitoring, notify, preflight, postflight, kured, snapshot, alerts, dashboard, compatibility, images, certificateAuthorities, secrets, network, resources, history
39:3  metrics.pushgatewayUrl: saw "pushgateway:9091", expected an http or https URL without a slash at its end, such as http://pushgateway.monitoring.svc:9091
41:3  monitoring.prometheusUrl: saw 9090, expected an http or https URL without a slash at its end, such as http://prometheus.monitoring.svc:9090
42:13  monitoring.alerts.source: saw "grafana", expected prometheus or alertmanager or off
42:39  monitoring.alerts.ignore[0]: saw "Not A Name", expected a regular expression for the whole name of an alert, such as KubeCPUOvercommit or Noisy.*
45:5  compatibility.untested.addons: saw "maybe", expected block or warn
48:21  maintenance.windows[0].days[1]: saw "tuesday", expected mon or tue or wed or thu or fri or sat or sun; did you mean tue?
48:47  maintenance.windows[0].end: saw 6, expected a time of day in quotes from 00:00 to 23:59, such as 23:00
50:27  maintenance.freezes[0].to: saw "2026-02-30", expected a day as YYYY-MM-DD, such as 2026-12-20
52:3  workers.maxUnavailable: saw 0, expected a number of workers from 1 to 100
54:14  workers.canary.labels[0]: saw "canary", expected a label as key=value below node-role.kubernetes.io/ or node-restriction.kubernetes.io/, which no kubelet can set on its own Node; or the workers in workers.canary.names
56:3  argo.version: saw "3.7", expected 4.1 or 4.0
59:14  alerts.prometheusRule.labels[0]: saw "release", expected a label as key=value, such as release=kube-prometheus-stack
60:3  alerts.stalledAfterSeconds: saw "90m", expected a whole number of seconds from 60 to 86400; 90m is 5400
62:3  dashboard.namespace: saw "Monitoring", expected the name of a namespace: lower-case letters, digits and -
64:3  preflight.quietHours: saw "a day", expected a whole number of hours from 0 to 8760
66:3  snapshot.mode: saw "maybe", expected cron-job or built-in or none
67:3  snapshot.cronJob: saw "backup-etcd", expected a namespace and the name of a CronJob in it, such as default/backup-etcd
69:3  prepare.images: saw "never", expected pull or check or off
71:13  controlPlane.quiesce[0]: saw "rook-ceph-operator", expected a namespace and the name of a Deployment in it, such as rook-ceph/rook-ceph-operator
73:3  notify.slack: saw "yes", expected true or false; the address belongs in the Secret, under the key slack_webhook
74:3  notify.argoUiUrl: saw "argo.example.com", expected an http or https URL without a slash at its end, such as https://argo.example.com
76:3  postflight.minimumReadyPercent: saw 0.9, expected a whole number of percent from 0 to 100
77:3  postflight.dnsName: saw "Kubernetes", expected a name in the cluster DNS, such as kubernetes.default.svc
79:3  report.schedule: saw "7 6 * *", expected five cron fields (minute hour day month weekday 0-6) that match some day, such as 7 6 * * *
80:3  report.enabled: saw "no", expected true or false
82:3  kured.mode: saw "on", expected auto or off
83:3  kured.daemonSet: saw "kured", expected a namespace and the name of a DaemonSet in it, such as kube-system/kured
84:3  kured.lockAnnotation: saw "lock", expected the name of an annotation, such as weave.works/kured-node-lock
86:32  runners.withSshKey.nodeSelector[0]: saw "pool=upgrades", expected a label as key=value below node-role.kubernetes.io/ or node-restriction.kubernetes.io/, which no kubelet can set on its own Node
87:27  runners.others.tolerations[0].key: missing, expected the key of a taint, such as node-role.kubernetes.io/control-plane
88:27  certificateAuthorities.kind: saw "configmap", expected ConfigMap or Secret; did you mean ConfigMap?
88:44  certificateAuthorities.name: saw "Internal CA", expected the name of a Kubernetes object: lower-case letters, digits, - and .`
  .trim()
  .split('\n')
  .map((line) => `${BAD}/bad.yaml:${line}`)
  .join('\n');

function report(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    expect(error).to.be.instanceOf(SettingsError);
    return (error as SettingsError).message;
  }
  throw new Error('the settings were accepted');
}

describe('the settings of every cluster', () => {
  let dir = '';
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'clusters-'))));
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });
  const write = (file: string, text: string): void => {
    writeFileSync(join(dir, file), text);
  };

  it('are refused when a file is too large or in UTF-16, before a parser reads it', () => {
    write('big.yaml', `${MINIMAL}# ${'x'.repeat(2 ** 20)}\n`);
    const bytes = MINIMAL.length + 2 ** 20 + 3;
    expect(report(() => loadClusters(dir))).to.equal(`${dir}/big.yaml  saw ${bytes} bytes, expected at most 1048576`);
    rmSync(`${dir}/big.yaml`);
    writeFileSync(`${dir}/wide.yaml`, Buffer.from(`\uFEFF${MINIMAL}`, 'utf16le'));
    expect(report(() => loadClusters(dir))).to.equal(
      `${dir}/wide.yaml  saw UTF-16, expected UTF-8; save the file as UTF-8`,
    );
  });

  it('come sorted by name, which is the name of the file', () => {
    for (const name of ['b', 'a-2', 'a']) write(`${name}.yaml`, MINIMAL);
    expect(loadClusters(dir).map(({ name }) => name)).to.deep.equal(['a', 'a-2', 'b']);
  });

  it('are refused in one report that names every wrong setting of every section', () => {
    expect(report(() => loadClusters(BAD))).to.equal(BAD_REPORT);
    expect(report(() => loadCluster(`${BAD}/bad.yaml`))).to.equal(BAD_REPORT);
  });

  it('have no section that the bad example forgets', () => {
    const told = BAD_REPORT.split('\n').map((line) => /bad\.yaml:\S+ {2}([A-Za-z]+)/.exec(line)?.[1]);
    expect(told).to.include.members(Object.keys(SETTINGS));
  });

  it('are refused in one report when two files are wrong, and a good file does not save them', () => {
    write('zurich.yaml', 'imags: {}\n');
    write('bonn.yaml', `${MINIMAL}drain: fast\n`);
    write('good.yaml', MINIMAL);
    expect(report(() => loadClusters(dir))).to.equal(
      [
        `${dir}/bonn.yaml:3:1  drain: saw "fast", expected a section with timeoutSeconds, maximumSeconds, gracePeriodSeconds, deleteEmptyDirData, deleteUnmanagedPods, deleteDeadlocked, noRoom`,
        `${dir}/zurich.yaml:1:1  images.repository: missing, expected an image repository with its registry and without a tag, such as registry.example.com/platform/argo-kubeadm-upgrade`,
        `${dir}/zurich.yaml:1:1  imags: not a setting; did you mean images?`,
      ].join('\n'),
    );
  });

  for (const file of [
    'Prod.yaml',
    'prod_1.yaml',
    '-prod.yaml',
    'prod.eu.yaml',
    'prod.yml',
    'prod.YAML',
    `${'p'.repeat(41)}.yaml`,
  ]) {
    it(`are refused when a file is called ${file}`, () => {
      write(file, `${MINIMAL}suspend: true\n`);
      expect(report(() => loadClusters(dir))).to.equal(
        [
          `${dir}/${file}  saw this file name, expected <name>.yaml, the name of at most 40 lower-case letters, digits and - (neither first nor last)`,
          `${dir}/${file}:3:1  suspend: not a setting here; did you mean nightly.suspend?`,
        ].join('\n'),
      );
    });
  }

  it('may have names of 40 characters', () => {
    write(`${'p'.repeat(40)}.yaml`, MINIMAL);
    expect(loadClusters(dir)).to.have.length(1);
  });

  it('leave other files of the directory alone', () => {
    write('prod.yaml', MINIMAL);
    for (const file of ['README.md', '.prod.yaml', 'prod.yaml~', 'prod.yaml.bak']) write(file, 'no settings: [');
    expect(loadClusters(dir).map(({ name }) => name)).to.deep.equal(['prod']);
  });

  it('are never none: an empty directory is refused', () => {
    expect(report(() => loadClusters(dir))).to.equal(
      `${dir}  saw no file <name>.yaml in this directory, expected one per cluster`,
    );
  });

  it('are never none: a directory that is not there is refused', () => {
    expect(report(() => loadClusters(`${dir}/none`))).to.equal(
      `${dir}/none  cannot be read (ENOENT), expected a directory`,
    );
  });

  it('are refused when a file cannot be read', () => {
    mkdirSync(join(dir, 'prod.yaml'));
    expect(report(() => loadClusters(dir))).to.equal(`${dir}/prod.yaml  cannot be read (EISDIR), expected a file`);
    expect(report(() => loadCluster(`${dir}/none.yaml`))).to.equal(
      `${dir}/none.yaml  cannot be read (ENOENT), expected a file`,
    );
  });
});
