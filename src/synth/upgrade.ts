import type { Construct } from 'constructs';
import { approvalGate, asksForApproval } from './approval.ts';
import { after, call, dag, outputOf } from './argo/dag.ts';
import { anyOf, equals, present, workflowParameter } from './argo/ref.ts';
import { step, steps } from './argo/steps.ts';
import type { Parameter, WorkflowSpec } from './argo/types.ts';
import { DETECT, UPGRADE, UPGRADE_NODE } from './names.ts';
import { forEachNode, forEachWorker, nodeGroups, nodeTemplates, target } from './node.ts';
import type { ClusterSettings } from './settings.ts';
import { cronJobOf } from '../contract/snapshot-cron-job.ts';
import { afterBegin, runSteps } from './steps.ts';
import { workflowSpec, workflowTemplate } from './workflow-template.ts';

const TARGET: Parameter = {
  name: 'target',
  description:
    'Exact version to go to, such as 1.34.10. Empty: finish what was begun, else take the newest that the policy allows.',
  value: '',
};
const DRY_RUN: Parameter = {
  name: 'detectionDryRun',
  description: 'true: say what would be done, and change nothing.',
  enum: ['false', 'true'],
  value: 'false',
};
const NODES: Parameter = {
  name: 'nodes',
  description: 'Names of the only nodes to do, separated by commas. Empty: every node that is not at the target.',
  value: '',
};
const ONE_NODE: Parameter = {
  name: 'nodes',
  description: 'Name of the node to upgrade, as kubectl get nodes shows it.',
};

/** The nightly and the manual run: every node to one version, control plane first. */
export function upgradeTemplate(scope: Construct, settings: ClusterSettings): void {
  const metadata = {
    name: UPGRADE,
    title: 'Upgrade the cluster',
    description: 'Detects a newer version and takes every node there, control plane first, workers one by one.',
    parameters: [TARGET, DRY_RUN, NODES],
  };
  workflowTemplate(scope, metadata, runSpec(settings, 'all-nodes'));
}

/** The upgrade of nodes that an operator names. */
export function upgradeNodeTemplate(scope: Construct, settings: ClusterSettings): void {
  const metadata = {
    name: UPGRADE_NODE,
    title: 'Upgrade one node',
    description: 'Takes one node to a version that the rest of the cluster allows.',
    parameters: [ONE_NODE, TARGET, DRY_RUN],
  };
  workflowTemplate(scope, metadata, runSpec(settings, 'named-nodes'));
}

