import { parseObjectName } from '../../../text/object-name.ts';
import type { V1Container } from '@kubernetes/client-node';
import { endsWithPath, parseImage } from '../../../upgrade/kubernetes/image.ts';
import { kured as addon } from '../../../upgrade/gate/addons/kured.ts';
import type { Kured, KuredState } from '../../ports/kured.ts';
import { resultOfWrite, type Api } from './api.ts';
import { DAEMON_SETS, type V1DaemonSet } from './resources.ts';

export interface KuredPlace {
  /** `namespace/name`. */
  readonly daemonSet: string;
  readonly annotation: string;
}

export function kuredAdapter(api: Api, { daemonSet, annotation }: KuredPlace): Kured {
  const { namespace, name } = parseObjectName(daemonSet);
  return {
    async state() {
      const found = await api.find(DAEMON_SETS, { namespace, name });
      return found && toState(found, { daemonSet, annotation });
    },
    async installed() {
      const all = await api.list(DAEMON_SETS);
      return all
        .filter(runsKured)
        .map(({ metadata }) => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`)
        .sort();
    },
    writeLock({ revision }, lock) {
      const body = { metadata: { resourceVersion: revision, annotations: { [annotation]: lock } } };
      return resultOfWrite(api.patch(DAEMON_SETS, { namespace, name }, body));
    },
  };
}

/** By its image, as the gate finds it: a release of its Helm chart gives the DaemonSet any name. */
const runsKured = ({ spec }: V1DaemonSet): boolean =>
  (spec?.template.spec?.containers ?? []).some(({ image = '' }) =>
    addon.images.some((path) => endsWithPath(parseImage(image).repository, path)),
  );

const toState = ({ metadata, spec }: V1DaemonSet, place: KuredPlace): KuredState => ({
  ...place,
  revision: metadata?.resourceVersion ?? '',
  concurrency: Math.max(1, ...(spec?.template.spec?.containers ?? []).map(concurrencyOf)),
  lock: metadata?.annotations?.[place.annotation],
});

/** `--concurrency=2`, `--concurrency 2`, or KURED_CONCURRENCY, which kured reads as well; 1 by default. */
function concurrencyOf({ command = [], args = [], env = [] }: V1Container): number {
  const words = [...command, ...args].flatMap((word) => word.split('='));
  const flag = words[words.indexOf('--concurrency') + 1];
  const said = words.includes('--concurrency') ? flag : env.find((each) => each.name === 'KURED_CONCURRENCY')?.value;
  return /^[1-9]\d{0,2}$/.test(said ?? '') ? Number(said) : 1;
}
