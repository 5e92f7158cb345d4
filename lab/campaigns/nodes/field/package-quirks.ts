import { must, onNode } from '../../../kit/commands.ts';
import { LATER, RUNNING } from '../cluster.ts';
import type { Quirk } from './steps.ts';

const PARTS = '/etc/apt/sources.list.d';
export const LIST = `${PARTS}/kubernetes.list`;
const KEYS = '/etc/apt/keyrings';
export const KEY = `${KEYS}/kubernetes-apt-keyring.asc`;
/** A copy of the key under another name. */
const OTHER_KEY = `${KEYS}/k8s.asc`;
export const URL = 'http://10.210.0.1:8080/core:/stable:/v1.34/deb/';

export const deb822 = (key: string): string => `Types: deb\nURIs: ${URL}\nSuites: /\nSigned-By: ${key}\n`;

export const writeFile = (node: string, path: string, text: string): Promise<string> =>
  onNode(node, `cat > '${path}' <<'TEXT'\n${text}\nTEXT`);

/** A file with the repository of the cluster and a key of another name. */
export const secondSource = (node: string, name: string): Quirk => ({
  what: `${PARTS}/${name} on ${node} names the same repository with Signed-By ${OTHER_KEY}`,
  make: async () => {
    await onNode(node, `cp ${KEY} ${OTHER_KEY}`);
    const line = `deb [signed-by=${OTHER_KEY}] ${URL} /`;
    await writeFile(node, `${PARTS}/${name}`, name.endsWith('.sources') ? deb822(OTHER_KEY) : line);
  },
  undo: () => onNode(node, `rm -f ${PARTS}/${name} ${OTHER_KEY}`),
});

/** The node has no kubernetes.list. */
export const noList = (node: string): Quirk => ({
  what: `${node} has no ${LIST}`,
  make: () => onNode(node, `mv ${LIST} /root/kubernetes.list`),
  undo: () => onNode(node, `[ ! -e /root/kubernetes.list ] || mv /root/kubernetes.list ${LIST}`),
});

/** The node has the repository in a deb822 file alone. */
export const deb822Only = (node: string, path: string): Quirk => ({
  what: `${node} has the repository in ${path} alone, a deb822 file`,
  make: () => writeFile(node, path, deb822(KEY)).then(() => noList(node).make()),
  undo: () => onNode(node, `rm -f ${path}`).then(() => noList(node).undo()),
});

/** A hook of apt that fails. */
export const failingHook = (node: string, event: string): Quirk => ({
  what: `a hook ${event} of apt on ${node} fails`,
  make: () => writeFile(node, '/etc/apt/apt.conf.d/99failing', `${event} { "echo no space; exit 1"; };`),
  undo: () => onNode(node, 'rm -f /etc/apt/apt.conf.d/99failing'),
});

/** An old program in a folder that a shell searches before that of the packages. */
export const shadow = (node: string, tool: string): Quirk => ({
  what: `${node} has an old /usr/local/bin/${tool}`,
  make: () => onNode(node, `cp /usr/bin/${tool} /usr/local/bin/${tool}`),
  undo: () => onNode(node, `rm -f /usr/local/bin/${tool}`),
});

/** A kubectl that is newer than the target. */
export const newerKubectl = (node: string): Quirk => ({
  what: `${node} has kubectl ${LATER}, which is not held`,
  make: () =>
    onNode(
      node,
      `set -e; apt-get -qq update; apt-mark unhold kubectl >/dev/null; apt-get -qq -y install 'kubectl=${LATER}-*' >/dev/null`,
    ),
  undo: () =>
    onNode(
      node,
      `set -e; apt-get -qq -y install --allow-downgrades 'kubectl=${RUNNING}-*' >/dev/null; apt-mark hold kubectl >/dev/null`,
    ),
});

/** Builds a package again with another control file: `repack NAME EXPRESSION` prints the path of the result. */
const REPACK = `
repack() {
  name=\${1%%=*}; rm -rf /root/repack /root/"$name"_*.deb; (cd /root && apt-get -qq download "$1") >/dev/null
  dpkg-deb -R /root/"$name"_*.deb /root/repack; sed -i "$2" /root/repack/DEBIAN/control
  dpkg-deb -Znone -b /root/repack "/root/$name-repacked.deb" >/dev/null; echo "/root/$name-repacked.deb"
}`;

/** An old cri-tools that is held, with a kubeadm that was content with that release. */
export const heldCriTools = (node: string): Quirk => ({
  what: `${node} has cri-tools 1.29.0-1.1, which is held; the new kubeadm needs 1.30.0`,
  make: () =>
    onNode(
      node,
      `set -e; export DEBIAN_FRONTEND=noninteractive; apt-get -qq update; ${REPACK}
apt-mark unhold kubeadm >/dev/null
kubeadm=$(repack kubeadm=${RUNNING}-1.1 's/cri-tools (>= 1.30.0)/cri-tools (>= 1.20.0)/')
dpkg -i "$kubeadm" >/dev/null
cri=$(repack cri-tools 's/^Version: .*/Version: 1.29.0-1.1/')
dpkg -i "$cri" >/dev/null 2>&1
apt-mark hold kubeadm cri-tools >/dev/null`,
    ),
  undo: () =>
    onNode(
      node,
      `set -e; export DEBIAN_FRONTEND=noninteractive; rm -rf /root/repack /root/*.deb; apt-mark unhold kubeadm cri-tools >/dev/null
apt-get -qq -y install cri-tools >/dev/null
apt-get -qq -y install --reinstall 'kubeadm=${RUNNING}-1.1' >/dev/null; apt-mark hold kubeadm >/dev/null`,
    ),
});

/** Runs a script of this host in the folder of the package repository. */
const inRepository = (script: string): Promise<string> =>
  must('lab/in-lab.sh', ['bash', '-ec', `cd "$(dirname "$KUBECONFIG")/repository"; ${script}`]);

/** Prints the public key of the repository as it was published when it was about to expire. */
const EXPIRED = `
export GNUPGHOME=$(mktemp -d); trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT
gpg --batch --quiet --import signing-key.asc
key=$(gpg --batch --list-keys --with-colons | awk -F: '$1 == "fpr" { print $10; exit }')
gpg --batch --quiet --quick-set-expire "$key" seconds=1
sleep 2; gpg --batch --armor --export`;

/** The key on a node has expired. The repository serves it with a later end. */
export const expiredKey = (node: string): Quirk => ({
  what: `the key ${KEY} on ${node} has expired; the repository serves it with a later end`,
  make: async () => {
    await must('lab/on-node.sh', [node, 'tee', KEY], await inRepository(EXPIRED));
  },
  undo: async () => {
    await must('lab/on-node.sh', [node, 'tee', KEY], `${await inRepository('cat Release.key')}\n`);
  },
});

/** The repository is signed by another key from now on. */
export async function replaceSigningKey(versions: readonly string[]): Promise<void> {
  await inRepository('rm signing-key.asc Release.key');
  await must('lab/publish.sh', ['--only', ...versions.map((version) => `v${version}`)]);
}

/** The key that the repository serves. */
export const servedKey = (): Promise<string> => inRepository('cat Release.key');
