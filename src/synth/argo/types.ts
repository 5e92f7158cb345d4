/**
 * The part of Argo's API that we emit, by hand: docs/decisions/0002-argo-types.md says why. Argo's own linter and a
 * real API server with the full CRDs judge every rendered file.
 * Source: https://argo-workflows.readthedocs.io/en/latest/fields/ (v4.1).
 */
export interface Parameter {
  readonly name: string;
  readonly description?: string;
  readonly value?: string;
  readonly enum?: readonly string[];
  readonly valueFrom?: { readonly path: string } | { readonly supplied: object; readonly default: string };
  /** Name under which an output is also an output of the whole workflow, for the exit handler. */
  readonly globalName?: string;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
}

export interface Container {
  readonly image: string;
  readonly imagePullPolicy: string;
  /** Always set: without it the controller asks the registry for the image's entrypoint. */
  readonly command: readonly string[];
  readonly env: readonly EnvVar[];
  readonly resources: object;
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
}

export interface Toleration {
  readonly key: string;
  readonly operator: 'Exists' | 'Equal';
  readonly value?: string;
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface NodeSelectorRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

/** Expressions and fields of one term must all hold. */
export interface NodeSelectorTerm {
  readonly matchExpressions?: readonly NodeSelectorRequirement[];
  readonly matchFields?: readonly NodeSelectorRequirement[];
}

export interface NodeAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms: readonly NodeSelectorTerm[] };
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
    readonly weight: number;
    readonly preference: NodeSelectorTerm;
  }[];
}

export interface RetryStrategy {
  /** Retries, the first attempt not counted. */
  readonly limit: number;
  readonly retryPolicy: 'Always';
  readonly expression: string;
  readonly backoff: {
    readonly duration: string;
    readonly factor: number;
    readonly cap: string;
    readonly maxDuration?: string;
  };
}

export interface Arguments {
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
}

/** A call of a template, as a list of steps holds it. */
export interface WorkflowStep {
  readonly name: string;
  readonly template: string;
  readonly arguments?: Arguments;
  readonly when?: string;
  readonly withParam?: string;
}

export interface DagTask extends WorkflowStep {
  readonly depends?: string;
}

export interface Template {
  readonly name: string;
  readonly metadata?: { readonly labels: Readonly<Record<string, string>> };
  readonly inputs?: { readonly parameters: readonly Parameter[] };
  readonly outputs?: { readonly parameters: readonly Parameter[] };
  readonly serviceAccountName?: string;
  readonly activeDeadlineSeconds?: number;
  readonly retryStrategy?: RetryStrategy;
  /** How long its pod may wait for a node, from Argo 4.1 on; of no effect beside a retryStrategy. */
  readonly pendingTimeout?: string;
  /** Before 4.1: how long it may take, the wait for a node included. */
  readonly timeout?: string;
  readonly affinity?: { readonly nodeAffinity: NodeAffinity };
  readonly tolerations?: readonly Toleration[];
  readonly volumes?: readonly object[];
  readonly container?: Container;
  readonly dag?: { readonly failFast: true; readonly tasks: readonly DagTask[] };
  /** Groups of steps. The steps of one group run at the same time; a group begins when all of the group before have succeeded. */
  readonly steps?: readonly (readonly WorkflowStep[])[];
  /** Waits, for a person or for time to pass, so long at most. A number without a unit counts seconds. */
  readonly suspend?: { readonly duration: string };
  /** How many children of a `dag` or `steps` template run at the same time. */
  readonly parallelism?: number;
  /** Begins no further child after a failure. It is not `dag.failFast`: docs/decisions/0019-a-failure-ends-the-list.md. */
  readonly failFast?: true;
}

export interface WorkflowSpec {
  readonly entrypoint: string;
  readonly onExit?: string;
  readonly arguments?: { readonly parameters: readonly Parameter[] };
  readonly templates: readonly Template[];
  readonly synchronization?: { readonly mutexes: readonly { readonly name: string }[] };
  readonly securityContext: object;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly podGC: { readonly strategy: 'OnWorkflowSuccess'; readonly deleteDelayDuration: string };
  readonly ttlStrategy: { readonly secondsAfterCompletion: number };
  readonly workflowMetadata: { readonly labels: Readonly<Record<string, string>> };
}

export interface CronWorkflowSpec {
  readonly schedules: readonly string[];
  readonly timezone: string;
  /** Whether a time of the schedule counts; absent: each does. */
  readonly when?: string;
  readonly concurrencyPolicy: 'Forbid';
  readonly startingDeadlineSeconds: number;
  readonly successfulJobsHistoryLimit: number;
  readonly failedJobsHistoryLimit: number;
  readonly workflowSpec: { readonly workflowTemplateRef: { readonly name: string } };
}
