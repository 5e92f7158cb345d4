import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { KNOWN_HOSTS } from '../src/contract/access.ts';
import type { Access, StepContract } from '../src/contract/step-contract.ts';
import { STEPS } from '../src/steps/catalog.ts';

/** Path → text. */
type Sources = ReadonlyMap<string, string>;

interface Rule {
  readonly room: string;
  /** The first rule that matches a file is its rule; `step` is the folder of the step. */
  readonly files: RegExp;
  /**
   * What its imports may name: a room, `own/<file>` of the same step, a path below src, a package, `npm`, `node:*`.
   * Behind `type` only with `import type`.
   */
  readonly may: readonly string[];
  /** No clock, no process, no chance, no waiting: the same answer to the same question. */
  readonly pure?: true;
}

const STEP = String.raw`^src/steps/(?<step>[^/]+)/`;
/** Rooms that hold what the project knows, without a connection to anything. */
const DOMAIN = ['text', 'upgrade', 'signals', 'run'];

/** Imports that each room may have. CONTRIBUTING.md says why. */
const RULES: readonly Rule[] = [
  { room: 'text', files: /^src\/text\//, may: ['text'], pure: true },
  { room: 'upgrade', files: /^src\/upgrade\//, may: ['upgrade', 'text', 'semver', 'ipaddr.js'], pure: true },
  { room: 'signals', files: /^src\/signals\//, may: ['signals', 'upgrade', 'text'], pure: true },
  { room: 'run', files: /^src\/run\//, may: ['run', 'signals', 'upgrade', 'text', 'temporal-polyfill'], pure: true },
  { room: 'settings', files: /^src\/settings\//, may: ['settings', ...DOMAIN], pure: true },
  { room: 'contract', files: /^src\/contract\//, may: ['contract', 'settings', ...DOMAIN], pure: true },
  {
    room: 'cluster',
    files: /^src\/cluster\//,
    may: ['cluster', 'settings', ...DOMAIN, 'ajv', 'croner', 'yaml', 'fastest-levenshtein', 'node:fs', 'node:path'],
  },
  { room: 'catalog', files: /^src\/steps\/catalog\.ts$/, may: ['contract', 'step contract'], pure: true },
  { room: 'ports', files: /^src\/steps\/ports\//, may: ['ports', ...DOMAIN], pure: true },
  {
    room: 'adapters',
    files: /^src\/steps\/adapters\//,
    may: ['adapters', 'type ports', ...DOMAIN, 'contract/access', 'npm', 'node:*', 'runtime'],
  },
  { room: 'runtime', files: /^src\/steps\/runtime\//, may: ['runtime', 'ports', 'contract', ...DOMAIN, 'node:*'] },
  { room: 'guards', files: /^src\/steps\/guards\//, may: ['guards', 'runtime', 'ports', 'contract', ...DOMAIN] },
  {
    // What the exit handlers of upgrades and of operations share.
    room: 'exit handler clients',
    files: /^src\/steps\/exit-handler\/(observe|act)\.ts$/,
    may: ['exit handler', 'exit handler clients', 'guards', 'runtime', 'ports', ...DOMAIN],
  },
  {
    room: 'exit handler',
    files: /^src\/steps\/exit-handler\//,
    may: ['exit handler', 'type ports', ...DOMAIN],
    pure: true,
  },
  {
    room: 'wiring',
    files: /^src\/steps\/wiring\//,
    may: ['wiring', 'guards', 'runtime', 'adapters', 'ports', 'contract', ...DOMAIN, 'node:*'],
  },
  {
    room: 'step contract',
    files: new RegExp(`${STEP}contract\\.ts$`),
    may: ['contract', 'settings', ...DOMAIN],
    pure: true,
  },
  {
    room: 'step main',
    files: new RegExp(`${STEP}main\\.ts$`),
    may: [
      'own/contract',
      'own/observe',
      'own/decide',
      'own/act',
      'own/other',
      'runtime',
      'guards',
      'exit handler',
      'exit handler clients',
      'wiring',
    ],
  },
  {
    room: 'step observe',
    files: new RegExp(`${STEP}observe\\.ts$`),
    may: [
      'ports',
      ...DOMAIN,
      'type own/contract',
      'own/decide',
      'own/other',
      'runtime',
      'guards',
      'exit handler',
      'exit handler clients',
    ],
  },
  {
    room: 'step act',
    files: new RegExp(`${STEP}act\\.ts$`),
    may: [
      'ports',
      ...DOMAIN,
      'own/observe',
      'type own/contract',
      'own/decide',
      'own/other',
      'runtime',
      'guards',
      'exit handler',
      'exit handler clients',
    ],
  },
  {
    room: 'step decide',
    files: new RegExp(`${STEP}[^/]+\\.ts$`),
    may: [
      ...DOMAIN,
      'exit handler',
      'type ports',
      'own/decide',
      'own/other',
      'type own/observe',
      'type own/act',
      'type own/contract',
    ],
    pure: true,
  },
  {
    // What reads the options of a command, and loads quickly.
    room: 'command line',
    files: /^src\/command-line\//,
    may: ['command line', 'contract', ...DOMAIN, 'cluster/nearest', 'node:*'],
  },
  {
    room: 'synth',
    files: /^src\/synth\//,
    may: [
      'synth',
      'command line',
      'catalog',
      'step contract',
      'contract',
      ...DOMAIN,
      'cluster',
      'settings',
      'cdk8s',
      'cdk8s-plus-28',
      'constructs',
      'node:*',
    ],
  },
  {
    // What an operator runs from the checkout looks and thinks as the steps do: their acts are out of its reach.
    room: 'cli',
    files: /^src\/cli\//,
    may: [
      ...[
        'cli',
        'command line',
        'cluster',
        'settings',
        'synth',
        'catalog',
        'step contract',
        'contract',
        ...DOMAIN,
        'ports',
        'adapters',
        'runtime',
        'guards',
      ],
      ...['wiring', 'step observe', 'step decide', 'yaml', 'esbuild', 'node:*'],
    ],
  },
];

const IMPURE =
  /^(process|performance|console|fetch|set(Timeout|Interval|Immediate)|crypto|Date\.now|Temporal\.Now|Math\.random|new Date\(\)|await)$/;
const MOST_LINES = 300;
/** Imports do not count. */
const MOST_LINES_OF_MAIN = 30;
/** Files that are tables: as long as what they list. */
const TABLES = /^src\/(upgrade\/gate\/(boundary|addons)\/)/;

const ruleOf = (path: string): Rule | undefined => RULES.find(({ files }) => files.test(path));
const stepOf = (path: string): string | undefined => ruleOf(path)?.files.exec(path)?.groups?.['step'];

// ---- what a file says ------------------------------------------------------------------------------------------------
interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
}

const parse = (path: string, text: string): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);

function nodesOf(root: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  root.forEachChild((child) => {
    children.push(child, ...nodesOf(child));
  });
  return children;
}

function importsOf(path: string, text: string): Import[] {
  return nodesOf(parse(path, text)).flatMap((node): Import[] => {
    const named = (specifier: ts.Node | undefined, typeOnly: boolean): Import[] => [
      { from: specifier !== undefined && ts.isStringLiteralLike(specifier) ? specifier.text : '(computed)', typeOnly },
    ];
    if (ts.isImportDeclaration(node))
      return named(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    if (ts.isExportDeclaration(node)) return node.moduleSpecifier ? named(node.moduleSpecifier, node.isTypeOnly) : [];
    if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? named(node.argument.literal, true) : [];
    if (ts.isImportEqualsDeclaration(node))
      return ts.isExternalModuleReference(node.moduleReference) ? named(node.moduleReference.expression, false) : [];
    const dynamic = ts.isCallExpression(node) && /^(import|require)$/.test(node.expression.getText());
    return dynamic ? named(node.arguments[0], false) : [];
  });
}

/** Everything that a rule could call what is imported. */
function namesOf(path: string, from: string): string[] {
  if (from.startsWith('node:')) return [from, 'node:*'];
  if (!from.startsWith('.')) return [/^(@[^/]+\/)?[^/]+/.exec(from)?.[0] ?? from, 'npm'];
  const target = join(dirname(path), from);
  const step = stepOf(target);
  if (step === undefined) return [ruleOf(target)?.room ?? target, target.replace(/^src\/|\.ts$/g, '')];
  if (step !== stepOf(path)) return [ruleOf(target)?.room ?? target];
  return [`own/${/\/(contract|observe|decide|act|main)\.ts$/.exec(target)?.[1] ?? 'other'}`];
}

function importProblems(sources: Sources): string[] {
  return [...sources].flatMap(([path, text]) => {
    const rule = ruleOf(path);
    if (rule === undefined) return [`${path}: in no room that has a rule`];
    return importsOf(path, text)
      .filter(({ from, typeOnly }) => {
        const names = namesOf(path, from);
        return !names.some((name) => rule.may.includes(name) || (typeOnly && rule.may.includes(`type ${name}`)));
      })
      .map(({ from, typeOnly }) => `${path}: ${rule.room} must not import ${typeOnly ? 'even types of ' : ''}${from}`);
  });
}

/** Circles of imports, each as its files in the order of the alphabet. Types count: what two files share lies in a third. */
function importCircles(sources: Sources): string[] {
  const imports = new Map(
    [...sources].map(([path, text]) => [
      path,
      importsOf(path, text).flatMap(({ from }) => (from.startsWith('.') ? [join(dirname(path), from)] : [])),
    ]),
  );
  const reachedFrom = (path: string, seen = new Set<string>()): Set<string> => {
    for (const next of imports.get(path) ?? []) if (!seen.has(next)) reachedFrom(next, seen.add(next));
    return seen;
  };
  const reached = new Map([...imports.keys()].map((path) => [path, reachedFrom(path)]));
  const circles = [...reached].flatMap(([path, files]) =>
    files.has(path)
      ? [
          [...files]
            .filter((file) => reached.get(file)?.has(path))
            .sort()
            .join(' '),
        ]
      : [],
  );
  return [...new Set(circles)].sort();
}

/** The kit of the lab, one of its campaigns, or undefined. */
const labRoomOf = (path: string): string | undefined => /^lab\/(?:kit|campaigns\/[a-z0-9]+)(?=[/.])/.exec(path)?.[0];

/** Campaigns share the kit. They do not import each other, and the kit imports none of them. */
function labProblems(sources: Sources): string[] {
  return [...sources].flatMap(([path, text]) =>
    importsOf(path, text)
      .map(({ from }) => (from.startsWith('.') ? labRoomOf(join(dirname(path), from)) : undefined))
      .filter((room) => room !== undefined && room !== 'lab/kit' && room !== labRoomOf(path))
      .map((room) => `${path}: ${labRoomOf(path) ?? 'what is in no room'} must not import ${String(room)}`),
  );
}

function impurities(sources: Sources): string[] {
  return [...sources].flatMap(([path, text]) =>
    ruleOf(path)?.pure === true ? nodesOf(parse(path, text)).flatMap((node) => impurity(path, node)) : [],
  );
}

function impurity(path: string, node: ts.Node): string[] {
  const isName =
    ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node.parent) && !ts.isPropertyAssignment(node.parent);
  const reads = ts.isIdentifier(node) && ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node;
  const whole = ts.isPropertyAccessExpression(node) || ts.isNewExpression(node) ? node.getText() : undefined;
  const says = ts.isAwaitExpression(node) ? 'await' : isName || reads ? node.text : whole;
  return says !== undefined && IMPURE.test(says) ? [`${path}: ${says} in a room that is pure`] : [];
}

const BRANCHES = new Map<ts.SyntaxKind, string>([
  [ts.SyntaxKind.SwitchStatement, 'switch'],
  [ts.SyntaxKind.AmpersandAmpersandToken, '&&'],
  [ts.SyntaxKind.BarBarToken, '||'],
  [ts.SyntaxKind.ForStatement, 'for'],
  [ts.SyntaxKind.ForOfStatement, 'for'],
  [ts.SyntaxKind.ForInStatement, 'for'],
  [ts.SyntaxKind.WhileStatement, 'while'],
  [ts.SyntaxKind.DoStatement, 'do'],
  [ts.SyntaxKind.TryStatement, 'try'],
]);

const linesOf = (text: string): number => text.trimEnd().split('\n').length;

/** A condition of one term is wiring: what it asks is decided, and tested, elsewhere. */
const MOST_CONDITIONS_OF_MAIN = 1;
const CONDITIONS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.IfStatement,
  ts.SyntaxKind.ConditionalExpression,
  ts.SyntaxKind.QuestionQuestionToken,
]);

function mainProblems(sources: Sources): string[] {
  return [...sources]
    .filter(([path]) => ruleOf(path)?.room === 'step main')
    .flatMap(([path, text]) => {
      const nodes = nodesOf(parse(path, text));
      const branches = nodes.flatMap(({ kind }) => BRANCHES.get(kind) ?? []);
      const conditions = nodes.filter(({ kind }) => CONDITIONS.has(kind)).length;
      const lines = linesOf(text.replaceAll(/^import [^;]*;\n/gm, '').trimStart());
      return [
        ...(lines > MOST_LINES_OF_MAIN ? [`${path}: ${lines} lines, at most ${MOST_LINES_OF_MAIN}`] : []),
        ...(conditions > MOST_CONDITIONS_OF_MAIN
          ? [`${path}: ${conditions} conditions, at most ${MOST_CONDITIONS_OF_MAIN}`]
          : []),
        ...branches.map((branch) => `${path}: ${branch} where only wiring belongs`),
      ];
    });
}

const lengthProblems = (sources: Sources): string[] =>
  [...sources]
    .filter(([path, text]) => !TABLES.test(path) && linesOf(text) > MOST_LINES)
    .map(([path, text]) => `${path}: ${linesOf(text)} lines, at most ${MOST_LINES}`);

// ---- what a step is made of ------------------------------------------------------------------------------------------
const MUTATING = ['create', 'update', 'patch', 'delete', 'deletecollection', '*'];

/** Asking what one may do changes nothing, and a host key learned is knowledge: neither needs an act. */
const isHarmless = ({ resources, names }: Access): boolean =>
  resources.every((each) => /^(self)?subjectaccessreviews$/.test(each)) ||
  (resources.join() === 'configmaps' && names?.join() === KNOWN_HOSTS);

/** A step that logs in behind the fence changes the node. */
const changesNodes = ({ access, ssh }: StepContract): boolean =>
  ssh && access.some(({ resources }) => resources.includes('leases'));

const changesSomething = (step: StepContract): boolean =>
  changesNodes(step) ||
  step.access.some((rule) => rule.verbs.some((verb) => MUTATING.includes(verb)) && !isHarmless(rule));

function stepProblems(sources: Sources, catalog: readonly StepContract[]): string[] {
  const paths = [...sources.keys()];
  const folders = paths.flatMap((path) => (ruleOf(path)?.room === 'step contract' ? (stepOf(path) ?? []) : []));
  const named = catalog.map(({ name }) => name);
  const strays = paths.map(stepOf).filter((step) => step !== undefined && !folders.includes(step));
  return [
    ...[...new Set(strays)].map((step) => `${step}: no contract.ts`),
    ...folders.filter((step) => !named.includes(step)).map((step) => `${step}: not in the catalog under its own name`),
    ...named.filter((step) => !folders.includes(step)).map((step) => `${step}: in the catalog, without a folder`),
    ...named.filter((step, place) => named.indexOf(step) !== place).map((step) => `${step}: in the catalog twice`),
    ...catalog.filter(({ name }) => folders.includes(name)).flatMap((step) => anatomyProblems(step, sources)),
  ];
}

function anatomyProblems(step: StepContract, sources: Sources): string[] {
  const file = (name: string): string | undefined => sources.get(`src/steps/${step.name}/${name}.ts`);
  const looks = file('observe') !== undefined || /await (cluster\.\w+|judgedNodes)\(/.test(file('main') ?? '');
  const [acts, changes] = [file('act') !== undefined, changesSomething(step) || step.backup === true];
  return [
    ...(file('main') === undefined ? ['no main.ts'] : []),
    ...(file('decide') === undefined ? ['no decide.ts'] : []),
    ...(looks ? [] : ['neither observe.ts nor a read of the cluster in main.ts']),
    ...(changes && !acts ? ['its access changes something, and there is no act.ts'] : []),
    ...(acts && !changes && !step.ssh ? ['act.ts without any access that changes something'] : []),
  ].map((problem) => `${step.name}: ${problem}`);
}

// ---- files -----------------------------------------------------------------------------------------------------------
function sourcesBelow(folder: string): Sources {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return new Map(files.sort().map((file) => [join(folder, file), readFileSync(join(folder, file), 'utf8')]));
}

/** What git has or would take. */
function trackedFiles(): Sources {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  const files = listed.split('\0').filter((file) => file !== '' && existsSync(file));
  return new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
}

/** Paths of the machines on which this is written. The home of root is also a place on the lab's own machines. */
const MACHINE_PATH = /(?<![\w$}.~*-])(\/(root|work)(?![\w.-])|\.\.\/shared\b)/;
const HAVE_MACHINES_OF_THEIR_OWN = /^lab\//;

const machinePaths = (sources: Sources): string[] =>
  [...sources].flatMap(([path, text]) =>
    text.split('\n').flatMap((line, index) => {
      const seen = MACHINE_PATH.exec(line)?.[1];
      const allowed = seen === undefined || (seen === ['', 'root'].join('/') && HAVE_MACHINES_OF_THEIR_OWN.test(path));
      return allowed ? [] : [`${path}:${index + 1}: ${seen}`];
    }),
  );

// ---------------------------------------------------------------------------------------------------------------------
describe('the architecture', () => {
  const src = sourcesBelow('src');
  const file = (path: string, text: string): Sources => new Map([[path, text]]);
  const step = (name: string, access: readonly Access[]): StepContract => ({
    ...{ name, summary: '', inputs: {}, outputs: {}, ssh: false, deadline: { seconds: 1 } },
    access,
  });
  const files = (...paths: string[]): Sources => new Map(paths.map((path) => [path, '']));

  it('lets every room import what it may, and nothing else', () => {
    expect(src.size).to.be.greaterThan(50);
    expect(importProblems(src)).to.deep.equal([]);
  });

  it('has no circle of imports', () => {
    const circle = new Map([
      ['src/a.ts', "import type { B } from './b.ts';"],
      ['src/b.ts', "import { c } from './c.ts';"],
      ['src/c.ts', "export { A } from './a.ts';"],
      ['src/d.ts', "import { A } from './a.ts';"],
    ]);
    expect(importCircles(circle)).to.deep.equal(['src/a.ts src/b.ts src/c.ts']);
    const all = ['src', 'lab', 'scripts', 'test'].flatMap((folder) => [...sourcesBelow(folder)]);
    expect(importCircles(new Map(all))).to.deep.equal([]);
  });

  it('has no campaign of the lab that imports another one, and a kit that imports no campaign', () => {
    const lab = sourcesBelow('lab');
    expect([...lab.keys()].filter((path) => labRoomOf(path) === undefined)).to.deep.equal([]);
    expect(labProblems(lab)).to.deep.equal([]);
    for (const [path, from] of [
      ['lab/campaigns/signals/ends.ts', '../nodes/night.ts'],
      ['lab/campaigns/signals.ts', './nodes/night.ts'],
      ['lab/kit/runs.ts', '../campaigns/nodes/cluster.ts'],
    ] as const)
      expect(labProblems(file(path, `import { a } from '${from}';`)), path).to.have.length(1);
    const allowed = [
      file('lab/campaigns/signals/ends.ts', "import { a } from '../../kit/runs.ts';"),
      file('lab/campaigns/signals.ts', "import { a } from './signals/ends.ts';"),
    ];
    expect(allowed.flatMap(labProblems)).to.deep.equal([]);
  });

  describe('would notice', () => {
    const BAD: readonly [string, string][] = [
      ['src/upgrade/node/node.ts', "import { readFileSync } from 'node:fs';"],
      ['src/upgrade/node/node.ts', "import type { Ajv } from 'ajv';"],
      ['src/text/inert.ts', "import { wait } from '../upgrade/decision.ts';"],
      ['src/upgrade/node/node.ts', "import { text } from '../../contract/param.ts';"],
      ['src/upgrade/node/node.ts', "import { GAUGES } from '../../signals/gauges.ts';"],
      ['src/signals/gauges.ts', "import { planOf } from '../run/plan.ts';"],
      ['src/run/plan.ts', "import { text } from '../contract/param.ts';"],
      ['src/settings/drain.ts', "import { seconds } from '../contract/param.ts';"],
      ['src/settings/drain.ts', "import { Ajv } from 'ajv';"],
      ['src/contract/param.ts', "import semver from 'semver';"],
      ['src/contract/param.ts', "import { drain } from '../steps/drain/contract.ts';"],
      ['src/cluster/load.ts', "import { STEPS } from '../steps/catalog.ts';"],
      ['src/cluster/load.ts', "import { buildApp } from '../synth/app.ts';"],
      ['src/cluster/load.ts', "import { spawn } from 'node:child_process';"],
      ['src/steps/catalog.ts', "import { decide } from './drain/decide.ts';"],
      ['src/steps/ports/remote.ts', "import type { Client } from 'ssh2';"],
      ['src/steps/ports/remote.ts', "import { connect } from '../adapters/ssh.ts';"],
      ['src/steps/adapters/ssh.ts', "import type { Facts } from '../detect/observe.ts';"],
      ['src/steps/adapters/ssh.ts', "import { loadClusters } from '../../cluster/load.ts';"],
      ['src/steps/adapters/ssh.ts', "import { changeNode } from '../guards/change-node.ts';"],
      ['src/steps/adapters/ssh.ts', "import { someValue } from '../ports/remote.ts';"],
      ['src/steps/adapters/ssh.ts', "import { defineStep } from '../../contract/step-contract.ts';"],
      ['src/steps/runtime/retry.ts', "import { systemClock } from '../adapters/clock.ts';"],
      ['src/steps/runtime/retry.ts', "import retry from 'p-retry';"],
      ['src/steps/wiring/connect.ts', "import { drain } from '../drain/contract.ts';"],
      ['src/steps/guards/fence.ts', "import { connectKubernetes } from '../adapters/kubernetes.ts';"],
      ['src/steps/drain/contract.ts', "import type { DrainFacts } from './observe.ts';"],
      ['src/steps/drain/contract.ts', "import semver from 'semver';"],
      ['src/steps/drain/decide.ts', "import { refused } from '../runtime/step-error.ts';"],
      ['src/steps/drain/decide.ts', "import { type NodePod } from '../ports/cluster.ts';"],
      ['src/steps/drain/decide.ts', "import { observe } from './observe.ts';"],
      ['src/steps/drain/policy.ts', "import { join } from 'node:path';"],
      ['src/steps/drain/observe.ts', "import { connectKubernetes } from '../adapters/kubernetes.ts';"],
      ['src/steps/drain/observe.ts', "import { carryOut } from './act.ts';"],
      ['src/steps/drain/act.ts', "import { clients } from '../wiring/connect.ts';"],
      ['src/steps/drain/act.ts', "import { Client } from 'ssh2';"],
      ['src/steps/drain/main.ts', "import { systemClock } from '../adapters/clock.ts';"],
      ['src/steps/drain/main.ts', "import { decide } from '../detect/decide.ts';"],
      ['src/steps/drain/main.ts', "import { envName } from '../../contract/step-contract.ts';"],
      ['src/command-line/command.ts', "import { loadClusters } from '../cluster/load.ts';"],
      ['src/synth/app.ts', "import { decide } from '../steps/drain/decide.ts';"],
      ['src/synth/app.ts', "import type { ClusterReads } from '../steps/ports/cluster.ts';"],
      ['src/synth/app.ts', "import { parse } from 'yaml';"],
      ['src/synth/app.ts', "export { retryTransient } from '../steps/runtime/retry.ts';"],
      ['src/upgrade/node/node.ts', "export const load = () => import('node:fs');"],
      ['src/upgrade/node/node.ts', "export type T = import('ajv').Ajv;"],
      ['src/upgrade/node/node.ts', 'export const load = (name: string) => import(name);'],
      ['src/cli/plan.ts', "import { prune } from '../steps/preflight/act.ts';"],
      ['src/cli/plan.ts', "import '../steps/detect/main.ts';"],
      ['src/cli/plan.ts', "import { Client } from 'ssh2';"],
      ['src/synth/app.ts', "import { settingsFor } from '../cli/settings.ts';"],
      ['src/steps/exit-handler/observe.ts', "import { decide } from '../finish/decide.ts';"],
      ['src/steps/exit-handler/facts.ts', "import { READ_SECONDS } from './observe.ts';"],
      ['src/plans/plan.ts', ''],
    ];
    for (const [path, text] of BAD)
      it(`${path} with ${text || 'no rule of its own'}`, () => {
        expect(importProblems(file(path, text))).to.have.length(1);
      });

    it('a rule that nothing lives under', () => {
      const empty = RULES.filter((rule) => ![...src.keys()].some((path) => ruleOf(path) === rule));
      expect(empty.map(({ room }) => room)).to.deep.equal([]);
      const unproved = RULES.filter((rule) => !BAD.some(([path]) => ruleOf(path) === rule));
      expect(unproved.map(({ room }) => room)).to.deep.equal([]);
    });
  });

  it('keeps clock, process, chance and waiting out of the rooms that only think', () => {
    expect(impurities(src)).to.deep.equal([]);
    for (const impure of [
      'Date.now()',
      'Temporal.Now.instant()',
      'process.env',
      'Math.random()',
      'new Date()',
      'setTimeout(f, 1)',
      'console.log(1)',
    ])
      expect(impurities(file('src/upgrade/x.ts', `export const x = ${impure};`)), impure).to.not.be.empty;
    expect(impurities(file('src/steps/drain/decide.ts', 'export const x = async () => { await y; };'))).to.have.length(
      1,
    );
    expect(impurities(file('src/upgrade/x.ts', 'export const x = { process: y.process, at: new Date(5) };'))).to.be
      .empty;
  });

  it(`keeps every main.ts to wiring: one condition, no loop, at most ${MOST_LINES_OF_MAIN} lines`, () => {
    expect(mainProblems(src)).to.deep.equal([]);
    for (const branch of [
      'if (a) b(); if (c) d();',
      'a ? b : c ? d : e;',
      'a && b();',
      'a || b();',
      'try { a(); } finally { b(); }',
      'if (a) b(c ?? d);',
      'for (const a of b) c();',
      'switch (a) {}',
    ])
      expect(mainProblems(file('src/steps/drain/main.ts', branch)), branch).to.have.length(1);
    expect(mainProblems(file('src/steps/drain/main.ts', 'if (a) b();'))).to.deep.equal([]);
    const long = `import { a } from './act.ts';\n\n${'a();\n'.repeat(MOST_LINES_OF_MAIN)}`;
    expect(mainProblems(file('src/steps/drain/main.ts', long))).to.deep.equal([]);
    expect(mainProblems(file('src/steps/drain/main.ts', `${long}a();`))).to.have.length(1);
  });

  it('has every step in the catalog, whole, with act.ts if and only if it may change something', () => {
    expect(stepProblems(src, STEPS)).to.deep.equal([]);
  });

  it('would notice a step that is forgotten, or not whole, or not what its access says', () => {
    const whole = ['contract', 'observe', 'decide', 'main'].map((name) => `src/steps/a/${name}.ts`);
    const rule = (resources: string[], verbs: string[], names?: string[]): Access => ({
      ...{ apiGroup: '', resources, verbs, scope: 'cluster' },
      ...(names ? { names } : {}),
    });
    const look = step('a', [rule(['nodes'], ['get', 'list'])]);
    const patch = step('a', [rule(['nodes'], ['patch'])]);
    expect(stepProblems(files(...whole), [look])).to.deep.equal([]);
    expect(stepProblems(files(...whole), [])).to.deep.equal(['a: not in the catalog under its own name']);
    expect(stepProblems(files(...whole), [look, look])).to.include('a: in the catalog twice');
    expect(stepProblems(files(...whole), [look, step('b', [])])).to.deep.equal(['b: in the catalog, without a folder']);
    expect(stepProblems(files('src/steps/a/decide.ts'), [])).to.deep.equal(['a: no contract.ts']);
    for (const missing of ['observe', 'decide', 'main'])
      expect(stepProblems(files(...whole.filter((path) => !path.includes(missing))), [look]), missing).to.have.length(
        1,
      );
    expect(stepProblems(files(...whole), [patch])).to.deep.equal([
      'a: its access changes something, and there is no act.ts',
    ]);
    expect(stepProblems(files(...whole, 'src/steps/a/act.ts'), [patch])).to.deep.equal([]);
    expect(stepProblems(files(...whole, 'src/steps/a/act.ts'), [look])).to.have.length(1);
    const harmless = step('a', [
      rule(['selfsubjectaccessreviews'], ['create']),
      rule(['configmaps'], ['patch'], [KNOWN_HOSTS]),
    ]);
    expect(stepProblems(files(...whole), [harmless])).to.deep.equal([]);
    expect(stepProblems(files(...whole), [step('a', [rule(['configmaps'], ['patch'])])])).to.have.length(1);
    const onNodes = { ...step('a', [rule(['leases'], ['get'])]), ssh: true };
    expect(stepProblems(files(...whole), [onNodes])).to.have.length(1);
    expect(stepProblems(files(...whole, 'src/steps/a/act.ts'), [onNodes])).to.deep.equal([]);
  });

  it(`has no file of more than ${MOST_LINES} lines that is not a table`, () => {
    expect(lengthProblems(src)).to.deep.equal([]);
    expect(lengthProblems(file('src/synth/app.ts', 'a();\n'.repeat(301)))).to.have.length(1);
  });

  it('names no path of the machines on which it is written', () => {
    expect(machinePaths(trackedFiles())).to.deep.equal([]);
    for (const path of [
      ['', 'root', '.ssh'],
      ['', 'work', 'main'],
      ['..', 'shared', 'x'],
    ])
      expect(machinePaths(file('README.md', `see ${path.join('/')}`)), path.join('/')).to.have.length(1);
    expect(machinePaths(file('README.md', 'workflow/work, /rootfs, /workers, $scratch/root'))).to.be.empty;
  });
});
