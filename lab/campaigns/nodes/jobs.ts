import { onNode, until } from '../../kit/commands.ts';

const UNITS = "systemctl list-units --plain --no-legend --all 'argo-kubeadm-upgrade-*'";

/** Waits until a node is at work on its way to a version. */
export const whenJobRuns = (node: string, target: string, limitSeconds = 300): Promise<string> =>
  until(
    `work on ${node} to v${target}`,
    limitSeconds,
    () => onNode(node, UNITS),
    (text) => text.split('\n').some((line) => line.includes(`v${target}-`) && / (active|activating) /.test(line)),
  );

/** Waits until it has come to kubeadm. */
export const whenKubeadmRuns = (node: string, limitSeconds = 300): Promise<string> =>
  until(
    `kubeadm upgrade is at work on ${node}`,
    limitSeconds,
    () => onNode(node, 'pgrep -ax kubeadm || true'),
    (text) => /kubeadm upgrade (apply|node)/.test(text),
  );
