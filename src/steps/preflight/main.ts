import { runStep } from '../runtime/run-step.ts';
import { alertsClient } from '../wiring/alerts.ts';
import { clusterClient, nodeHealthClient, restoreHookClient } from '../wiring/cluster.ts';
import { compatibilityClient } from '../wiring/compatibility.ts';
import { connect } from '../wiring/connection.ts';
import { fenceOf } from '../wiring/fenced.ts';
import { hostClients } from '../wiring/hosts.ts';
import { kuredClient } from '../wiring/kured.ts';
import { remoteClient } from '../wiring/ssh.ts';
import { prune } from './act.ts';
import { preflight } from './contract.ts';
import { decide, message, objection, report } from './decide.ts';
import { observe } from './observe.ts';

void runStep(
  preflight,
  async (inputs, tools) => {
    const connection = connect(inputs, tools);
    const { clock } = connection;
    const cluster = clusterClient(connection);
    const remote = remoteClient(connection, inputs, tools);
    const { alerts, scope } = alertsClient(inputs, tools);
    const sources = {
      nodeHealth: nodeHealthClient(connection),
      compatibility: compatibilityClient(connection),
      restoreHook: restoreHookClient(connection),
      kured: kuredClient(connection, inputs, fenceOf(connection)),
      ...hostClients({ remote, clock, log: tools.log }, inputs),
      alerts,
      clock,
    };
    const before = await sources.kured.state();
    const nodes = await cluster.nodes();
    await prune(nodes, remote, { keepDays: inputs.keepBackupsDays, killSwitch: await cluster.killSwitch() }, tools.log);
    const facts = await observe(sources, { nodes, before }, inputs);
    const decision = decide(facts, { ...inputs, alerts: scope });
    report(decision, inputs.target).forEach(tools.log);
    return { preflightVerdict: decision.verdict, preflightMessage: message(decision, inputs.target) };
  },
  { refusal: objection },
);
