import type { PreflightInput } from '../../../src/steps/preflight/contract.ts';
import type { PreflightFacts } from '../../../src/steps/preflight/facts.ts';
import { known } from '../../../src/upgrade/reading.ts';
import { aControlPlane, aNode, ME, TO } from '../../support/builders.ts';
import { FakeCompatibility } from '../../support/fakes/compatibility.ts';
import { HEALTHY_HOST, HEALTHY_NODE, KUBEADM_FILES } from '../../support/fakes/health.ts';

export const NOW = Date.UTC(2026, 10, 24, 23, 0, 0);
export const INPUT: PreflightInput = {
  target: TO,
  alerts: { severities: [], ignore: [], gateLabel: 'upgrade_gate' },
  quietHours: 24,
  freeMiB: 1024,
  certificateDays: 7,
  runUid: ME.uid,
  kuredDaemonSet: 'kube-system/kured',
  restoreHook: undefined,
  kubeadmPatches: undefined,
};

/** One control-plane node and one worker, with nothing to say against an upgrade. */
export const facts = (about: Partial<PreflightFacts> = {}): PreflightFacts => {
  const nodes = about.nodes ?? [aControlPlane('cp1'), aNode('w1')];
  return {
    nowMs: NOW,
    nodes,
    health: known(new Map(nodes.map(({ name }) => [name, HEALTHY_NODE]))),
    alerts: known([]),
    hosts: new Map(nodes.flatMap(({ name, controlPlane }) => (controlPlane ? [[name, HEALTHY_HOST]] : []))),
    plan: known('\tkubeadm upgrade apply v1.34.10\n'),
    diffs: new Map(),
    files: new Map(nodes.map(({ name }) => [name, KUBEADM_FILES])),
    kubeadmConfig: known(new FakeCompatibility().kubeadm),
    kubeletConfig: known({}),
    kured: [],
    kuredInstalled: known([]),
    hookScript: undefined,
    ...about,
  };
};
