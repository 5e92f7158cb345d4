// Has promtool judge the alert rules by test/rules/cases.ts, and proves of each rule that its cases would notice if it never
// fired or always did; then the queries of the dashboard, and the rules of every cluster with its own numbers.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { EXIT } from '../src/contract/exit-code.ts';
import { ruleGroups, type RuleGroups } from '../src/synth/alerts.ts';
import { panels } from '../src/synth/dashboard.ts';
import { ALERT_NAMES, type AlertName } from '../src/signals/alert-rules.ts';
import { CASES, CLUSTER } from '../test/rules/cases.ts';
import { queryTests, ruleTests, type PromtoolFile } from '../test/rules/promtool-file.ts';
import { alertSettings } from '../src/cli/rules.ts';

const root = resolve(import.meta.dirname, '..');

interface Promtool {
  readonly path: string;
  readonly version: string;
}

interface Verdict {
  readonly accepted: boolean;
  readonly says: string;
}

/** The release that the lab's Prometheus is of; another one's PromQL may be another. */
const WANTED = asRelease(
  /^PROMETHEUS_VERSION=v(\S+)$/m.exec(readFileSync(join(root, 'lab/versions.env'), 'utf8'))?.[1],
);

/** 3.11.3 as a release calls itself; the Go module of it, and what is built from that, is 0.311.3. */
function asRelease(version = ''): string {
  const [, major, minor, patch] = /^0\.(\d)(\d\d)\.(\d+)$/.exec(version) ?? [];
  return major === undefined ? version : `${major}.${Number(minor)}.${patch ?? ''}`;
}

/** The one on PATH if it is of that release, else the one that the lab builds from Prometheus' Go module. */
const findPromtool = (): Promtool | undefined => readVersion('promtool') ?? readVersion(buildPromtool());

function readVersion(path: string): Promtool | undefined {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const version = asRelease(/^promtool, version (\S+)/.exec(stdout)?.[1]);
  return version === WANTED ? { path, version } : undefined;
}

function buildPromtool(): string {
  const tools = join(root, 'lab/tools.sh');
  const { stdout } = spawnSync(tools, ['promtool'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return stdout.trimEnd().split('\n').at(-1) ?? '';
}

class Judge {
  readonly #dir = mkdtempSync(join(tmpdir(), 'test-rules-'));
  readonly #promtool;

  constructor(promtool: Promtool) {
    this.#promtool = promtool;
  }

  /** The test files name the rule file that is written here. */
  test(rules: RuleGroups, tests: (ruleFile: string) => readonly PromtoolFile[]): Verdict {
    const files = tests(this.#rules(rules)).map((file, place) => {
      writeFileSync(join(this.#dir, `tests-${place}.yaml`), stringify(file));
      return `tests-${place}.yaml`;
    });
    return this.#run('test', 'rules', ...files);
  }

  check(rules: RuleGroups): Verdict {
    return this.#run('check', 'rules', '--lint=all', '--lint-fatal', this.#rules(rules));
  }

  close(): void {
    rmSync(this.#dir, { recursive: true });
  }

  #rules(rules: RuleGroups): string {
    writeFileSync(join(this.#dir, 'rules.yaml'), stringify(rules));
    return 'rules.yaml';
  }

  #run(...args: string[]): Verdict {
    const { status, stdout, stderr, error } = spawnSync(this.#promtool.path, args, {
      cwd: this.#dir,
      encoding: 'utf8',
    });
    return { accepted: status === 0, says: [stdout, stderr, error?.message ?? ''].join('\n').trim() };
  }
}

const EXPRESSIONS = { 'never fires': 'vector(0) > 1', 'always fires': 'vector(1)' } as const;

/** Which spoiled copies of a rule its own cases let pass. */
function unnoticed(judge: Judge, rules: RuleGroups, alert: AlertName): string[] {
  const own = CASES.filter(({ about }) => about === alert);
  return Object.entries(EXPRESSIONS).flatMap(([how, expr]) => {
    const spoiled = withExpression(rules, alert, expr);
    const { accepted, says } = judge.test(spoiled, (file) => ruleTests(file, own));
    return !accepted && says.includes(alert) ? [] : [`${alert} that ${how}`];
  });
}

const withExpression = ({ groups }: RuleGroups, alert: AlertName, expr: string): RuleGroups => ({
  groups: groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => ('alert' in rule && rule.alert === alert ? { ...rule, expr } : rule)),
  })),
});

function judgeCases(judge: Judge, rules: RuleGroups): boolean {
  const { accepted, says } = judge.test(rules, (file) => ruleTests(file, CASES));
  if (!accepted) return refused(`test/rules/cases.ts: refused\n${says}`);
  const passing = ALERT_NAMES.flatMap((alert) => unnoticed(judge, rules, alert));
  if (passing.length > 0) return refused(`test/rules/cases.ts: does not notice ${passing.join(', ')}`);
  return passed(
    `${CASES.length} cases of ${ALERT_NAMES.length} alerts hold; each alert that never fires, or always does, is noticed`,
  );
}

function judgeDashboard(judge: Judge, rules: RuleGroups): boolean {
  const queries = panels(alertSettings(CLUSTER).alerts).flatMap((panel) => panel.queries.map(({ expr }) => expr));
  const { accepted, says } = judge.test(rules, (file) => queryTests(file, queries));
  if (!accepted) return refused(`the dashboard: refused\n${says}`);
  const wrong = judge.test(rules, (file) => queryTests(file, [...queries, 'max(no_such_series)']));
  if (wrong.accepted) return refused('the dashboard: a query that finds nothing is accepted, so this proves nothing');
  return passed(`the dashboard: each of ${queries.length} queries finds something; one that does not is noticed`);
}

function judgeCluster(judge: Judge, file: string): boolean {
  const { accepted, says } = judge.check(ruleGroups(alertSettings(file)));
  return accepted
    ? passed(`${basename(file)}: its rules are accepted`)
    : refused(`${basename(file)}: refused\n${says}`);
}

function passed(line: string): true {
  process.stdout.write(`${line}\n`);
  return true;
}
function refused(lines: string): false {
  process.stderr.write(`${lines}\n`);
  return false;
}

function judgeAll(): boolean {
  const promtool = findPromtool();
  if (promtool === undefined)
    return refused(`No promtool of ${WANTED}: put one on PATH, or install Go so that lab/tools.sh can build it.`);
  const judge = new Judge(promtool);
  const rules = ruleGroups(alertSettings(CLUSTER));
  const clusters = readdirSync(join(root, 'clusters')).filter((name) => name.endsWith('.yaml'));
  try {
    passed(`promtool ${promtool.version}`);
    return [
      judgeCases(judge, rules),
      judgeDashboard(judge, rules),
      ...clusters.sort().map((name) => judgeCluster(judge, join(root, 'clusters', name))),
    ].every(Boolean);
  } finally {
    judge.close();
  }
}

export const main = (): number => (judgeAll() ? EXIT.Done : 1);
