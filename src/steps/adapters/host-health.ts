import { X509Certificate } from 'node:crypto';
import type { CertificateFile, Volume, Volumes } from '../../upgrade/node/health.ts';
import { ASK_ETCD, parseEtcdHealth } from '../../upgrade/etcd/health.ts';
import { CONTROL_PLANE_COMPONENTS } from '../../upgrade/node/node.ts';
import { known, notKnown, type Reading } from '../../upgrade/reading.ts';
import { shellWord } from '../../text/shell.ts';
import type { HostHealth, HostHealthPort } from '../ports/health.ts';
import type { Remote, RemoteHost } from '../ports/remote.ts';
import { askWithin, mapConcurrently, outputOf, type Hosts } from './hosts.ts';

const SCRIPT_TIMEOUT_SECONDS = 60;
const PATIENCE_SECONDS = 600;

/** Looks at control-plane nodes, over SSH; changes nothing there. `snapshots`: the folder of our own, where there is one. */
export const hostHealth = ({ remote, clock, log }: Hosts, snapshots: string | undefined): HostHealthPort => ({
  async read(hosts) {
    const askInTime = askWithin(PATIENCE_SECONDS, clock);
    const seen = await mapConcurrently(hosts, async (host): Promise<[string, HostHealth]> => {
      const printed = await askInTime(host.node, () => look(remote, host, snapshots));
      if (!printed.known) log(`Cannot look at ${host.node}: ${printed.reason}`);
      return [host.node, toHostHealth(printed, host.node, snapshots)];
    });
    return new Map(seen);
  },
});

const PKI = '/etc/kubernetes/pki';
const DATA = '/var/lib/etcd';
/** Where kubeadm copies etcd's data to, and where its backups pile up. */
const BACKUPS = '/etc/kubernetes';

const MANIFESTS = '/etc/kubernetes/manifests';
const COMPONENTS = ['etcd', ...CONTROL_PLANE_COMPONENTS];
/** The label by which kubeadm finds the static pod of a component, in YAML or JSON. */
const COMPONENT_LABEL = `component"?: *"?(${COMPONENTS.join('|')})([", }]|$)`;

/**
 * The kubelet runs every file of the directory whose name does not begin with a dot, whatever its extension:
 * https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/#static-pod-creation
 */
const LIST_MANIFEST_COPIES = [
  `for file in ${MANIFESTS}/*; do`,
  `  case "\${file##*/}" in (${COMPONENTS.map((name) => `${name}.yaml`).join('|')}) continue ;; esac`,
  `  if [ -f "$file" ] && grep -qE '${COMPONENT_LABEL}' "$file"; then printf '%s\\n' "$file"; fi`,
  'done',
].join('\n');

/** A line for each thing; texts in base64, so that nothing in them can be taken for a line of ours. */
const LOOK = [
  '# How a control-plane node is',
  'export LC_ALL=C',
  'line() { printf "%s %s\\n" "$1" "$(printf %s "$2" | base64 -w 0)"; }',
  ...ASK_ETCD,
  'line etcd "$(ask_etcd)"',
  'if [ -e "$etcd_manifest" ]; then',
  `  data=$(etcd_flag data-dir | sed 's/[],].*//')`,
  `  data=\${data:-${DATA}}`,
  '  line data-bytes "$(du -sk -- "$data" 2>&1 | tail -n 1)"',
  '  line data-volume "$(df -Pk -- "$data" 2>&1 | tail -n 1)"',
  'fi',
  `line backup-volume "$(df -Pk ${BACKUPS} 2>&1 | tail -n 1)"`,
  `line manifest-copies "$(${LIST_MANIFEST_COPIES})"`,
  `for file in ${PKI}/*.crt ${PKI}/etcd/*.crt; do [ ! -e "$file" ] || line "certificate:$file" "$(cat "$file" 2>&1)"; done`,
  // Not dpkg --audit: that also complains of packages that were built without checksums. H, U, F: half-installed, unpacked, half-configured.
  `if all=$(dpkg-query -W -f='\${db:Status-Abbrev}|\${Package}\\n'); then`,
  `  line packages "$(printf '%s\\n' "$all" | sed -n -e 's/^.[HUF].|//p' -e 's/^..R|//p' | sort -u | tr '\\n' ' ')"`,
  'fi',
];

