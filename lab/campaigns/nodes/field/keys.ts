import { must } from '../../../kit/commands.ts';
import { KEY } from './package-quirks.ts';
import type { Quirk } from './quirk.ts';

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
