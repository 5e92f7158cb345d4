import { noticeFor, type Notice, type NoticeInput } from '../../signals/notice.ts';
import type { KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { RunResult } from './decide.ts';
import type { FinishFacts } from './observe.ts';

/** Returns undefined for an end that the nightly report covers: nothing to do, or on hold, unless an operator expects an answer. */
export function noticeOf(
  { outcome: event, message: text, tidy, answer }: RunResult,
  { startedAtMs }: Pick<FinishFacts, 'startedAtMs'>,
  input: NoticeInput & { readonly target: KubeVersion | undefined },
  nowMs: number,
): Notice | undefined {
  if ((event === 'held' && answer === undefined) || (event === 'nothing-to-do' && tidy === undefined)) return undefined;
  const seconds = startedAtMs === undefined ? undefined : Math.max(0, Math.round((nowMs - startedAtMs) / 1000));
  return { ...noticeFor(input, { event, target: input.target, text }), seconds };
}
