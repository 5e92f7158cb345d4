import { imageOf, type ClusterSettings } from './settings.ts';
import { RETRIED_EXIT_CODES } from '../contract/exit-code.ts';
import type { Param } from '../contract/param.ts';
import { valuesFromSettings, type SettingKeys, type SettingParam } from '../contract/from-settings.ts';
import { contextOf, nodeContext, runContext } from '../contract/run-context.ts';
import { envName, outputPath, type Params, type StepContract, type ValuesOf } from '../contract/step-contract.ts';
import { inputsOf, type Callable } from './argo/dag.ts';
import { formatArg, Ref, type Arg } from './argo/ref.ts';
import type { Container, EnvVar, RetryStrategy, Template } from './argo/types.ts';
import { CHAT_LABEL, PART_OF, REPOSITORY_LABEL, serviceAccountOf, SSH_LABEL, STEP_LABEL } from './names.ts';
import { holdsKey, mountsOf, serverEnv } from './mounts.ts';
import { anywhere, type Placement } from './placement.ts';

type Fixed<I extends Params> = { readonly [K in Exclude<keyof ValuesOf<I>, SettingKeys<I>>]?: Arg<ValuesOf<I>[K]> };
type Instead<I extends Params> = { readonly [K in SettingKeys<I> & keyof ValuesOf<I>]?: ValuesOf<I>[K] };
/** A value that no input takes does not compile. */
type Only<I, F> = F & Readonly<Record<Exclude<keyof F, keyof I>, never>>;

type Values = Readonly<Record<string, unknown>>;

export interface StepOptions<I extends Params, F> {
  readonly settings: ClusterSettings;
  /** Inputs that are the same at every call, beside those that the settings give. The rest are parameters of the template. */
  readonly fixed?: F;
  /** Other values for inputs that the settings give. */
  readonly instead?: Instead<I>;
  /** Left out: the step works on no single node, and runs where the settings let such a step run. */
  readonly placement?: Placement;
  /** Name of the template where a step has several, for several placements. */
  readonly as?: string;
  /** Whether its outputs are outputs of the whole workflow too; or by which names. */
  readonly global?: boolean | ((output: string) => string);
  /** Left out: a few times within minutes. */
  readonly retry?: RetryStrategy;
  /** Whether it is to prove that a pod placed like this finds a node: it fails soon when there is none, and is not retried. */
  readonly probe?: boolean;
}

/** The Argo template of a step, derived from its contract. */
export function stepTemplate<I extends Params, O extends Params, F extends Fixed<I> = object>(
  contract: StepContract<I, O>,
  {
    settings,
    fixed: own,
    instead,
    placement = anywhere(settings, holdsKey(contract)),
    as = contract.name,
    global = false,
    probe = false,
    retry = RETRY,
  }: StepOptions<I, Only<I, F>>,
): Callable<Omit<I, keyof F | SettingKeys<I>>, O> {
  const fixed: Values = { ...valuesFromSettings(contract.inputs, settings), ...instead, ...own };
  const open = Object.fromEntries(Object.entries(contract.inputs).filter(([name]) => !(name in fixed)));
  const outputs = Object.keys(contract.outputs).map((name) => ({
    name,
    valueFrom: { path: outputPath(name) },
    ...(global === false ? {} : { globalName: global === true ? name : global(name) }),
  }));
  const template: Template = {
    name: as,
    metadata: { labels: labelsOf(contract) },
    ...inputsOf(open),
    ...(outputs.length > 0 ? { outputs: { parameters: outputs } } : {}),
    serviceAccountName: serviceAccountOf(contract.name),
    activeDeadlineSeconds: deadlineSeconds(contract, fixed),
    ...(probe ? probing(settings, contract, fixed) : { retryStrategy: retry }),
    ...placement,
    volumes: mountsOf(contract, settings).map(({ name, source }) => ({ name, ...source })),
    container: container(contract, settings, fixed),
  };
  return { template, inputs: open as Omit<I, keyof F | SettingKeys<I>>, outputs: contract.outputs };
}

