import { argoLink, type Notice } from '../../signals/notice.ts';
import type { Report } from './decide.ts';

export interface NoticeWish {
  readonly clusterName: string;
  readonly runName: string;
  readonly namespace: string;
  readonly argoUiUrl: string | undefined;
}

/** There is one every morning, whatever it says: a morning without one is news as well. */
export const noticeOf = (
  { outcome, message: text, target }: Report,
  { clusterName: cluster, runName: run, namespace, argoUiUrl }: NoticeWish,
): Notice => ({
  event: `report-${outcome}`,
  ...{ cluster, run, target, text },
  seconds: undefined,
  link: argoLink(argoUiUrl, namespace, run),
});
