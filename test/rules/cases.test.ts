import { expect } from 'chai';
import { alertSettings } from '../../src/cli/rules.ts';
import { panels } from '../../src/synth/dashboard.ts';
import { ALERT_NAMES, alertRules } from '../../src/signals/alert-rules.ts';
import { SERIES } from '../../src/signals/series.ts';
import { seriesIn } from '../support/promql.ts';
import { CASES, CLUSTER } from './cases.ts';
import { everyOf, minutesOf, queryTests, ruleTests } from './promtool-file.ts';

const { alerts } = alertSettings(CLUSTER);
const rules = alertRules(alerts, CLUSTER);
const queries = panels(alerts).flatMap((panel) => panel.queries.map(({ expr }) => expr));
const expressions = [...rules.map(({ expr }) => expr), ...queries];
/** `up{job="x"}` → `up`. */
const nameOf = (series: string): string => series.replace(/\{.*$/, '');

describe('every alert', () => {
  for (const alert of ALERT_NAMES) {
    const own = CASES.filter(({ about }) => about === alert);

    it(`${alert} has a case in which it fires, one in which it never does, and its text to the letter`, () => {
      const fires = own.filter(({ firing }) => Object.values(firing).some((names) => names.includes(alert)));
      expect(fires, 'fires').to.not.be.empty;
      expect(own.length, 'stays quiet').to.be.greaterThan(fires.length);
      expect(own.filter(({ says }) => says !== undefined)).to.not.be.empty;
    });
  }

  it('has each promise made once, and no case that names it twice', () => {
    const promises = CASES.map(({ about, promises: text }) => `${about} ${text}`);
    expect(new Set(promises).size).to.equal(promises.length);
    for (const { promises: text, firing } of CASES)
      for (const [moment, names] of Object.entries(firing))
        expect([...names].sort(), `${text}, at ${moment}`).to.deep.equal([...new Set(names)].sort());
  });
});

describe('what rules and the dashboard read', () => {
  it('is something of which it is known who gives it', () => {
    const unknown = expressions.flatMap((expr) => seriesIn(expr).filter((name) => !SERIES.has(name)));
    expect(unknown).to.deep.equal([]);
  });

  it('is every series that is known: none is listed in vain', () => {
    const read = new Set(expressions.flatMap(seriesIn));
    expect([...SERIES.keys()].filter((name) => !read.has(name))).to.deep.equal([]);
  });

  it('is found whatever the job is called: none matches on it, or groups by it', () => {
    expect(expressions.filter((expr) => /\bjob\b/.test(expr))).to.deep.equal([]);
  });

  it('is what the cases are made of, and nothing else', () => {
    const made = CASES.flatMap(({ series }) => Object.keys(series).map(nameOf));
    expect([...new Set(made)].filter((name) => !SERIES.has(name))).to.deep.equal([]);
  });

  it('is told apart from functions, labels, durations and texts', () => {
    const expr = `count by (a_label) (rate(one_total{label="up", other=~"x (y)"}[5m]) * on (b) group_left (c)
      max(last_over_time(max(two)[26h:1m])) and ignoring (d) three offset 5m) > bool 0 or label_replace(four, "v", "$1", "w", "(.+)")`;
    expect(seriesIn(expr)).to.deep.equal(['one_total', 'two', 'three', 'four']);
  });
});

describe('what promtool is given', () => {
  it('is every case, with all its moments, and the text at the last of them', () => {
    const [first] = CASES;
    const files = ruleTests('rules.yaml', CASES);
    expect(files.map((file) => file.evaluation_interval)).to.deep.equal(['1m', '5m']);
    expect(files.flatMap(({ tests }) => tests)).to.have.length(CASES.length);
    expect(files[0]?.tests[0]).to.deep.equal({
      name: 'K8sVersionSkew fires when a node has been behind for half an hour',
      interval: '1m',
      input_series: Object.entries(first?.series ?? {}).map(([series, values]) => ({
        series: series.startsWith('k8s_') ? `${series}{cluster="example"}` : series,
        values,
      })),
      promql_expr_test: [
        { expr: 'group by (alertname) (ALERTS{alertstate="firing"})', eval_time: '29m', exp_samples: [] },
        {
          expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
          eval_time: '31m',
          exp_samples: [{ labels: '{alertname="K8sVersionSkew"}', value: 1 }],
        },
      ],
      alert_rule_test: [
        {
          eval_time: '31m',
          alertname: 'K8sVersionSkew',
          exp_alerts: [
            {
              exp_labels: { severity: 'warning', cluster: 'example' },
              exp_annotations: { summary: first?.says?.summary, description: first?.says?.description },
            },
          ],
        },
      ],
    });
  });

  it('is no moment at which nothing is evaluated', () => {
    for (const each of CASES)
      for (const moment of Object.keys(each.firing)) {
        const [every, at] = [everyOf(each), moment].map(minutesOf);
        expect((at ?? NaN) % (every ?? NaN), `${each.promises}, at ${moment}`).to.equal(0);
      }
    expect(minutesOf('26h5m')).to.equal(1565);
    expect(minutesOf('97m')).to.equal(97);
  });

  it('is no gauge without the label of a cluster', () => {
    const series = [...ruleTests('rules.yaml', CASES), ...queryTests('rules.yaml', queries)].flatMap(({ tests }) =>
      (tests as { input_series: { series: string }[] }[]).flatMap(({ input_series }) => input_series),
    );
    expect(series.filter(({ series: name }) => name.startsWith('k8s_') && !name.includes('cluster="'))).to.deep.equal(
      [],
    );
  });

  it('is every query of the dashboard', () => {
    expect(JSON.stringify(queryTests('rules.yaml', queries)[0]?.tests)).to.include(
      JSON.stringify('count(max(k8s_upgrade_in_flight{cluster="example"})) > bool 0'),
    );
    expect(queries.length).to.be.greaterThan(10);
  });
});
