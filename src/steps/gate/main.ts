import { failSafe } from '../runtime/fail-safe.ts';
import { runStep } from '../runtime/run-step.ts';
import { clusterClient } from '../wiring/cluster.ts';
import { compatibilityClient, deprecatedApisClient } from '../wiring/compatibility.ts';
import { connect } from '../wiring/connection.ts';
import { nodeFilesClient } from '../wiring/hosts.ts';
import { remoteClient } from '../wiring/ssh.ts';
import { gate } from './contract.ts';
import { brokenGate, decide } from './decide.ts';
import { codes, message, report } from './message.ts';
import { observe } from './observe.ts';

void runStep(gate, async (inputs, tools) => {
  const { target } = inputs;
  const judge = async () => {
    const connection = connect(inputs, tools);
    const remote = remoteClient(connection, inputs, tools);
    const sources = {
      cluster: clusterClient(connection),
      compatibility: compatibilityClient(connection),
      nodeFiles: nodeFilesClient({ remote, clock: connection.clock, log: tools.log }),
      deprecatedApis: deprecatedApisClient(connection, inputs, tools),
    };
    return decide(await observe(sources, target), inputs);
  };
  const decision = await failSafe(judge, brokenGate, tools);
  report(decision, target).forEach(tools.log);
  return { gateVerdict: decision.verdict, gateMessage: message(decision, target), gateCodes: codes(decision) };
});
