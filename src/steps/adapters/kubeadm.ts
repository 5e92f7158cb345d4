import { kubeTag } from '../../upgrade/kubernetes/kube-version.ts';
import { comparedTexts } from '../../upgrade/gate/manifests/unified-diff.ts';
import { CONTROL_PLANE_COMPONENTS } from '../../upgrade/node/node.ts';
import { shellWord } from '../../text/shell.ts';
import { reading, unexpected } from '../runtime/step-error.ts';
import type { ComparedManifest, KubeadmPort } from '../ports/health.ts';
import type { Remote, RemoteHost } from '../ports/remote.ts';
import { parseYaml } from './yaml.ts';

/** kubeadm pulls no image for these; it waits up to 20 s for a test Job, and asks an API server. */
const TIMEOUT_SECONDS = 180;
const TAIL_LINES = 8;
/** More than any manifest has: the diff then holds the whole of both texts. */
const CONTEXT_LINES = 100_000;

/**
 * By the kubeadm that the node has: told its target, one of the older minor plans and compares all the same.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.10/cmd/kubeadm/app/phases/upgrade/versiongetter.go
 */
export const kubeadm = (remote: Remote): KubeadmPort => ({
  plan: (host, target, ignore) => {
    const flags = ignore.length === 0 ? '' : ` --ignore-preflight-errors=${shellWord(ignore.join(','))}`;
    return reading(run(remote, host, `kubeadm upgrade plan ${kubeTag(target)}${flags}`));
  },
  diff: (host, target) => {
    const command = `kubeadm upgrade diff ${kubeTag(target)} --context-lines ${CONTEXT_LINES}`;
    return reading(run(remote, host, command).then((printed) => manifestsIn(printed, `"${command}" on ${host.node}`)));
  },
});

async function run(remote: Remote, host: RemoteHost, command: string): Promise<string> {
  const script = ['set -eu', 'export LC_ALL=C', command].join('\n');
  const { exitCode, stdout, stderr } = await remote.run(host, { script, timeoutSeconds: TIMEOUT_SECONDS });
  if (exitCode === 0) return stdout;
  const tail = (stderr.trim() || stdout.trim()).split('\n').slice(-TAIL_LINES).join(' ');
  throw unexpected(`"${command}" ended with exit code ${exitCode} on ${host.node}: ${tail || 'it said nothing'}`);
}

function manifestsIn(printed: string, what: string): readonly ComparedManifest[] {
  const texts = comparedTexts(printed);
  if (texts === undefined) throw unexpected(`${what} did not print whole manifests`);
  return texts.flatMap(({ path, is, becomes }) => {
    const component = CONTROL_PLANE_COMPONENTS.find((name) => path.endsWith(`/${name}.yaml`));
    if (component === undefined) return [];
    return [{ component, is: podIn(is, `${path} in ${what}`), becomes: podIn(becomes, `the new ${path} in ${what}`) }];
  });
}

/** A static pod is one document. */
export const podIn = (text: string, what: string): unknown => parseYaml(text, what)[0];
