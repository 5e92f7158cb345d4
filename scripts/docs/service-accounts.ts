import {
  KURED_DAEMON_SET,
  SECRET_BY_SETTING,
  type Access,
  type StepContract,
} from '../../src/contract/step-contract.ts';
import { EXECUTOR } from '../../src/synth/rules.ts';
import { STEPS } from '../../src/steps/catalog.ts';
import { code, table } from './markdown.ts';
import { RIGHTS, WORTHS, type Right } from './security/worth.ts';

const [BEGIN, END] = ['<!-- service-accounts: written by npm run docs -->', '<!-- service-accounts: end -->'];

/** `page` with what each ServiceAccount is worth between the two markers. */
export function withServiceAccounts(page: string, steps: readonly StepContract[] = STEPS): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from === -1 || to < from) throw new Error(`docs/security.md has no lines ${BEGIN} and ${END}, in this order`);
  const text = [BEGIN, accountsTable(steps), 'What each of these is worth:', rightsTable(), ''].join('\n\n');
  return `${page.slice(0, from)}${text}${page.slice(to)}`;
}

const accountsTable = (steps: readonly StepContract[]): string =>
  table(
    ['`k8s-upgrade-…`', 'worth', 'an attacker with its token could', 'and read', 'its pods hold'],
    steps.filter(({ backup }) => backup !== true).map(row),
  );

function row(step: StepContract): string[] {
  const rights = rightsOf(step);
  const [worst = 'reading'] = WORTHS.filter((worth) => rights.some((right) => right.worth === worth));
  const isReading = ({ worth }: Right): boolean => worth === 'reading';
  const could = WORTHS.flatMap((worth) => rights.filter((right) => right.worth === worth && !isReading(right)));
  return [code(step.name), worst, listOf(could), listOf(rights.filter(isReading)), heldBy(step)];
}

const listOf = (rights: readonly Right[]): string => [...new Set(rights.map(({ could }) => could))].join('; ');

const rightsTable = (): string =>
  table(
    ['right', 'worth', 'because'],
    RIGHTS.filter(({ worth }) => worth !== 'reading').map((each) => [nameOf(each), each.worth, each.why ?? '']),
  );

/** A name that a setting gives is shown as that setting. */
function nameOf({ right, name }: Right): string {
  const isFixed = name !== undefined && !BY_SETTING.has(name);
  return `${code(right)}${name === undefined ? '' : isFixed ? ` ${code(name)}` : ` (${BY_SETTING.get(name) ?? ''})`}`;
}

const BY_SETTING = new Map([
  [KURED_DAEMON_SET, '`kured.daemonSet`'],
  [SECRET_BY_SETTING, '`secrets.name`'],
]);

function heldBy({ ssh, sshNext, chat, mountsWholeSecret }: StepContract): string {
  const held = [
    ...(ssh ? ['the SSH key: root on every node'] : []),
    ...(sshNext === true ? ['the next SSH key'] : []),
    ...(chat === true || mountsWholeSecret === true ? ['the addresses of the webhooks'] : []),
  ];
  return held.length === 0 ? 'nothing' : held.join('; ');
}

/** Every right of the step's contract; throws for one that has no row. */
export function rightsOf({ access, paths = [] }: Pick<StepContract, 'access' | 'paths'>): readonly Right[] {
  const ofResources = [EXECUTOR, ...access].flatMap((rule) =>
    grantsOf(rule).map((grant) => ({ ...grant, scope: rule.scope })),
  );
  const ofPaths = paths.flatMap((rule) => rule.paths.flatMap((path) => rule.verbs.map((verb) => `${verb} ${path}`)));
  return [...ofResources, ...ofPaths.map((right) => ({ right, name: undefined, scope: undefined }))].map(rightOf);
}

function rightOf(grant: Grant): Right {
  const found = RIGHTS.find((each) => isAbout(each, grant));
  if (found !== undefined) return found;
  const about = [grant.right, grant.name, grant.scope].filter((each) => each !== undefined).join(', ');
  throw new Error(`scripts/docs/security/worth.ts does not say what this right is worth: ${about}`);
}

interface Grant {
  readonly right: string;
  readonly name: string | undefined;
  readonly scope: Access['scope'] | undefined;
}

function grantsOf({ apiGroup, resources, verbs, names }: Access): Omit<Grant, 'scope'>[] {
  const objects: readonly (string | undefined)[] = names ?? [undefined];
  const group = apiGroup === '' ? '' : `.${apiGroup}`;
  return verbs.flatMap((verb) =>
    resources.flatMap((resource) => objects.map((name) => ({ right: `${verb} ${resource}${group}`, name }))),
  );
}

/** A row without a name is about rules without one, and about those whose names the settings give. */
const isAbout = (row: Right, { right, name, scope }: Grant): boolean =>
  row.right === right &&
  (row.name === undefined ? row.in !== undefined || name === undefined : row.name === name) &&
  (row.in === undefined || row.in === scope);
