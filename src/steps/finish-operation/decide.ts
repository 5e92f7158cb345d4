import { toResume } from '../../run/resume.ts';
import { kubeTag } from '../../upgrade/kubernetes/kube-version.ts';
import { atTarget } from '../../upgrade/node/order.ts';
import { nodeStates } from '../../upgrade/node/states.ts';
import { OPERATION_WORDS, submitCommand } from '../../upgrade/operation.ts';
import type { EndFacts } from '../exit-handler/facts.ts';
import { inScope, notRead, reportFailure, withUnread } from '../exit-handler/message.ts';
import type { LeaseRecord, RunId } from '../ports/lease.ts';
import type { FinishOperationInput } from './contract.ts';

export interface OperationResult {
  readonly outcome: 'done' | 'halted' | 'failed';
  readonly message: string;
  /** The Lease to release. Kept after a failure, because `argo retry` needs it. */
  readonly release: LeaseRecord | undefined;
  /** Argo counts the run as a success, and it is none. The exit handler fails with this message, and so does the run. */
  readonly contradiction?: string;
}

/** Returns how the operation ended. What the nodes say wins over what the steps say. */
export const decide = (facts: EndFacts, input: FinishOperationInput, me: RunId): OperationResult =>
  withUnread(judge(facts, input, me), facts);

function judge(facts: EndFacts, input: FinishOperationInput, me: RunId): OperationResult {
  const { result, target, only } = input;
  if (input.status !== 'Succeeded') return failed(facts, input, me);
  const stop = facts.stop?.because ?? (input.beginVerdict === 'go' ? undefined : input.beginMessage);
  if (stop !== undefined) return ended(facts, 'halted', [stop, `Then start it again: ${submitAgain(input)}`], me);
  if (target !== undefined) {
    const behind = inScope(facts.nodes, only).filter((node) => !atTarget(node, target));
    const left = [...behind.map(({ name }) => name), ...notRead(facts, only)];
    if (left.length > 0)
      return contradicted(facts, input, `these are not at ${kubeTag(target)}: ${left.join(', ')}`, me);
  }
  if (result === undefined) return contradicted(facts, input, 'no step left a result', me);
  return ended(facts, 'done', [result], me);
}

const submitAgain = ({ operation }: FinishOperationInput): string =>
  operation === 'rollback' ? submitCommand(operation, 'node=<name>') : submitCommand(operation);

function ended(facts: EndFacts, outcome: 'done' | 'halted', lines: readonly string[], me: RunId): OperationResult {
  const release = facts.lease?.holder?.uid === me.uid ? facts.lease : undefined;
  return { outcome, message: [...lines, ...nodeStates(facts)].join('\n'), release };
}

function failed(facts: EndFacts, input: FinishOperationInput, me: RunId, because?: string): OperationResult {
  const { halted, where, lines } = reportFailure(facts, me, because);
  const head = `${halted ? 'Halted' : input.status}: ${OPERATION_WORDS[input.operation]}${where}.`;
  const next = `${toResume(me.name)}. To start it again: ${submitAgain(input)}`;
  return { outcome: halted ? 'halted' : 'failed', message: [head, ...lines, next].join('\n'), release: undefined };
}

function contradicted(facts: EndFacts, input: FinishOperationInput, because: string, me: RunId): OperationResult {
  const result = failed(facts, { ...input, status: 'Failed' }, me, `Every step succeeded, but ${because}.`);
  return { ...result, contradiction: result.message };
}
