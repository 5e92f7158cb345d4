import { flagsInEnvironment } from '../../upgrade/gate/boundary/flags.ts';
import { INSTANCE_CONFIG, pathOf, type CriSocketFiles } from '../../upgrade/node/cri-socket.ts';
import { fieldsOf } from '../../upgrade/gate/manifests/fields.ts';
import { known, notKnown, type Reading } from '../../upgrade/reading.ts';
import { shellWord } from '../../text/shell.ts';
import { unexpected } from '../runtime/step-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { KubeadmFiles, KubeadmFilesPort } from '../ports/health.ts';
import type { Log } from '../ports/log.ts';
import type { Remote } from '../ports/remote.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { podIn } from './kubeadm.ts';
import { parsed, reading } from './reading.ts';
import { lookAtPatches, patchesIn } from './patch-folder.ts';
import { fileIn, READ_FILE, readFile } from './remote-files.ts';
import { parseYaml } from './yaml.ts';

const SCRIPT_TIMEOUT_SECONDS = 30;
/** Nodes that are down cost a connection time-out each; after this long no other is begun. */
const PATIENCE_SECONDS = 600;

/** Paths of the files, each by its key in the script. */
const FILES = {
  'kubeadm-flags': '/var/lib/kubelet/kubeadm-flags.env',
  'instance-config': INSTANCE_CONFIG,
  'kubelet-config': '/var/lib/kubelet/config.yaml',
  etcd: '/etc/kubernetes/manifests/etcd.yaml',
} as const;
type FileKey = keyof typeof FILES;

type Asked = Parameters<KubeadmFilesPort['read']>[0][number];

/** Reads files on nodes over SSH; changes nothing there. `patches`: the directory of `kubeadm.patches`. */
export const kubeadmFiles = (
  remote: Remote,
  clock: Clock,
  log: Log,
  patches: string | undefined,
): KubeadmFilesPort => ({
  async read(nodes) {
    const untilMs = clock.now() + PATIENCE_SECONDS * 1000;
    const seen = await mapConcurrently(nodes, async (asked): Promise<[string, KubeadmFiles]> => {
      const { node } = asked.host;
      const lines = clock.now() < untilMs ? await reading(look(remote, asked, patches)) : tooLate(node);
      if (!lines.known) log(`Cannot read what kubeadm reads on ${node}: ${lines.reason}`);
      return [node, filesOf(lines, asked, patches)];
    });
    return new Map(seen);
  },
});

const tooLate = (node: string): Reading<never> =>
  notKnown(`${node} was not asked: the nodes before it took longer than ${PATIENCE_SECONDS} s`);

async function look(
  remote: Remote,
  { host, criSocket }: Asked,
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
  const { exitCode, stdout, stderr } = await remote.run(host, { script, timeoutSeconds: SCRIPT_TIMEOUT_SECONDS });
  if (exitCode === 0) return stdout.split('\n');
  throw unexpected(`reading files on ${host.node} failed: ${stderr.trim() || `exit code ${exitCode}`}`);
}

function filesOf(lines: Reading<readonly string[]>, asked: Asked, patches: string | undefined): KubeadmFiles {
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
  { criSocket }: Asked,
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
