import type { WorkflowSpec } from './argo/types.ts';
import { PART_OF } from './names.ts';
import type { ClusterSettings } from './settings.ts';

/** The user that the images run as. */
const NONROOT = 65532;

type Surroundings = Pick<
  WorkflowSpec,
  'securityContext' | 'imagePullSecrets' | 'podGC' | 'ttlStrategy' | 'workflowMetadata'
>;

/** What is the same for every workflow of ours: who its pods run as, and how long it stays. */
export const surroundings = ({ images, history }: ClusterSettings): Surroundings => ({
  securityContext: {
    runAsNonRoot: true,
    runAsUser: NONROOT,
    runAsGroup: NONROOT,
    fsGroup: NONROOT,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  ...(images.pullSecrets.length === 0 ? {} : { imagePullSecrets: images.pullSecrets.map((name) => ({ name })) }),
  podGC: { strategy: 'OnWorkflowSuccess', deleteDelayDuration: `${history.keepPodsHours}h` },
  ttlStrategy: { secondsAfterCompletion: history.keepDays * 24 * 60 * 60 },
  workflowMetadata: { labels: PART_OF },
});
