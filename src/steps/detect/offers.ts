import {
  compareKubeVersions,
  formatKubeVersion,
  formatMinor,
  sameMinor,
  type KubeVersion,
} from '../../upgrade/kubernetes/kube-version.ts';
import { unreadable, type Unreadable } from '../../upgrade/reading.ts';
import { nextMinorOf } from '../../upgrade/kubernetes/version-choice.ts';
import type { DetectInput } from './contract.ts';
import type { DetectFacts, Offer, Question } from './detection.ts';

/** Releases of the running minor: from the node, or from the repository when the node's source names another minor. */
export function offerOfRunningMinor(
  { onNode, inRepository }: DetectFacts,
  running: KubeVersion,
  { packageSource }: DetectInput,
): Offer | Question | Unreadable {
  const minor = formatMinor(running);
  if (packageSource === 'node') {
    if (onNode === undefined) return { ask: 'node' };
    if (onNode.releases.length === 0)
      return unreadable(
        `${capitalize(onNode.by)} offers no kubeadm package. Check whether its Kubernetes source is empty.`,
      );
    if (offersMinorOf(onNode, running)) return onNode;
  }
  if (inRepository === undefined) return { ask: 'repository', minor };
  if (offersMinorOf(inRepository, running)) return inRepository;
  return unreadable(
    `${capitalize(inRepository.by)} offers no ${minor}, which the cluster runs; it offers ${formatOffer(inRepository)}.`,
  );
}

export const offerOfNextMinor = ({ nextMinor }: DetectFacts, running: KubeVersion): Offer | Question =>
  nextMinor ?? { ask: 'next minor', minor: nextMinorOf(running), running: formatMinor(running) };

export const versionsIn = ({ releases }: Offer): KubeVersion[] => releases.map(({ version }) => version);

/** `1.34.2, 1.34.9`; `no release` for none. */
export const formatOffer = (offer: Offer): string =>
  [...new Set(versionsIn(offer).sort(compareKubeVersions).map(formatKubeVersion))].join(', ') || 'no release';

const offersMinorOf = ({ releases }: Offer, running: KubeVersion): boolean =>
  releases.some(({ version }) => sameMinor(version, running));

/** Capitalizes the beginning of a sentence. A URL stays as it is. */
export const capitalize = (text: string): string =>
  /^https?:/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
