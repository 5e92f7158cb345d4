import { kubectl } from '../../../kit/commands.ts';
import { postsAbout } from '../../../kit/daemons.ts';
import { ofRun, stepPods } from '../../../kit/pods.ts';
import { check, checkSays } from '../../../kit/record.ts';
import { messageOf, nodesOf, type Workflow, type WorkflowNode } from '../../../kit/runs.ts';

/**
 * Expressions that Argo would evaluate (arithmetic, a variable of the Workflow, a list that costs memory), and a reference
 * that the kubelet would expand in the environment of a container.
 */
export const EXPRESSION = 'x-{{=1+41}}-{{workflow.uid}}-$(RUN_UID)-{{=len(sprig.until(100000))}}-y';
/** An expression with characters that break the template into which Argo inserts it. */
export const UNPARSABLE = `${EXPRESSION}-\u0007-\u{10FFFF}-"-\\-`;
/** A part of {@link EXPRESSION} that is there in every spelling of it in which no two braces are adjacent. */
const AS_TEXT = '=len(sprig.until(100000))}';

/** What {@link EXPRESSION} becomes when it is evaluated, in any of its parts. */
const evaluated = (uid: string): readonly string[] => ['x-42-', `-${uid}-`, '-100000-y'];

/** A reference to an output that no step of the run wrote: Argo leaves it in the environment as it stands in the manifest. */
const UNRESOLVED = /^\{\{(?:workflow|inputs|tasks)\.[a-zA-Z0-9.-]+\}\}$/;

interface Place {
  readonly where: string;
  readonly text: string;
}

/**
 * Looks at everything that a run leaves behind (the status of its Workflow, the environment of its pods, the posts to the
 * chat) for the value of an expression, and where Argo reads it for two adjacent opening braces.
 */
export async function checkInert(run: Workflow): Promise<void> {
  const readByArgo = [...statusOf(run), ...(await environmentOf(run))];
  const values = [...readByArgo, ...postsOf(run)].filter(({ text }) =>
    evaluated(run.metadata.uid).some((value) => text.includes(value)),
  );
  check('… places where the expression was evaluated', 'none', named(values));
  const braces = readByArgo.filter(({ text }) => text.includes('{{') && !UNRESOLVED.test(text));
  check('… places that Argo reads with two adjacent braces', 'none', named(braces));
}

/** The message of a run quotes the expression as text. */
export const checkQuoted = (run: Workflow): void => {
  checkSays('… the message quotes it as text', messageOf(run), AS_TEXT);
};

const named = (places: readonly Place[]): string => places.map(({ where }) => where).join(', ') || 'none';

function statusOf(run: Workflow): Place[] {
  return nodesOf(run).flatMap(({ displayName, message = '', outputs, inputs }) => [
    { where: `the message of ${displayName}`, text: message },
    { where: `the outputs of ${displayName}`, text: valuesOf(outputs) },
    { where: `the inputs of ${displayName}`, text: valuesOf(inputs) },
  ]);
}

/** Values alone: JSON around them has braces of its own. */
const valuesOf = (side: WorkflowNode['inputs']): string =>
  (side?.parameters ?? []).map(({ value = '' }) => value).join('\n');

async function environmentOf(run: Workflow): Promise<Place[]> {
  const pods = await stepPods(ofRun(run.metadata.name));
  return pods.flatMap(({ metadata, spec }) =>
    spec.containers.flatMap(({ env = [] }) =>
      env.map(({ name, value = '' }) => ({ where: `${name} of ${metadata.name}`, text: value })),
    ),
  );
}

/** Every string of every post about the run, as a person reads it. */
function postsOf(run: Workflow): Place[] {
  const { slack, webhook } = postsAbout(run.metadata.name);
  return [
    ...slack.map((post) => ({ where: 'Slack', text: stringsOf(post).join('\n') })),
    ...webhook.map((post) => ({ where: 'the webhook', text: stringsOf(post).join('\n') })),
  ];
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}

/** How often a container of Argo's controller was restarted. A drain of its node replaces the pod, and says nothing. */
export async function controllerRestarts(): Promise<string> {
  const path = 'jsonpath={.items[*].status.containerStatuses[*].restartCount}';
  return kubectl('get', 'pods', '-n', 'argo', '-l', 'app=workflow-controller', '-o', path);
}
