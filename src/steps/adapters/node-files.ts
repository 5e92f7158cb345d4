import { flagsInUnit } from '../../upgrade/gate/boundary/unit-file.ts';
import { flagsInEnvironment } from '../../upgrade/gate/boundary/flags.ts';
import { KUBELET_PLACES, type KubeletPlace, type Written } from '../../upgrade/gate/boundary/configuration.ts';
import { PLACES } from '../../upgrade/gate/boundary/boundary.ts';
import { known, notKnown, type Reading } from '../../upgrade/reading.ts';
import type { NodeFiles, NodeFilesPort } from '../ports/compatibility.ts';
import type { Remote, RemoteHost } from '../ports/remote.ts';
import { parseKubeletConfiguration, parseKubeletFragments } from './component-yaml.ts';
import { askWithin, mapConcurrently, outputOf, type Hosts } from './hosts.ts';
import { fileIn, READ_FILE, readFile } from './remote-files.ts';
import { parsed } from '../runtime/step-error.ts';

const SCRIPT_TIMEOUT_SECONDS = 30;
const PATIENCE_SECONDS = 900;

/** Reads what is written on nodes, over SSH; changes nothing there. */
export const nodeFiles = ({ remote, clock, log }: Hosts): NodeFilesPort => ({
  async read(hosts) {
    const askInTime = askWithin(PATIENCE_SECONDS, clock);
    const seen = await mapConcurrently(hosts, async (host): Promise<[string, NodeFiles]> => {
      const printed = await askInTime(host.node, () => look(remote, host));
      if (!printed.known) log(`Cannot look at ${host.node}: ${printed.reason}`);
      return [host.node, toNodeFiles(printed, host.node)];
    });
    return new Map(seen);
  },
});

const CGROUPS = '/sys/fs/cgroup';

/** Where systemd looks, in this order: https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html */
const UNIT_FOLDERS = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map((folder) => `${folder}/systemd/system`);

/** The unit of the kubelet and its drop-ins in the order of their names; of one name, only the first that systemd finds. */
const PRINT_UNIT = [
  'print_unit() {',
  `  folders='${UNIT_FOLDERS.join(' ')}'`,
  '  for folder in $folders; do [ ! -e "$folder/kubelet.service" ] || { cat "$folder/kubelet.service"; echo; break; }; done',
  '  for folder in $folders; do',
  '    for file in "$folder"/kubelet.service.d/*.conf; do [ ! -e "$file" ] || printf "%s/%s\\n" "${file##*/}" "$file"; done',
  '  done | sort -s -u -t / -k 1,1 | while IFS=/ read -r _ file; do cat "/${file#/}"; echo; done',
  '}',
].join('\n');

/** Files of flags that have a place of their own. */
const FLAG_FILES = ['kubeadm-flags.env', 'etc-default-kubelet', 'etc-sysconfig-kubelet'] as const;
const FLAG_PATHS = FLAG_FILES.map((place) => PLACES[place]);

/** The other files that the unit names. A line may be a pattern, and an empty one takes back those before it. */
const PRINT_ENVIRONMENT = [
  'named_files() {',
  '  print_unit | tr \'\\r\' \'\\n\' | awk \'/^[ \\t]*EnvironmentFile[ \\t]*=/ { sub(/^[^=]*=[ \\t]*-?[ \\t]*/, ""); sub(/[ \\t]+$/, ""); if ($0 == "") n = 0; else found[n++] = $0 } END { for (i = 0; i < n; i++) print found[i] }\'',
  '}',
  'print_environment() {',
  '  named_files | while IFS= read -r pattern; do',
  `    (IFS=; for file in $pattern; do case $file in ${FLAG_PATHS.join('|')}) ;; *) [ ! -f "$file" ] || { cat "$file"; echo; } ;; esac; done)`,
  '  done',
  '}',
].join('\n');