/** The folder is made when the first snapshot is taken: until then, where it would be made. */
const lookAt = (folder: string): string =>
  `at=${shellWord(folder)}; while [ ! -e "$at" ]; do at=$(dirname "$at"); done; line snapshot-volume "$(df -Pk "$at" 2>&1 | tail -n 1)"`;

async function look(
  remote: Remote,
  host: RemoteHost,
  snapshots: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  const script = [...LOOK, ...(snapshots === undefined ? [] : [lookAt(snapshots)])].join('\n');
  const stdout = await outputOf(remote, host, { script, timeoutSeconds: SCRIPT_TIMEOUT_SECONDS }, 'looking at');
  return new Map(
    stdout.split('\n').flatMap((line) => {
      const [, key, text] = /^(\S+) (\S*)$/.exec(line) ?? [];
      return key === undefined ? [] : [[key, Buffer.from(text ?? '', 'base64').toString('utf8')] as const];
    }),
  );
}

function toHostHealth(
  printed: Reading<ReadonlyMap<string, string>>,
  node: string,
  snapshots: string | undefined,
): HostHealth {
  if (!printed.known)
    return {
      etcd: printed,
      certificates: printed,
      volumes: printed,
      brokenPackages: printed,
      manifestCopies: printed,
    };
  const lines = printed.value;
  const packages = lines.get('packages');
  const copies = lines.get('manifest-copies');
  const etcd = parseEtcdHealth(lines.get('etcd') ?? '', node);
  return {
    etcd,
    certificates: certificatesOf(lines, node),
    volumes: volumesOf(lines, node, etcd, snapshots),
    brokenPackages:
      packages === undefined ? notKnown(`nothing was said about the packages of ${node}`) : known(packages.trim()),
    manifestCopies:
      copies === undefined
        ? notKnown(`nothing was said about the manifests of ${node}`)
        : known(copies.split('\n').filter(Boolean)),
  };
}

function certificatesOf(lines: ReadonlyMap<string, string>, node: string): Reading<readonly CertificateFile[]> {
  const files = [...lines].filter(([key]) => key.startsWith('certificate:'));
  if (files.length === 0) return notKnown(`there is no certificate in ${PKI} on ${node}`);
  const read = files.map(([key, text]) => certificateOf(key.slice('certificate:'.length), text));
  const wrong = read.filter((each) => typeof each === 'string');
  if (wrong.length > 0) return notKnown(`cannot read ${wrong.join(', ')} on ${node}`);
  return known(read.filter((each) => typeof each !== 'string'));
}

/** The path alone where what is in it is no certificate. */
function certificateOf(path: string, text: string): CertificateFile | string {
  try {
    const expiresAtMs = new Date(new X509Certificate(text).validTo).getTime();
    return Number.isNaN(expiresAtMs) ? path : { path, expiresAtMs };
  } catch {
    return path;
  }
}

function volumesOf(
  lines: ReadonlyMap<string, string>,
  node: string,
  health: HostHealth['etcd'],
  folder: string | undefined,
): Reading<Volumes> {
  const backups = df(lines.get('backup-volume'));
  if (backups === undefined) return notKnown(`df does not say how full ${BACKUPS} is on ${node}`);
  const snapshots = folder === undefined ? undefined : df(lines.get('snapshot-volume'));
  if (folder !== undefined && snapshots === undefined)
    return notKnown(`df does not say how full ${folder} is on ${node}`);
  if (health.known && health.value.kind === 'external')
    return known({ etcdDataBytes: 0, etcd: backups, backups, snapshots });
  const etcd = df(lines.get('data-volume'));
  const [, dataKilobytes] = /^(\d+)\s/.exec(lines.get('data-bytes') ?? '') ?? [];
  if (etcd === undefined || dataKilobytes === undefined)
    return notKnown(`du and df do not say how large and how full etcd's data is on ${node}`);
  return known({ etcdDataBytes: Number(dataKilobytes) * 1024, etcd, backups, snapshots });
}

/** Columns of POSIX df: file system, blocks of 1024 bytes, used, available, capacity, mounted on. */
function df(line = ''): Volume | undefined {
  const words = line.split(/\s+/);
  const capacity = words.findIndex((word, index) => /^\d+%$/.test(word) && words[index + 1]?.startsWith('/') === true);
  const free = words[capacity - 1] ?? '';
  if (capacity < 0 || !/^\d+$/.test(free)) return undefined;
  return { mount: words.slice(capacity + 1).join(' '), freeBytes: Number(free) * 1024 };
}
