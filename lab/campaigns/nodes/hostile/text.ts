import { said } from '../../../kit/record.ts';
import { leaseState } from '../../../kit/nodes.ts';
import { postsAbout } from '../../../kit/chat.ts';
import { throwKillSwitch } from '../../../kit/namespace.ts';
import { endOf, messageOf, night } from '../../../kit/runs.ts';
import { ALERT_SOURCE, withAlerts } from './alert-source.ts';
import { checkTarget, detectOnly, noteMessage, report } from './dry-run.ts';
import { checkInert, checkQuoted, EXPRESSION, UNPARSABLE } from './expressions.ts';
import { annotate, checkWrite, forging } from './kubelet.ts';
import { withSettings, type Scenario } from './scenario.ts';

const LIMIT_SECONDS = 600;

/** A worker's own kubelet writes an expression where the product expects an upgrade record. */
export const ledgerText: Scenario = async (record) => {
  checkWrite(
    record,
    'w1 annotates itself with an expression as its ledger',
    'allowed',
    await annotate('w1', 'ledger', UNPARSABLE),
  );
  const ended = await night(LIMIT_SECONDS);
  record.check('… the run ends', 'Succeeded, refused', endOf(ended));
  record.check('… the message names the node', ...said(messageOf(ended), 'w1'));
  await checkInert(record, ended);
  record.check('… the Lease', 'free', await leaseState());
  noteMessage(record, messageOf(ended));
  const told = await report();
  record.check('… the run of the report ends', 'Succeeded', told.status.phase ?? '');
  record.check('… the report names the node', ...said(JSON.stringify(postsAbout(told.metadata.name).webhook), 'w1'));
  await checkInert(record, told);
  checkWrite(record, '… removed again', 'allowed', await annotate('w1', 'ledger', undefined));
};

/** The kubelet reports an expression as its version. */
export const versionText: Scenario = async (record) => {
  const forgery = {
    what: 'w1 reports an expression as its kubelet version',
    status: { nodeInfo: { kubeletVersion: EXPRESSION } },
  };
  await forging(record, 'w1', forgery, async () => {
    // A dry run, since a run would upgrade the other nodes.
    const ended = await detectOnly();
    checkTarget(record, ended, 'w1');
    await checkInert(record, ended);
  });
};

/** The kill switch has an expression as its reason. */
export const killSwitchText: Scenario = async (record) => {
  await throwKillSwitch(EXPRESSION);
  const ended = await night(LIMIT_SECONDS);
  record.check('the kill switch has an expression as its reason: the run ends', 'Succeeded, halted', endOf(ended));
  await checkInert(record, ended);
  checkQuoted(record, ended);
  noteMessage(record, messageOf(ended));
};

const MENTION = '<!channel> <@U0001> <https://example.invalid|log in>';

/** Alerts whose name and labels an attacker chooses. */
export const alertText: Scenario = async (record) => {
  const alerts = [
    { alertname: EXPRESSION, severity: 'critical', instance: MENTION },
    { alertname: 'Named', severity: 'critical', pod: EXPRESSION, '{{=1+41}}': 'as the name of a label' },
  ];
  const monitoring = { prometheusUrl: ALERT_SOURCE, alerts: { source: 'alertmanager', alertmanagerUrl: ALERT_SOURCE } };
  const attacked = async (): Promise<void> => {
    const ended = await night(LIMIT_SECONDS);
    record.check('alerts with expressions and Slack mentions fire: the run ends', 'Failed, failed', endOf(ended));
    await checkInert(record, ended);
    checkQuoted(record, ended);
    const slack = JSON.stringify(postsAbout(ended.metadata.name).slack);
    record.check('… Slack mentions somebody', 'no', /<!channel>|<@U0001>|<https:/.test(slack) ? slack : 'no');
    noteMessage(record, messageOf(ended));
  };
  await withSettings({ monitoring }, () => withAlerts(alerts, attacked));
};
