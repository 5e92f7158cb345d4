import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SWITCH } from '../../../kit/cluster.ts';
import { REPO } from '../../../kit/commands.ts';
import { Daemon, postsAbout, server, withDaemon } from '../../../kit/daemons.ts';
import { leaseState, throwKillSwitch } from '../../../kit/namespace.ts';
import { check, checkSays } from '../../../kit/record.ts';
import type { Scenario } from '../../../kit/runner.ts';
import { endOf, messageOf, night, noteMessage } from '../../../kit/runs.ts';
import { checkInert, checkQuoted, EXPRESSION, UNPARSABLE } from './expressions.ts';
import { annotate, checkWrite, forging } from './kubelet.ts';
import { checkTarget, detectOnly, report, withSettings } from './scenario.ts';

const LIMIT_SECONDS = 600;

/** A worker's own kubelet writes an expression where the product expects an upgrade record. */
export const ledgerText: Scenario = async () => {
  const what = 'w1 annotates itself with an expression as its ledger';
  checkWrite(what, 'allowed', await annotate('w1', 'ledger', UNPARSABLE));
  const ended = await night(LIMIT_SECONDS);
  check('… the run ends', 'Succeeded, refused', endOf(ended));
  checkSays('… the message names the node', messageOf(ended), 'w1');
  await checkInert(ended);
  check('… the Lease', 'free', await leaseState());
  noteMessage(ended);
  const told = await report();
  check('… the run of the report ends', 'Succeeded', told.status.phase ?? '');
  checkSays('… the report names the node', JSON.stringify(postsAbout(told.metadata.name).webhook), 'w1');
  await checkInert(told);
  checkWrite('… removed again', 'allowed', await annotate('w1', 'ledger', undefined));
};

/** The kubelet reports an expression as its version. */
export const versionText: Scenario = async () => {
  const forgery = {
    what: 'w1 reports an expression as its kubelet version',
    status: { nodeInfo: { kubeletVersion: EXPRESSION } },
  };
  await forging('w1', forgery, async () => {
    // A dry run, since a run would upgrade the other nodes.
    const ended = await detectOnly();
    checkTarget(ended, 'w1');
    await checkInert(ended);
  });
};

/** The kill switch has an expression as its reason. */
export const killSwitchText: Scenario = async () => {
  await throwKillSwitch(EXPRESSION);
  const ended = await night(LIMIT_SECONDS);
  check('the kill switch has an expression as its reason: the run ends', 'Succeeded, halted', endOf(ended));
  await checkInert(ended);
  checkQuoted(ended);
  noteMessage(ended);
};

/** An Alertmanager whose alerts an attacker controls, and the file from which it serves them. */
const ALERT_SOURCE = `http://${SWITCH}:9093`;
const ALERTS = join(REPO, 'build/nodes-alerts.json');

const MENTION = '<!channel> <@U0001> <https://example.invalid|log in>';

/** Alerts whose name and labels an attacker chooses. */
export const alertText: Scenario = async () => {
  const alerts = [
    { alertname: EXPRESSION, severity: 'critical', instance: MENTION },
    { alertname: 'Named', severity: 'critical', pod: EXPRESSION, '{{=1+41}}': 'as the name of a label' },
  ];
  const monitoring = { prometheusUrl: ALERT_SOURCE, alerts: { source: 'alertmanager', alertmanagerUrl: ALERT_SOURCE } };
  const attacked = async (): Promise<void> => {
    const ended = await night(LIMIT_SECONDS);
    check('alerts with expressions and Slack mentions fire: the run ends', 'Failed, failed', endOf(ended));
    await checkInert(ended);
    checkQuoted(ended);
    const slack = JSON.stringify(postsAbout(ended.metadata.name).slack);
    check('… Slack mentions somebody', 'no', /<!channel>|<@U0001>|<https:/.test(slack) ? slack : 'no');
    noteMessage(ended);
  };
  writeFileSync(ALERTS, JSON.stringify(alerts));
  const start = (): Promise<Daemon> => Daemon.start(server('alerts.mjs', ALERT_SOURCE, ALERTS), ALERT_SOURCE);
  await withSettings({ monitoring }, () => withDaemon(start, attacked));
};