/** https://kubernetes.io/docs/tasks/administer-cluster/kubelet-config-file/#kubelet-configuration-drop-in */
const PRINT_CONFIG_FOLDER = [
  'print_config_folder() {',
  `  folder=$({ print_unit; print_environment; cat ${FLAG_PATHS.join(' ')} 2>&1; } | grep -v '^[[:space:]]*[#;]' | tr -d "\\"'" | tr -s ' ' | grep -oE -e '--config[-_]dir[= ][^[:space:]]+' | tail -n 1)`,
  '  folder=${folder#--config?dir?}',
  '  [ -z "$folder" ] || find -L "$folder" -name "*.conf" -type f | LC_ALL=C sort | while IFS= read -r file; do cat "$file"; printf "\\n---\\n"; done',
  '}',
].join('\n');

/** A line for each thing. */
const LOOK = [
  '# What the kubelet is started with',
  'export LC_ALL=C',
  `printf 'cgroup %s\\n' "$(stat -fc %T ${CGROUPS} 2>&1 | tr '\\n' ' ')"`,
  READ_FILE,
  ...[...FLAG_FILES, 'kubelet-config-file' as const].map((place) => readFile(place, PLACES[place])),
  PRINT_UNIT,
  `printf 'file kubelet-unit %s\\n' "$(print_unit | base64 -w 0)"`,
  PRINT_ENVIRONMENT,
  `printf 'file kubelet-environment %s\\n' "$(print_environment | base64 -w 0)"`,
  PRINT_CONFIG_FOLDER,
  `printf 'file kubelet-config-folder %s\\n' "$(print_config_folder | base64 -w 0)"`,
].join('\n');

async function look(remote: Remote, host: RemoteHost): Promise<readonly string[]> {
  const command = { script: LOOK, timeoutSeconds: SCRIPT_TIMEOUT_SECONDS };
  return (await outputOf(remote, host, command, "reading the kubelet's files on")).split('\n');
}

function toNodeFiles(printed: Reading<readonly string[]>, node: string): NodeFiles {
  const places = KUBELET_PLACES.map((place) => [place, printed.known ? placeOf(place, printed.value, node) : printed]);
  return {
    cgroup: printed.known ? cgroupOf(printed.value, node) : printed,
    places: Object.fromEntries(places) as NodeFiles['places'],
  };
}

/** https://kubernetes.io/docs/concepts/architecture/cgroups/#check-cgroup-version */
function cgroupOf(lines: readonly string[], node: string): NodeFiles['cgroup'] {
  const type =
    lines
      .find((line) => line.startsWith('cgroup '))
      ?.slice('cgroup '.length)
      .trim() ?? 'nothing';
  if (type === 'cgroup2fs') return known('v2');
  if (type === 'tmpfs') return known('v1');
  return notKnown(`the file system at ${CGROUPS} on ${node} is ${type}, expected cgroup2fs or tmpfs`);
}

const NOTHING: Written = { flags: [], featureGates: {} };

function placeOf(place: KubeletPlace, lines: readonly string[], node: string): Reading<Written> {
  const where = `${PLACES[place]} on ${node}`;
  const file = fileIn(lines, place, where);
  if (!file.known) return file;
  if (file.value !== undefined) return contentOf(place, file.value, where);
  // kubeadm starts no kubelet without it, so we would be looking in the wrong place.
  return place === 'kubelet-config-file' ? notKnown(`${where} is not there`) : known(NOTHING);
}

function contentOf(place: KubeletPlace, text: string, where: string): Reading<Written> {
  if (place === 'kubelet-unit') return known({ flags: flagsInUnit(text), featureGates: {} });
  if (place === 'kubelet-config-file') return parsed(() => parseKubeletConfiguration(text, where));
  if (place === 'kubelet-config-folder') return parsed(() => parseKubeletFragments(text, where));
  return known({ flags: flagsInEnvironment(text), featureGates: {} });
}
