import { flagsInEnvironment } from '../../upgrade/gate/boundary/flags.ts';
import { INSTANCE_CONFIG, pathOf, type CriSocketFiles } from '../../upgrade/node/cri-socket.ts';
import { fieldsOf } from '../../upgrade/gate/manifests/fields.ts';
import { known, type Reading } from '../../upgrade/reading.ts';
import { shellWord } from '../../text/shell.ts';
import type { HostToRead, KubeadmFiles, KubeadmFilesPort } from '../ports/health.ts';
import type { Remote } from '../ports/remote.ts';
import { askWithin, mapConcurrently, outputOf, type Hosts } from './hosts.ts';
import { podIn } from './kubeadm.ts';
import { lookAtPatches, patchesIn } from './patch-folder.ts';
import { fileIn, READ_FILE, readFile } from './remote-files.ts';
import { parseYaml } from './yaml.ts';
import { parsed } from '../runtime/step-error.ts';

const SCRIPT_TIMEOUT_SECONDS = 30;
const PATIENCE_SECONDS = 600;

/** Paths of the files, each by its key in the script. */
const FILES = {
  'kubeadm-flags': '/var/lib/kubelet/kubeadm-flags.env',
  'instance-config': INSTANCE_CONFIG,
  'kubelet-config': '/var/lib/kubelet/config.yaml',
  etcd: '/etc/kubernetes/manifests/etcd.yaml',
} as const;
type FileKey = keyof typeof FILES;

/** Reads files on nodes over SSH; changes nothing there. `patches`: the directory of `kubeadm.patches`. */
export const kubeadmFiles = ({ remote, clock, log }: Hosts, patches: string | undefined): KubeadmFilesPort => ({
  async read(nodes) {
    const askInTime = askWithin(PATIENCE_SECONDS, clock);
    const seen = await mapConcurrently(nodes, async (asked): Promise<[string, KubeadmFiles]> => {
      const { node } = asked.host;
      const lines = await askInTime(node, () => look(remote, asked, patches));
      if (!lines.known) log(`Cannot read what kubeadm reads on ${node}: ${lines.reason}`);
      return [node, filesOf(lines, asked, patches)];
    });
    return new Map(seen);
  },
});

async function look(
  remote: Remote,
  { host, criSocket }: HostToRead,
  patches: string | undefined,
): Promise<readonly string[]> {
  const path = pathOf(criSocket ?? '');
  const script = [
    '# What kubeadm reads on this node',
    'export LC_ALL=C',
    READ_FILE,
    ...Object.entries(FILES).map(([key, file]) => readFile(key, file)),
    ...(path === undefined ? [] : [`if [ -S ${shellWord(path)} ]; then echo 'socket yes'; else echo 'socket no'; fi`]),
    ...(patches === undefined ? [] : [lookAtPatches(patches)]),
  ].join('\n');
  const command = { script, timeoutSeconds: SCRIPT_TIMEOUT_SECONDS };
  return (await outputOf(remote, host, command, 'reading files on')).split('\n');
}

function filesOf(lines: Reading<readonly string[]>, asked: HostToRead, patches: string | undefined): KubeadmFiles {
  if (!lines.known) return { criSocket: lines, etcd: lines, ...(patches !== undefined && { patches: lines }) };
  const { node } = asked.host;
  const file = (key: FileKey): Reading<string | undefined> => fileIn(lines.value, key, `${FILES[key]} on ${node}`);
  return {
    criSocket: criSocketOf(lines.value, file, asked),
    etcd: yamlOf(file('etcd'), `${FILES.etcd} on ${node}`),
    kubelet: yamlOf(file('kubelet-config'), `${FILES['kubelet-config']} on ${node}`),
    ...(patches !== undefined && { patches: patchesIn(lines.value, `${patches} on ${node}`) }),
  };
}

function criSocketOf(
  lines: readonly string[],
  file: (key: FileKey) => Reading<string | undefined>,
  { criSocket }: HostToRead,
): Reading<CriSocketFiles> {
  const instance = file('instance-config');
  if (!instance.known) return instance;
  const annotated = pathOf(criSocket ?? '') === undefined ? undefined : lines.includes('socket yes');
  return known({
    endpoint: endpointIn(file('kubeadm-flags')) ?? fieldIn(instance) ?? fieldIn(file('kubelet-config')),
    instanceConfig: instance.value !== undefined,
    // An empty annotation is one that names no socket.
    annotated: criSocket === '' ? false : annotated,
  });
}

const endpointIn = (flags: Reading<string | undefined>): string | undefined =>
  flags.known
    ? flagsInEnvironment(flags.value ?? '').find(({ name }) => name === 'container-runtime-endpoint')?.value
    : undefined;

/** The endpoint only fills in a command for a person: a file that cannot be parsed is as one without it. */
function fieldIn(file: Reading<string | undefined>): string | undefined {
  const documents = parsed(() => parseYaml((file.known ? file.value : undefined) ?? '', 'a file'));
  const { containerRuntimeEndpoint } = fieldsOf(documents.known ? documents.value[0] : undefined);
  return typeof containerRuntimeEndpoint === 'string' ? containerRuntimeEndpoint : undefined;
}

function yamlOf(file: Reading<string | undefined>, what: string): Reading<unknown> {
  if (!file.known) return file;
  const { value } = file;
  return value === undefined ? known(undefined) : parsed(() => podIn(value, what));
}
