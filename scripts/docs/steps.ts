import { EXIT, KILLED, RETRIED_EXIT_CODES } from '../../src/contract/exit-code.ts';
import type { Param } from '../../src/contract/param.ts';
import { runContext } from '../../src/contract/run-context.ts';
import {
  envName,
  outputPath,
  type Access,
  type Condition,
  type Params,
  type StepContract,
} from '../../src/contract/step-contract.ts';
import { STEPS } from '../../src/steps/catalog.ts';
import { code, table } from './markdown.ts';

/** Inputs, outputs and rights of each step, from its contract. */
export function stepsPage(steps: readonly StepContract[] = STEPS): string {
  return [
    '# Steps',
    'Written from `src/steps/*/contract.ts` by `npm run docs`; do not edit.',
    'Each step is a program in an image of its own. Its ServiceAccount may do what its table lists, and nothing else. Inputs are environment variables, and outputs are files in `$OUTPUT_DIR` (default `/tmp/outputs`). `npm run step -- <step> --help` shows how to run one step against any kubeconfig.',
    table(
      ['step', 'what it does'],
      steps.map(({ name, summary }) => [`[${name}](#${name})`, summary]),
    ),
    '## Inputs of every step',
    paramsTable(runContext),
    '## How a step ends',
    table(['exit code', 'meaning', 'Argo'], [...Object.entries(EXIT), ...Object.entries(KILLED)].map(exitRow)),
    '64 and 65 are the codes of Argo’s own executor. A refusal that is a decision (nothing to do, blocked, on hold, paused, halted) is an output and ends with 0.',
    ...steps.map(section),
  ]
    .join('\n\n')
    .concat('\n');
}

const MEANINGS: Readonly<Record<keyof typeof EXIT | keyof typeof KILLED, string>> = {
  Done: 'Success, or a decision that there is nothing to do.',
  BadInput: 'The inputs are wrong; every problem was printed.',
  Bug: 'A bug of this project, or an answer that cannot be understood.',
  TryAgain: 'Something was not ready: a lock was held, or a server did not answer.',
  Refused: 'The step cannot continue, and a retry would not change that.',
  Halted: 'The kill switch stopped it. The exit handler reports a halt.',
  sigkill: 'Killed: out of memory, or it did not end in time.',
  sigterm: 'Ended from outside: an eviction, a stop, its deadline.',
};

const exitRow = ([name, number]: [string, number]): string[] => [
  String(number),
  MEANINGS[name as keyof typeof MEANINGS],
  RETRIED_EXIT_CODES.includes(number)
    ? 'tries again, up to 3 times'
    : number === EXIT.Done
      ? 'runs the next step'
      : 'fails the step',
];

function section(step: StepContract): string {
  const { name, summary, inputs, outputs, access, paths = [] } = step;
  return [
    `## ${name}`,
    summary,
    factsOf(step),
    '### Inputs',
    Object.keys(inputs).length === 0 ? 'None.' : paramsTable(inputs),
    '### Outputs',
    Object.keys(outputs).length === 0 ? 'None.' : outputsTable(outputs),
    '### Rights',
    access.length + paths.length === 0
      ? 'None.'
      : table(
          ['where', 'API group', 'resources', 'only', 'verbs', 'if'],
          [
            ...access.map(accessRow),
            ...paths.map((each) => [
              'API server',
              '',
              each.paths.map(code).join(', '),
              '',
              each.verbs.join(', '),
              whenText(each.when),
            ]),
          ],
        ),
  ].join('\n\n');
}

function factsOf(step: StepContract): string {
  const { ssh, repository = false, chat = false, when = [], deadline: limits } = step;
  const { seconds, plus = [] } = limits;
  const deadline = [`${seconds} s`, ...plus.map(code)].join(' + ');
  return [
    ...(when.length === 0 ? [] : [`- It runs, and has a ServiceAccount, only if ${whenText(when)}.`]),
    `- One attempt may take ${deadline}.`,
    `- ${ssh ? 'Logs in to nodes: mounts the SSH key.' : 'Does not log in to nodes.'}`,
    ...(repository ? ['- Asks the package repository.'] : []),
    ...(chat ? ['- Tells people: mounts the addresses of the webhooks, where `notify` names them.'] : []),
  ].join('\n');
}

const paramsTable = (params: Params): string =>
  table(
    ['input', 'environment variable', 'what it is', 'example'],
    Object.entries(params).map(([name, param]) => [code(name), code(envName(name)), docOf(param), exampleOf(param)]),
  );

const outputsTable = (params: Params): string =>
  table(
    ['output', 'file', 'what it is', 'example'],
    Object.entries(params).map(([name, param]) => [code(name), code(outputPath(name)), docOf(param), exampleOf(param)]),
  );

const docOf = ({ doc, choices }: Param<unknown>): string =>
  choices === undefined ? doc : `${doc} One of ${choices.map(code).join(', ')}.`;
const exampleOf = ({ example }: Param<unknown>): string => (example === '' ? '' : code(example));

const WHERE: Readonly<Record<string, string>> = {
  cluster: 'whole cluster',
  namespace: '`k8s-upgrade`',
  'snapshot-namespace': 'namespace of `snapshot.cronJob`',
  'kured-namespace': 'namespace of `kured.daemonSet`',
  'restore-hook-namespace': 'namespace of `controlPlane.restoreHook`, else `kube-system`',
  'quiesced-namespaces': 'each namespace in `controlPlane.quiesce`',
};

/** The settings behind each condition: `MEANINGS` in src/synth/rules.ts. */
const CONDITION_TEXTS: Readonly<Record<Condition, string>> = {
  kured: '`kured.mode` is not `off`',
  quiesce: '`controlPlane.quiesce` names a Deployment',
  'learned-host-keys': '`ssh.hostKeys` is `trust-on-first-use`',
  'packages-from-node': '`packages.source` is `node`',
  approval: '`policy.minor` is `approve`',
  snapshot: '`snapshot.mode` is not `none`',
  'api-server-metrics': '`compatibility.deprecatedApis.source` is `api-servers`',
  'images-prepared': '`prepare.images` is not `off`',
  'restore-hook': '`controlPlane.restoreHook` is set',
  'pods-deleted': '`drain.deleteDeadlocked` is not `never`',
};
const whenText = (when: readonly Condition[] = []): string => when.map((each) => CONDITION_TEXTS[each]).join(' and ');

const accessRow = ({ scope, apiGroup, resources, names = [], verbs, when }: Access): string[] => [
  WHERE[scope] ?? code(scope),
  apiGroup === '' ? 'core' : apiGroup,
  resources.join(', '),
  names.map(code).join(', '),
  verbs.join(', '),
  whenText(when),
];