/** The last three open the way out: to sshd, to the package repository, to the chat. */
const labelsOf = ({ name, ssh, repository = false, chat = false }: StepContract): Readonly<Record<string, string>> => ({
  ...PART_OF,
  [STEP_LABEL]: name,
  ...(ssh ? { [SSH_LABEL]: 'true' } : {}),
  ...(repository ? { [REPOSITORY_LABEL]: 'true' } : {}),
  ...(chat ? { [CHAT_LABEL]: 'true' } : {}),
});

/** A lost pod has no exit code: its status is asked first. Everything else that fails, fails for good. */
const RETRY: RetryStrategy = {
  limit: 3,
  retryPolicy: 'Always',
  expression: `lastRetry.status == 'Error' || asInt(lastRetry.exitCode) in [${RETRIED_EXIT_CODES.join(', ')}]`,
  backoff: { duration: '10s', factor: 2, cap: '2m' },
};

/** Retries for that long, with a new pod each time. For a step that waits for an operator or another controller. */
export const waiting = (seconds: number): RetryStrategy => ({
  ...RETRY,
  limit: Math.ceil(seconds / 30) + 1,
  backoff: { duration: '30s', factor: 2, cap: '5m', maxDuration: `${seconds}s` },
});

/**
 * Argo knows neither field for a pod that it would retry: docs/decisions/0006-admit-is-the-placement-probe.md. `timeout`
 * counts what the step does as well, so what it may wait for comes on top.
 */
const probing = (
  { argo }: ClusterSettings,
  contract: StepContract,
  fixed: Values,
): Pick<Template, 'pendingTimeout' | 'timeout'> =>
  argo.version === '4.0'
    ? { timeout: `${PENDING_SECONDS + plusSeconds(contract, fixed)}s` }
    : { pendingTimeout: `${PENDING_SECONDS}s` };

const PENDING_SECONDS = 600;

const deadlineSeconds = (contract: StepContract, fixed: Values): number =>
  contract.deadline.seconds + plusSeconds(contract, fixed);

function plusSeconds(contract: StepContract, fixed: Values): number {
  const plus = (contract.deadline.plus ?? []).map((name) => {
    const value = fixed[name];
    if (typeof value !== 'number') throw new Error(`${contract.name}: its deadline counts ${name}, which is not fixed`);
    return value;
  });
  return plus.reduce((sum, value) => sum + value, 0);
}

function container(contract: StepContract, settings: ClusterSettings, fixed: Values): Container {
  const { pullPolicy } = settings.images;
  const { cpu, memory, memoryLimit } = settings.resources;
  return {
    image: imageOf(contract.name, settings),
    imagePullPolicy: pullPolicy,
    command: ['/nodejs/bin/node', '/app/step.cjs'],
    env: [
      ...contextEnv(contract, settings),
      ...Object.entries(contract.inputs).map(([name, param]) => inputEnv(name, param, fixed)),
      ...serverEnv(contract, settings),
    ],
    resources: { requests: { cpu, memory }, limits: { memory: memoryLimit } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
    volumeMounts: mountsOf(contract, settings).map(({ name, path: mountPath, readOnly }) =>
      readOnly === undefined ? { name, mountPath } : { name, mountPath, readOnly },
    ),
  };
}

function contextEnv(contract: StepContract, settings: ClusterSettings): EnvVar[] {
  const values: Record<keyof (typeof runContext & typeof nodeContext), Omit<EnvVar, 'name'>> = {
    runName: { value: new Ref('workflow.name').toString() },
    runUid: { value: new Ref('workflow.uid').toString() },
    podName: { valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    namespace: { valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    annotationPrefix: { value: fromSettings(runContext.annotationPrefix, settings) },
    excludeNodes: { value: fromSettings(nodeContext.excludeNodes, settings) },
    sshAddress: { value: fromSettings(nodeContext.sshAddress, settings) },
  };
  const told = contextOf(contract);
  return Object.entries(values).flatMap(([name, value]) => (name in told ? [{ name: envName(name), ...value }] : []));
}

const fromSettings = <T>(param: SettingParam<T>, settings: ClusterSettings): string =>
  param.format(param.fromSettings(settings));

function inputEnv(name: string, param: Param<unknown>, fixed: Values): EnvVar {
  const value = name in fixed ? formatArg(param, fixed[name]) : new Ref(`inputs.parameters.${name}`).toString();
  return { name: envName(name), value };
}