function runSpec(settings: ClusterSettings, scope: 'all-nodes' | 'named-nodes'): Omit<WorkflowSpec, 'arguments'> {
  const {
    detect,
    gate,
    gateAgain,
    plan,
    planAgain,
    preflight,
    begin,
    snapshot,
    inventory,
    rehearse,
    prepare,
    postflight,
    finish,
  } = runSteps(settings, scope);
  const snapshots = cronJobOf(settings) === undefined ? [] : [snapshot];
  const controlPlane = nodeTemplates(settings, 'control-plane');
  const singleControlPlane = nodeTemplates(settings, 'single-control-plane');
  const workers = nodeTemplates(settings, 'worker');
  const controlPlanes = forEachNode('control-planes', controlPlane.node);
  const singleControlPlanes = forEachNode('single-control-planes', singleControlPlane.node);
  const canaries = hasCanary(settings) ? [forEachNode('canaries', workers.node)] : [];
  const allWorkers = forEachWorker(workers.node, settings.workers.maxUnavailable);
  const fanOuts = { controlPlanes, singleControlPlanes, canaries, allWorkers };

  const again = steps({
    name: 'again',
    inputs: { target },
    groups: (inputs) => {
      const order = step('list-again', inventory, { target: inputs.target });
      return [[order], ...nodeGroups(fanOuts, inputs.target, order)];
    },
  });

  const nodes = steps({
    name: 'nodes',
    inputs: { target },
    groups: (inputs) => {
      const to = { target: inputs.target };
      const order = step('inventory', inventory, to);
      const lists = { controlPlanes: outputOf(order, 'allControlPlanes'), workers: outputOf(order, 'allWorkers') };
      return [
        ...snapshots.map((each) => [step('snapshot', each, to)]),
        [order],
        [step('rehearse', rehearse, lists), step('prepare', prepare, { ...to, ...lists })],
        ...nodeGroups(fanOuts, inputs.target, order),
        // Nodes that joined while the lists were done; then nodes that joined while those were done.
        [step('again-2', again, to)],
        [step('again-3', again, to)],
        [step('postflight', postflight, to)],
      ];
    },
  });

  const upgrade = dag({
    name: 'upgrade',
    inputs: { target },
    tasks: (inputs) => {
      const fit = call('preflight', preflight, { target: inputs.target });
      const said = {
        preflightVerdict: outputOf(fit, 'preflightVerdict'),
        preflightMessage: outputOf(fit, 'preflightMessage'),
      };
      const began = call('begin', begin, { target: inputs.target, ...said }, { depends: after(fit) });
      return [fit, began, call('nodes', nodes, { target: inputs.target }, afterBegin(began))];
    },
  });

  // Checks everything again after the approval, which holds only for the plan that was shown.
  const approved = dag({
    name: 'approved',
    inputs: { target, kind: plan.inputs.kind, digest: plan.outputs.planDigest },
    tasks: (inputs) => {
      const to = { target: inputs.target };
      const judged = call('gate-again', gateAgain, to);
      const args = {
        ...to,
        kind: inputs.kind,
        gateCodes: outputOf(judged, 'gateCodes'),
        approvedDigest: inputs.digest,
      };
      const clear = equals(outputOf(judged, 'gateVerdict'), 'clear');
      const planned = call('plan-again', planAgain, args, { depends: after(judged), when: clear });
      const holds = equals(outputOf(planned, 'planVerdict'), 'valid');
      return [judged, planned, call('upgrade', upgrade, to, { depends: after(planned), when: holds })];
    },
  });

  const approval = approvalGate(settings);
  const ask = dag({
    name: 'ask',
    inputs: { target, kind: plan.inputs.kind, gateCodes: plan.inputs.gateCodes },
    tasks: (inputs) => {
      const planned = call('plan', plan, { ...inputs, approvedDigest: undefined });
      const digest = outputOf(planned, 'planDigest');
      const shown = { plan: outputOf(planned, 'planMessage'), digest };
      const decided = call('approval', approval, shown, { depends: after(planned) });
      const yes = equals(outputOf(decided, 'decision'), 'approve');
      const args = { target: inputs.target, kind: inputs.kind, digest };
      return [planned, decided, call('approved', approved, args, { depends: after(decided), when: yes })];
    },
  });
  const asks = asksForApproval(settings);

  const main = dag({
    name: 'main',
    inputs: {},
    tasks: () => {
      const detected = call('detect', detect, {});
      const verdict = outputOf(detected, 'verdict');
      const wanted = equals(verdict, 'upgrade');
      const held = equals(verdict, 'held');
      const forReal = equals(workflowParameter<'true' | 'false'>(DRY_RUN.name), 'false');
      const args = { target: present(outputOf(detected, 'target')) };
      // A dry run asks it too: what would keep the upgrade back is what an operator wants to know.
      const judged = call('gate', gate, args, { depends: after(detected), when: asks ? anyOf(wanted, held) : wanted });
      const clear = equals(outputOf(judged, 'gateVerdict'), 'clear');
      const go = asks ? `${wanted} && ${clear} && ${forReal}` : `${clear} && ${forReal}`;
      const question = { ...args, kind: outputOf(detected, 'kind'), gateCodes: outputOf(judged, 'gateCodes') };
      const mayAsk = `${held} && ${clear} && ${forReal}`;
      return [
        detected,
        judged,
        call('upgrade', upgrade, args, { depends: after(judged), when: go }),
        ...(asks ? [call('ask', ask, question, { depends: after(judged), when: mayAsk })] : []),
      ];
    },
  });

  const all = [
    main,
    ...(asks ? [ask, approval, approved, plan, gateAgain, planAgain] : []),
    upgrade,
    nodes,
    again,
    controlPlanes,
    ...controlPlane.all,
    singleControlPlanes,
    ...singleControlPlane.all,
    ...canaries,
    ...allWorkers.all,
    ...workers.all,
    detect,
    gate,
    preflight,
    begin,
    ...snapshots,
    inventory,
    rehearse,
    prepare,
    postflight,
  ];
  return workflowSpec(settings, { main, finish, all });
}

/** Detection and gate alone, without an upgrade. */
export function detectTemplate(scope: Construct, settings: ClusterSettings): void {
  const { detect, gate, finish } = runSteps(settings, 'all-nodes', { only: [], detectionDryRun: true });
  const main = dag({
    name: 'main',
    inputs: {},
    tasks: () => {
      const detected = call('detect', detect, {});
      const wanted = equals(outputOf(detected, 'verdict'), 'upgrade');
      const args = { target: present(outputOf(detected, 'target')) };
      return [detected, call('gate', gate, args, { depends: after(detected), when: wanted })];
    },
  });
  const metadata = {
    name: DETECT,
    title: 'Detect only',
    description: 'Says which version an upgrade would take and what stands in its way. Changes nothing.',
    parameters: [TARGET],
  };
  workflowTemplate(scope, metadata, workflowSpec(settings, { main, finish, all: [main, detect, gate] }));
}

const hasCanary = ({ workers: { canary } }: ClusterSettings): boolean => canary.names.length + canary.labels.length > 0;
