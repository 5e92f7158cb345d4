import type { Construct } from 'constructs';
import type { Params } from '../contract/step-contract.ts';
import type { Callable } from './argo/dag.ts';
import { WorkflowTemplate } from './argo/objects.ts';
import type { Parameter, WorkflowSpec } from './argo/types.ts';
import { MUTEX, NAMESPACE, PART_OF } from './names.ts';
import type { ClusterSettings } from './settings.ts';

/** What an operator sees of a WorkflowTemplate in the list and in the form. */
interface WorkflowMetadata {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
}

export function workflowTemplate(
  scope: Construct,
  { name, title, description, parameters }: WorkflowMetadata,
  spec: Omit<WorkflowSpec, 'arguments'>,
): void {
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
    // Argo CD would always see an empty list as a difference.
    spec: { ...spec, ...(parameters.length === 0 ? {} : { arguments: { parameters } }) },
  });
}

type Any = Callable<Params, Params>;

/** The spec of a run that takes the mutex. `main` is one of `all`. */
export const workflowSpec = (
  settings: ClusterSettings,
  { main, finish, all }: { readonly main: Any; readonly finish: Any; readonly all: readonly Any[] },
): Omit<WorkflowSpec, 'arguments'> => ({
  entrypoint: main.template.name,
  onExit: finish.template.name,
  templates: [...all, finish].map(({ template }) => template),
  synchronization: { mutexes: [{ name: MUTEX }] },
  ...commonSpec(settings),
});

/** The user that the images run as. */
const NONROOT = 65532;

type CommonFields = 'securityContext' | 'imagePullSecrets' | 'podGC' | 'ttlStrategy' | 'workflowMetadata';

/** The fields that all workflows share: the user of their pods, and how long a run is kept. */
export const commonSpec = ({ images, history }: ClusterSettings): Pick<WorkflowSpec, CommonFields> => ({
  securityContext: {
    runAsNonRoot: true,
    runAsUser: NONROOT,
    runAsGroup: NONROOT,
    fsGroup: NONROOT,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  ...(images.pullSecrets.length === 0 ? {} : { imagePullSecrets: images.pullSecrets.map((name) => ({ name })) }),
  podGC: { strategy: 'OnWorkflowSuccess', deleteDelayDuration: `${history.keepPodsHours}h` },
  ttlStrategy: { secondsAfterCompletion: history.keepDays * 24 * 60 * 60 },
  workflowMetadata: { labels: PART_OF },
});
