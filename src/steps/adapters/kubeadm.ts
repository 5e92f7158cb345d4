import { kubeTag } from '../../upgrade/kube-version.ts';
import { shellWord } from '../../upgrade/shell.ts';
import { unexpected } from '../harness/step-error.ts';
import type { KubeadmPort } from '../ports/health.ts';
import type { Remote, RemoteHost } from '../ports/remote.ts';
import { reading } from './reading.ts';

/** kubeadm pulls no image for these; it waits up to 20 s for a test Job, and asks an API server. */
const TIMEOUT_SECONDS = 180;
const TAIL_LINES = 8;

/**
 * By the kubeadm that the node has: told its target, one of the older minor plans and compares all the same.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.10/cmd/kubeadm/app/phases/upgrade/versiongetter.go
 */
export const kubeadm = (remote: Remote): KubeadmPort => ({
  plan: (host, target, ignore) => {
    const flags = ignore.length === 0 ? '' : ` --ignore-preflight-errors=${shellWord(ignore.join(','))}`;
    return reading(run(remote, host, `kubeadm upgrade plan ${kubeTag(target)}${flags}`));
  },
  diff: (host, target) => reading(run(remote, host, `kubeadm upgrade diff ${kubeTag(target)}`)),
});

async function run(remote: Remote, host: RemoteHost, command: string): Promise<string> {
  const script = ['set -eu', 'export LC_ALL=C', command].join('\n');
  const { exitCode, stdout, stderr } = await remote.run(host, { script, timeoutSeconds: TIMEOUT_SECONDS });
  if (exitCode === 0) return stdout;
  const tail = (stderr.trim() || stdout.trim()).split('\n').slice(-TAIL_LINES).join(' ');
  throw unexpected(`"${command}" ended with exit code ${exitCode} on ${host.node}: ${tail || 'it said nothing'}`);
}
