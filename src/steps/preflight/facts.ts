import type { Alert } from '../../signals/alert-gate.ts';
import type { KubeadmConfig } from '../../upgrade/gate/boundary/configuration.ts';
import type { NodeHealth } from '../../upgrade/node/health.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { HookScript } from '../../upgrade/host/restore-hook.ts';
import type { ComparedManifest, HostHealth, KubeadmFiles } from '../ports/health.ts';
import type { KuredState } from '../ports/kured.ts';

/** What is not asked is undefined. Only the nodes cannot be missing: without them there is nothing to judge. */
export interface PreflightFacts {
  readonly nowMs: number;
  readonly nodes: readonly ClusterNode[];
  readonly health: Reading<ReadonlyMap<string, NodeHealth>>;
  readonly alerts: Reading<readonly Alert[]> | undefined;
  /** By control-plane node. */
  readonly hosts: ReadonlyMap<string, HostHealth>;
  /** What `kubeadm upgrade plan` printed on the first control-plane node. */
  readonly plan: Reading<string> | undefined;
  /** What `kubeadm upgrade diff` printed, by control-plane node that is not at the target. */
  readonly diffs: ReadonlyMap<string, Reading<readonly ComparedManifest[]>>;
  /** By node that is not at the target. */
  readonly files: ReadonlyMap<string, KubeadmFiles>;
  readonly kubeadmConfig: Reading<KubeadmConfig>;
  /** ConfigMap kube-system/kubelet-config as parsed YAML. */
  readonly kubeletConfig: Reading<unknown>;
  /** As it was before anything else was looked at, and once all of it was; none where there is none. */
  readonly kured: readonly KuredState[];
  /** Undefined while `controlPlane.restoreHook` is not set. */
  readonly hookScript: Reading<HookScript> | undefined;
  /** Every DaemonSet that runs kured. Empty when the settings turn the check off. */
  readonly kuredInstalled: Reading<readonly string[]>;
}
