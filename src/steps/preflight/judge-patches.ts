import { finding, type Finding } from '../../upgrade/gate/finding.ts';
import { kubeTag, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { folderTrouble, ignoredFiles, patchesFor, type PatchFolder } from '../../upgrade/gate/kubeadm-patches.ts';
import { patched } from '../../upgrade/gate/manifests/patch.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { ComparedManifest } from '../ports/health.ts';
import type { PreflightInput } from './contract.ts';
import type { PreflightFacts } from './facts.ts';

/** The directory of `kubeadm.patches` on each node to upgrade: kubeadm reads it on the drained node. */
export function judgePatches({ files, diffs }: PreflightFacts, { kubeadmPatches, target }: PreflightInput): Finding[] {
  if (kubeadmPatches === undefined) return [];
  return [...files].flatMap(([node, { patches }]) => {
    const subject = `${kubeadmPatches} on ${node}`;
    if (patches === undefined) return [];
    if (!patches.known) return [unread(subject, patches.reason)];
    const trouble = folderTrouble(patches.value);
    if (trouble !== undefined) return [wrong(subject, trouble, kubeadmPatches, node)];
    const misfits = misfitsOn(diffs.get(node), patches.value);
    return [...ignored(subject, patches.value), ...misfits.map((found) => misfit(subject, found, target, node))];
  });
}

const misfitsOn = (diff: Reading<readonly ComparedManifest[]> | undefined, folder: PatchFolder): string[] =>
  (diff?.known === true ? diff.value : []).flatMap(({ component, becomes }) => {
    const written = patched(becomes, patchesFor(folder, component));
    return 'misfit' in written
      ? [`${written.misfit}, which does not fit the ${component} that kubeadm upgrade diff shows`]
      : [];
  });

/** A warning: the kubeadm of the target may write a pod that the patch fits. */
const misfit = (subject: string, found: string, target: KubeVersion, node: string): Finding =>
  finding('kubeadm-patches', 'warning', subject, {
    found,
    needed: 'a patch that kubeadm can apply: it fails otherwise, after the drain',
    remedy: `Read kubeadm upgrade diff ${kubeTag(target)} on ${node}, and correct the patch.`,
  });

const unread = (subject: string, reason: string): Finding =>
  finding('kubeadm-patches', 'unknown', subject, {
    found: `no answer: ${reason}`,
    needed: 'a look at the patches that kubeadm applies',
    remedy: 'Correct the cause. The next run checks again.',
  });

const wrong = (subject: string, found: string, directory: string, node: string): Finding =>
  finding('kubeadm-patches', 'actionable', subject, {
    found,
    needed: 'a directory of patches that kubeadm can apply, which only root can change',
    remedy: `kubeadm would fail after the drain. Copy the directory of a node where it is right, or correct it, on ${node}: mkdir -p ${directory} && chown -R root:root ${directory} && chmod -R go-w ${directory}. Without patches: leave kubeadm.patches out.`,
  });

const ignored = (subject: string, folder: PatchFolder): Finding[] => {
  const names = ignoredFiles(folder);
  if (names.length === 0) return [];
  return [
    finding('kubeadm-patches', 'warning', subject, {
      found: `files that kubeadm ignores: ${names.join(', ')}`,
      needed: 'names such as kube-apiserver0+strategic.yaml',
      remedy:
        'Rename or remove them: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/control-plane-flags/#patches.',
    }),
  ];
};
