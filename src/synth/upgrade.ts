import type { Construct } from 'constructs';
import { after, call, dag, outputOf } from './argo/dag.ts';
import { WorkflowTemplate } from './argo/objects.ts';
import { equals, present, workflowParameter } from './argo/ref.ts';
import type { Parameter, WorkflowSpec } from './argo/types.ts';
import { MUTEX, NAMESPACE, PART_OF, UPGRADE, UPGRADE_NODE } from './names.ts';
import { eachOf, inOrder, oneNode, target } from './node.ts';
import type { ClusterSettings } from './settings.ts';
import { cronJobOf } from './snapshot.ts';
import { runSteps } from './steps.ts';

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
  workflowTemplate(scope, settings, {
    name: UPGRADE,
    title: 'Upgrade the cluster',
    description: 'Detects a newer version and takes every node there, control plane first, workers one by one.',
    parameters: [TARGET, DRY_RUN, NODES],
    scope: 'all-nodes',
  });
}

/** The same run for one node, which the operator names. */
export function upgradeNodeTemplate(scope: Construct, settings: ClusterSettings): void {
  workflowTemplate(scope, settings, {
    name: UPGRADE_NODE,
    title: 'Upgrade one node',
    description: 'Takes one node to a version that the rest of the cluster allows.',
    parameters: [ONE_NODE, TARGET, DRY_RUN],
    scope: 'named-nodes',
  });
}

interface Pipeline {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  /** Whether naming no node means every node. */
  readonly scope: 'all-nodes' | 'named-nodes';
}

function workflowTemplate(scope: Construct, settings: ClusterSettings, pipeline: Pipeline): void {
  const { name, title, description, parameters } = pipeline;
  new WorkflowTemplate(scope, name, {
    metadata: {
      name,
      namespace: NAMESPACE,
      labels: PART_OF,
      annotations: {
        'workflows.argoproj.io/title': title,
        'workflows.argoproj.io/description': description,
        'argocd.argoproj.io/sync-wave': '0',
        // A Workflow that Argo CD started from this object dies with it: never delete it unasked.
        'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
      },
    },
    spec: { ...runSpec(settings, pipeline.scope), arguments: { parameters } },
  });
}

function runSpec(settings: ClusterSettings, scope: Pipeline['scope']): Omit<WorkflowSpec, 'arguments'> {
  const { detect, gate, preflight, begin, snapshot, inventory, rehearse, prepare, postflight, finish } = runSteps(
    settings,
    scope,
  );
  const snapshots = cronJobOf(settings) === undefined ? [] : [snapshot];
  const controlPlane = oneNode(settings, 'control-plane');
  const workers = oneNode(settings, 'worker');
  const controlPlanes = eachOf('control-planes', controlPlane.node, 1);
  const canaries = hasCanary(settings) ? [eachOf('canaries', workers.node, 1)] : [];
  const allWorkers = eachOf('workers', workers.node, settings.workers.maxUnavailable);
  const fanOuts = { controlPlanes, canaries, allWorkers };

  const again = dag({
    name: 'again',
    inputs: { target },
    tasks: (inputs) => {
      const order = call('list-again', inventory, { target: inputs.target });
      return [order, ...inOrder(fanOuts, inputs.target, order, [order])];
    },
  });

  const nodes = dag({
    name: 'nodes',
    inputs: { target },
    tasks: (inputs) => {
      const to = { target: inputs.target };
      const taken = snapshots.map((step) => call('snapshot', step, to));
      const order = call('inventory', inventory, to, taken.length === 0 ? {} : { depends: after(...taken) });
      const lists = { controlPlanes: outputOf(order, 'controlPlanes'), workers: outputOf(order, 'allWorkers') };
      const rehearsed = call('rehearse', rehearse, lists, { depends: after(order) });
      const prepared = call('prepare', prepare, { ...to, ...lists }, { depends: after(order) });
      const done = inOrder(fanOuts, inputs.target, order, [rehearsed, prepared]);
      // Nodes that joined meanwhile; and those that joined while these were done.
      const second = call('again-2', again, to, { depends: after(...done.slice(-1)) });
      const third = call('again-3', again, to, { depends: after(second) });
      const judged = call('postflight', postflight, to, { depends: after(third) });
      return [...taken, order, rehearsed, prepared, ...done, second, third, judged];
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
      const mayBegin = equals(outputOf(began, 'beginVerdict'), 'go');
      return [fit, began, call('nodes', nodes, { target: inputs.target }, { depends: after(began), when: mayBegin })];
    },
  });

  const main = dag({
    name: 'main',
    inputs: {},
    tasks: () => {
      const detected = call('detect', detect, {});
      const wanted = equals(outputOf(detected, 'verdict'), 'upgrade');
      const forReal = equals(workflowParameter<'true' | 'false'>(DRY_RUN.name), 'false');
      const args = { target: present(outputOf(detected, 'target')) };
      // A dry run asks it too: what would keep the upgrade back is what an operator wants to know.
      const judged = call('gate', gate, args, { depends: after(detected), when: wanted });
      const clear = equals(outputOf(judged, 'gateVerdict'), 'clear');
      return [
        detected,
        judged,
        call('upgrade', upgrade, args, { depends: after(judged), when: `${clear} && ${forReal}` }),
      ];
    },
  });

  return {
    entrypoint: main.template.name,
    onExit: finish.template.name,
    templates: [
      main,
      upgrade,
      nodes,
      again,
      controlPlanes,
      ...controlPlane.all,
      ...canaries,
      allWorkers,
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
      finish,
    ].map(({ template }) => template),
    synchronization: { mutexes: [{ name: MUTEX }] },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: NONROOT,
      runAsGroup: NONROOT,
      fsGroup: NONROOT,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...pullSecrets(settings),
    podGC: { strategy: 'OnWorkflowSuccess', deleteDelayDuration: `${settings.history.keepPodsHours}h` },
    ttlStrategy: { secondsAfterCompletion: settings.history.keepDays * 24 * 60 * 60 },
    workflowMetadata: { labels: PART_OF },
  };
}

/** The user that the images run as. */
const NONROOT = 65532;

const hasCanary = ({ workers: { canary } }: ClusterSettings): boolean => canary.names.length + canary.labels.length > 0;

function pullSecrets({ images }: ClusterSettings): Pick<WorkflowSpec, 'imagePullSecrets'> {
  return images.pullSecrets.length === 0 ? {} : { imagePullSecrets: images.pullSecrets.map((name) => ({ name })) };
}
