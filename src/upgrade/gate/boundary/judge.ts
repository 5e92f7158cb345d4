import { finding, type Finding } from '../finding.ts';
import { formatMinor, type KubeVersion } from '../../kubernetes/kube-version.ts';
import { compareDotted, parseDotted, tryParseDotted } from '../../kubernetes/dotted-version.ts';
import { PLACES, type Boundary, type EtcdFloor, type RemovedGate, type RemovedFlag } from './boundary.ts';
import type { Configuration, ConfigReading, Written } from './configuration.ts';
import { configReadings, nodesBefore, words } from './looks.ts';

/** Compares the configuration with the boundary of this upgrade. It does not require sources that no row is about. */
export function judgeBoundary(boundary: Boundary, configuration: Configuration, target: KubeVersion): Finding[] {
  return [
    ...judgeLooks(boundary, configReadings(configuration, target)),
    ...judgeKubeadmApi(boundary, configuration),
    ...(boundary.etcd === undefined ? [] : judgeEtcd(boundary.etcd, configuration, target)),
    ...(boundary.cgroupV1 === undefined ? [] : judgeCgroups(boundary.cgroupV1, configuration, target)),
  ];
}

// ---- flags, gates, plugins -------------------------------------------------------------------------------------------
/** The rows of this boundary about one component. */
type Rows = Pick<Boundary, 'flags' | 'gates' | 'admissionPlugins'>;

function rowsFor(boundary: Boundary, look: ConfigReading): Rows | undefined {
  const flags = boundary.flags.filter((row) => row.component === look.component && row.cleanedUpIn !== look.place);
  const gates = boundary.gates.filter((row) => (row.of === 'kubeadm') === (look.component === 'kubeadm'));
  const admissionPlugins = look.component === 'kube-apiserver' ? boundary.admissionPlugins : [];
  return flags.length + gates.length + admissionPlugins.length === 0 ? undefined : { flags, gates, admissionPlugins };
}

function judgeLooks(boundary: Boundary, all: readonly ConfigReading[]): Finding[] {
  const asked = all.flatMap((look) => {
    const rows = rowsFor(boundary, look);
    return rows === undefined ? [] : [{ look, rows }];
  });
  return [
    ...asked.flatMap(({ look, rows }) => (look.read.known ? judgeLook(boundary, look, rows, look.read.value) : [])),
    ...notRead(asked.map(({ look }) => look)),
  ];
}

function judgeLook(boundary: Boundary, look: ConfigReading, rows: Rows, written: Written): Finding[] {
  const { flags, gates, admissionPlugins: plugins } = rows;
  const present = pluginsIn(written);
  return [
    ...flags
      .filter(({ flag }) => written.flags.some(({ name }) => name === flag))
      .map((row) => removedFlag(boundary, look, row)),
    ...gates.flatMap((row) => judgeGate(boundary, look, row, gatesIn(written))),
    ...plugins
      .filter(({ plugin }) => present.includes(plugin))
      .map(({ plugin, source }) =>
        finding('removed-admission-plugin', 'actionable', subjectOf(look), {
          found: `admission plugin ${plugin} in ${PLACES[look.place]}`,
          needed: `none of that name: Kubernetes ${boundary.target} removed it, and the API server does not start with it`,
          remedy: remove(look, plugin),
          source,
        }),
      ),
  ];
}

const pluginsIn = ({ flags }: Written): string[] =>
  ['enable-admission-plugins', 'disable-admission-plugins', 'admission-control'].flatMap((name) => words(flags, name));

/**
 * Returns each gate and whether it is on, from the flag and the field. A flag may also contain `Gate=`, which means
 * off.
 */
function gatesIn({ flags, featureGates }: Written): [string, boolean][] {
  const ofFlag = words(flags, 'feature-gates').map((word): [string, boolean] => {
    const [gate = '', value = ''] = word.split('=', 2);
    return [gate.trim(), /^(true|1|t)$/i.test(value.trim())];
  });
  return [...ofFlag, ...Object.entries(featureGates)];
}

function judgeGate(
  boundary: Boundary,
  look: ConfigReading,
  row: RemovedGate,
  present: readonly [string, boolean][],
): Finding[] {
  const { gate, lockedTo, source } = row;
  const values = present.filter(([name, on]) => name === gate && on !== lockedTo).map(([, on]) => on);
  return [...new Set(values)].map((on) => {
    const found = `feature gate ${gate}=${String(on)} in ${PLACES[look.place]}`;
    const details = { found, remedy: remove(look, gate), source };
    const since = `Kubernetes ${boundary.target}`;
    return lockedTo === undefined
      ? finding('removed-feature-gate', 'actionable', subjectOf(look), {
          ...details,
          needed: `none of that name: ${since} removed it, and ${look.component} does not start with it`,
        })
      : finding('locked-feature-gate', 'actionable', subjectOf(look), {
          ...details,
          needed: `${gate}=${String(lockedTo)} or nothing: ${since} locked it, and ${look.component} does not start with another value`,
        });
  });
}

const removedFlag = (boundary: Boundary, look: ConfigReading, { flag, component, source }: RemovedFlag): Finding =>
  finding('removed-flag', 'actionable', subjectOf(look), {
    found: `flag --${flag} in ${PLACES[look.place]}`,
    needed: `none of that name: Kubernetes ${boundary.target} removed it, and ${component} does not start with it`,
    remedy: remove(look, `--${flag}`),
    source,
  });

const subjectOf = ({ component, node }: ConfigReading): string =>
  node === undefined ? component : `${component} on ${node}`;

