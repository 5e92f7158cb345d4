import { finding, type Finding } from '../../upgrade/gate/finding.ts';
import { patchesFor } from '../../upgrade/gate/kubeadm-patches.ts';
import type { Difference } from '../../upgrade/gate/manifests/differences.ts';
import { kubeletDifferences } from '../../upgrade/gate/manifests/kubelet-config.ts';
import { patched } from '../../upgrade/gate/manifests/patch.ts';
import type { PreflightFacts } from './facts.ts';

const FILE = '/var/lib/kubelet/config.yaml';
const CONFIG_MAP = 'ConfigMap kube-system/kubelet-config';

/** Settings of single nodes, which kubeadm overwrites: it writes the file of each node from one ConfigMap. */
export function judgeKubeletConfig({ files, kubeletConfig }: PreflightFacts): Finding[] {
  if (!kubeletConfig.known) return [notCompared(kubeletConfig.reason)];
  const seen = [...files].flatMap(([node, { kubelet, patches }]) => {
    if (kubelet?.known !== true || kubelet.value === undefined) return [];
    const folder = patches?.known === true ? patches.value : undefined;
    const written = patched(kubeletConfig.value, patchesFor(folder, 'kubeletconfiguration'));
    const becomes = 'pod' in written ? written.pod : kubeletConfig.value;
    return kubeletDifferences(kubelet.value, becomes).map((difference) => ({ node, difference }));
  });
  const alike = Map.groupBy(seen, ({ difference }) => JSON.stringify(difference));
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined
      ? []
      : [
          undone(
            first.difference,
            group.map(({ node }) => node),
          ),
        ];
  });
}

const undone = ({ change, part: { name, shown }, becomes }: Difference, nodes: readonly string[]): Finding =>
  finding('kubelet-config-undone', 'warning', `kubelet on ${nodes.join(', ')}`, {
    found: `${name}${shown === undefined ? '' : `=${shown}`} in ${FILE}, which kubeadm ${change === 'removes' ? 'removes' : `sets to ${becomes ?? 'another value'}`} when it upgrades the node`,
    needed: `the value of ${CONFIG_MAP}`,
    remedy: `To keep it on every node: kubectl -n kube-system edit configmap kubelet-config. To keep it on single nodes: write a patch of kubeletconfiguration there, and set kubeadm.patches to the directory of patches.`,
  });

const notCompared = (reason: string): Finding =>
  finding('diff-unknown', 'warning', FILE, {
    found: `no comparison: ${reason}`,
    needed: 'to know what kubeadm would undo there',
    remedy: 'Correct the cause.',
  });
