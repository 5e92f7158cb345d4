import { act, done, refuse, wait, type Decision } from '../../upgrade/decision.ts';
import { kubeTag } from '../../upgrade/kube-version.ts';
import type { Ledger } from '../../upgrade/ledger.ts';
import { nodeCommands, type NodeCommand, type NodeUpgrade } from '../../upgrade/node-commands.ts';
import { atVersion, type NodeRole } from '../../upgrade/node-order.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import type { ApiFacts } from './observe.ts';

export interface Work {
  readonly node: ClusterNode;
  readonly ledger: Ledger;
  readonly commands: readonly NodeCommand[];
}

/** What is to be done on the node, in order; refused on a node that this run has not drained. */
export function decideWork(node: ClusterNode, run: string, upgrade: NodeUpgrade): Decision<Work> {
  if (atVersion(node, upgrade.target)) return done(`${node.name} runs ${kubeTag(upgrade.target)} already.`);
  if (node.ledger === undefined || node.ledger.run !== run || !node.unschedulable) {
    return refuse(
      `${node.name} was not drained by this run: ${cordonState(node)}, ${ledgerState(node)}. Nothing was changed on it. Start a new run.`,
    );
  }
  const ledger: Ledger = { ...node.ledger, phase: 'upgrading' };
  return act(
    { node, ledger, commands: nodeCommands(upgrade) },
    `${node.name}: upgrading to ${kubeTag(upgrade.target)}.`,
  );
}

/**
 * Argo's executor gives up on an API server that is away for about 16 s, and a restarting one answers for a moment and
 * goes away again: a step that ends too early is lost. 30 s of answers is the measured safe side.
 */
export const STEADY_SECONDS = 30;
const POLL_SECONDS = 2;

export function decideApi(role: NodeRole, facts: ApiFacts, patienceSeconds: number, elapsedSeconds: number): Decision {
  if (role === 'worker') return done('A worker takes no API server with it.');
  if (facts.steadySeconds >= STEADY_SECONDS) return done(`The API server has answered for ${STEADY_SECONDS} s.`);
  if (facts.ready) return wait(POLL_SECONDS, 'The API server answers; making sure that it stays.');
  if (elapsedSeconds < patienceSeconds) return wait(POLL_SECONDS, `The API server is away: ${facts.because}`);
  return refuse(`The API server is still away ${elapsedSeconds} s after kubeadm: ${facts.because}`);
}

const cordonState = (node: ClusterNode): string => (node.unschedulable ? 'it is cordoned' : 'it takes pods');
const ledgerState = (node: ClusterNode): string =>
  node.ledger === undefined ? 'it has no ledger' : `its ledger is of run ${node.ledger.run}`;