function remove({ place, node, component }: ConfigReading, what: string): string {
  const at = node === undefined ? '' : ` on ${node}`;
  switch (place) {
    case 'static-pod-manifest':
      return `Remove ${what} from /etc/kubernetes/manifests/${component}.yaml${at} and from extraArgs in ${PLACES['kubeadm-config']}.`;
    case 'kubeadm-flags.env':
    case 'etc-default-kubelet':
    case 'etc-sysconfig-kubelet':
    case 'kubelet-environment':
    case 'kubelet-config-folder':
    case 'kubelet-config-file':
      return `Remove ${what} from ${PLACES[place]}${at}, then restart the kubelet there.`;
    case 'kubelet-unit':
      return `Remove ${what}${at} from the file in which this shows it: systemctl cat kubelet. Then: systemctl daemon-reload && systemctl restart kubelet.`;
    case 'kubeadm-config':
    case 'kubelet-config':
    case 'kube-proxy-config':
      return `Remove ${what} from ${PLACES[place]}.`;
  }
}

/** Reports a node that does not answer once, not once for each of its files. */
function notRead(asked: readonly ConfigReading[]): Finding[] {
  const unread = asked.flatMap((look) => (look.read.known ? [] : [{ look, reason: look.read.reason }]));
  const alike = Map.groupBy(unread, ({ look, reason }) => JSON.stringify([subjectOf(look), reason]));
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const places = group.map(({ look }) => PLACES[look.place]).join(', ');
    return [
      finding('configuration-unknown', 'unknown', subjectOf(first.look), {
        found: `no answer about ${places}: ${first.reason}`,
        needed: 'its flags and feature gates, to compare them with what the target removed',
        remedy: 'Correct the cause, so that the gate can read it.',
      }),
    ];
  });
}

const unread = (subject: string, reason: string, needed: string): Finding =>
  finding('configuration-unknown', 'unknown', subject, {
    found: `no answer: ${reason}`,
    needed,
    remedy: 'Correct the cause, so that the gate can read it.',
  });

// ---- kubeadm's own configuration -------------------------------------------------------------------------------------
function judgeKubeadmApi({ target, kubeadmApis }: Boundary, { kubeadmConfig }: Configuration): Finding[] {
  if (kubeadmApis.length === 0) return [];
  const subject = PLACES['kubeadm-config'];
  if (!kubeadmConfig.known) return [unread(subject, kubeadmConfig.reason, 'the API version of its documents')];
  const { apiVersions } = kubeadmConfig.value;
  return kubeadmApis
    .filter(({ version }) => apiVersions.includes(version))
    .map(({ version, source }) =>
      finding('removed-kubeadm-api', 'actionable', subject, {
        found: `apiVersion ${version}`,
        needed: `one that kubeadm ${target} reads: it removed this one`,
        remedy: `Migrate it with a kubeadm before ${target}: kubeadm config migrate, then kubeadm init phase upload-config kubeadm.`,
        source,
      }),
    );
}

// ---- etcd ------------------------------------------------------------------------------------------------------------
function judgeEtcd(row: EtcdFloor, { etcd: members, kubeadmConfig }: Configuration, target: KubeVersion): Finding[] {
  // An upgrade leaves an external etcd as it is. The row is about the etcd that kubeadm upgrades.
  if (kubeadmConfig.known && kubeadmConfig.value.externalEtcd === true) return [];
  const needed = `every member at ${row.floor} or newer before Kubernetes ${formatMinor(target)}`;
  if (!members.known) return [unread('etcd', members.reason, needed)];
  if (members.value.length === 0) return [unread('etcd', 'no member was found', needed)];
  return members.value.flatMap(({ name, version }): Finding[] => {
    const subject = `etcd ${name}`;
    // kubeadm's image tags carry a build number: 3.5.24-0.
    const parsed = tryParseDotted(version.replace(/-\d+$/, ''));
    if (parsed === undefined) return [unread(subject, `"${version}" is no version`, needed)];
    if (compareDotted(parsed, parseDotted(row.floor)) >= 0) return [];
    return [
      finding('etcd-floor', 'actionable', subject, {
        needed,
        found: version,
        remedy: `Upgrade etcd to ${row.floor} or newer first: ${row.because}.`,
        source: row.source,
      }),
    ];
  });
}

// ---- cgroup v1 -------------------------------------------------------------------------------------------------------
function judgeCgroups(
  { source }: NonNullable<Boundary['cgroupV1']>,
  { nodes, kubeletConfig }: Configuration,
  target: KubeVersion,
): Finding[] {
  const minor = formatMinor(target);
  const needed = `cgroup v2, or failCgroupV1: false in ${PLACES['kubelet-config']}`;
  return nodesBefore(nodes, target).flatMap(({ name, cgroup }): Finding[] => {
    const subject = `kubelet on ${name}`;
    if (!cgroup.known) return [unread(subject, cgroup.reason, needed)];
    if (cgroup.value === 'v2') return [];
    if (!kubeletConfig.known) return [unread(subject, kubeletConfig.reason, needed)];
    if (kubeletConfig.value.failCgroupV1 === false) return [];
    return [
      finding('cgroup-v1', 'actionable', subject, {
        needed,
        source,
        found: `cgroup v1, with which a kubelet ${minor} does not start`,
        remedy: `Move the node to cgroup v2; to put that off, set failCgroupV1: false in ${PLACES['kubelet-config']} and ignore kubeadm's preflight check SystemVerification.`,
      }),
    ];
  });
}
