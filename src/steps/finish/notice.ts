import type { Operation } from '../../upgrade/operation.ts';
import { argoLink, type Notice } from '../../signals/notice.ts';
import type { KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { Ending } from './ending.ts';
import type { FinishFacts } from './observe.ts';

export interface NoticeWish {
  /** Left out: an upgrade. */
  readonly errand?: Operation;
  readonly clusterName: string;
  readonly runName: string;
  readonly namespace: string;
  readonly argoUiUrl: string | undefined;
  readonly target: KubeVersion | undefined;
}

export const isUpgrade = ({ errand = 'upgrade' }: Pick<NoticeWish, 'errand'>): boolean => errand === 'upgrade';

/**
 * What people are told of this end. A night on which nothing was to be done is none to be told of, unless something was
 * put right; what can only be waited for is the nightly report's.
 */
export function noticeOf(
  { outcome: event, message: text, tidy, answer }: Ending,
  { startedAtMs }: Pick<FinishFacts, 'startedAtMs'>,
  { errand = 'upgrade', clusterName: cluster, runName: run, namespace, argoUiUrl, target }: NoticeWish,
  nowMs: number,
): Notice | undefined {
  if ((event === 'held' && answer === undefined) || (event === 'nothing-to-do' && tidy === undefined)) return undefined;
  const seconds = startedAtMs === undefined ? undefined : Math.max(0, Math.round((nowMs - startedAtMs) / 1000));
  const about = errand === 'upgrade' ? {} : { operation: errand };
  return { ...about, event, cluster, run, target, text, seconds, link: argoLink(argoUiUrl, namespace, run) };
}
