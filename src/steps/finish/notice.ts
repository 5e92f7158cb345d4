import { argoLink, type Notice } from '../../upgrade/notice.ts';
import type { KubeVersion } from '../../upgrade/kube-version.ts';
import type { Ending } from './decide.ts';
import type { FinishFacts } from './observe.ts';

export interface NoticeWish {
  readonly clusterName: string;
  readonly runName: string;
  readonly namespace: string;
  readonly argoUiUrl: string | undefined;
  readonly target: KubeVersion | undefined;
}

/**
 * What people are told of this end. A night on which nothing was to be done is none to be told of, unless something was
 * put right; what can only be waited for is the nightly report's.
 */
export function noticeOf(
  { outcome: event, message: text, tidy, answer }: Ending,
  { startedAtMs }: Pick<FinishFacts, 'startedAtMs'>,
  { clusterName: cluster, runName: run, namespace, argoUiUrl, target }: NoticeWish,
  nowMs: number,
): Notice | undefined {
  if ((event === 'held' && answer === undefined) || (event === 'nothing-to-do' && tidy === undefined)) return undefined;
  const seconds = startedAtMs === undefined ? undefined : Math.max(0, Math.round((nowMs - startedAtMs) / 1000));
  return { event, cluster, run, target, text, seconds, link: argoLink(argoUiUrl, namespace, run) };
}
