import type { KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { argoLink, type Notice } from '../../signals/notice.ts';
import type { Planned } from './decide.ts';

export interface AskWish {
  readonly clusterName: string;
  readonly runName: string;
  readonly namespace: string;
  readonly argoUiUrl: string | undefined;
  readonly target: KubeVersion;
}

/** What people are asked; nothing of a plan that they have approved. */
export function questionOf({ planVerdict, planMessage }: Planned, input: AskWish): readonly Notice[] {
  const { clusterName: cluster, runName: run, namespace, argoUiUrl, target } = input;
  if (planVerdict !== 'asked') return [];
  const link = argoLink(argoUiUrl, namespace, run);
  return [{ event: 'approval-wanted', cluster, run, target, text: planMessage, seconds: undefined, link }];
}
