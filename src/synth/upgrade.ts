import type { Construct } from 'constructs';
import { nodeName, nodeRole, nodeTasks } from '../contract/node-tasks.ts';
import { kubeVersion, text } from '../contract/param.ts';
import { after, call, dag, outputOf, type Callable, type NoOutputs } from './argo/dag.ts';
import { WorkflowTemplate } from './argo/objects.ts';
import { equals, itemField, present, workflowParameter } from './argo/ref.ts';
import type { Parameter, WorkflowSpec } from './argo/types.ts';
import { MUTEX, NAMESPACE, PART_OF, UPGRADE, UPGRADE_NODE } from './names.ts';
import type { ClusterSettings } from './settings.ts';
import { nodeSteps, runSteps } from './steps.ts';

const target = kubeVersion({ doc: 'Version that the nodes go to.', example: '1.34.10' });

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
  const { detect, gate, begin, inventory, prepare, finish } = runSteps(settings, scope);
  const controlPlane = oneNode(settings, 'control-plane');
  const workers = oneNode(settings, 'worker');
  const controlPlanes = oneByOne('control-planes', controlPlane.node);
  const allWorkers = oneByOne('workers', workers.node);

  const upgrade = dag({
    name: 'upgrade',
    inputs: { target },
    tasks: (inputs) => {
      const began = call('begin', begin, { target: inputs.target });
      const order = call('inventory', inventory, { target: inputs.target }, { depends: after(began) });
      const lists = {
        controlPlanes: outputOf(order, 'controlPlanes'),
        workers: outputOf(order, 'workers'),
      };
      const prepared = call('prepare', prepare, { target: inputs.target, ...lists }, { depends: after(order) });
      const first = call(
        'control-planes',
        controlPlanes,
        { target: inputs.target, nodes: lists.controlPlanes },
        { depends: after(prepared) },
      );
      const second = call(
        'workers',
        allWorkers,
        { target: inputs.target, nodes: lists.workers },
        { depends: after(first) },
      );
      return [began, order, prepared, first, second];
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
      controlPlanes,
      ...controlPlane.all,
      allWorkers,
      ...workers.all,
      detect,
      gate,
      begin,
      inventory,
      prepare,
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

const nodeInputs = { node: text(nodeName('Name of the node.')), role: nodeRole, target };

/** Everything that happens to one node, in order. */
function oneNode(settings: ClusterSettings, kind: 'control-plane' | 'worker') {
  const { drain, upgrade, verify } = nodeSteps(settings, kind);
  const node = dag({
    name: kind,
    inputs: nodeInputs,
    tasks: ({ node: name, target: to, role }) => {
      const drained = call('drain', drain, { node: name, target: to });
      const upgraded = call('upgrade', upgrade, { node: name, target: to, role }, { depends: after(drained) });
      const verified = call('verify', verify, { node: name, target: to }, { depends: after(upgraded) });
      return [drained, upgraded, verified];
    },
  });
  return { node, all: [node, drain, upgrade, verify] };
}

/** A fan-out over a list of nodes, one at a time; a node that fails keeps the rest from beginning. */
function oneByOne(name: string, node: Callable<typeof nodeInputs, NoOutputs>) {
  return dag({
    name,
    inputs: { target, nodes: nodeTasks('Nodes to do, in order.') },
    parallelism: 1,
    tasks: (inputs) => [
      call(
        'node',
        node,
        { node: itemField('name'), role: itemField('role'), target: inputs.target },
        { withParam: inputs.nodes },
      ),
    ],
  });
}

function pullSecrets({ images }: ClusterSettings): Pick<WorkflowSpec, 'imagePullSecrets'> {
  return images.pullSecrets.length === 0 ? {} : { imagePullSecrets: images.pullSecrets.map((name) => ({ name })) };
}
