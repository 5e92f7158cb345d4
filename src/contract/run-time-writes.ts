import { RUN_STATE } from '../run/in-flight.ts';
import { KNOWN_HOSTS } from './access.ts';

/** Fields of an object of dist/ that others than a sync write while the pipeline lives. A sync must leave them alone. */
interface RunTimeWrite {
  /** `''` is the core group. */
  readonly group: string;
  readonly kind: string;
  /** Absent: every object of that kind. */
  readonly name?: string;
  /** As JSON pointers (RFC 6901). */
  readonly fields: readonly string[];
  /** The writer and its purpose. */
  readonly because: string;
}

/** https://github.com/argoproj/argo-workflows/blob/v4.1.4/pkg/apis/workflow/v1alpha1/cron_workflow_types.go */
const LAST_USED_SCHEDULE = 'cronworkflows.argoproj.io/last-used-schedule';

/** The one list: argo/applicationset.yaml ignores all of it, and a test holds it to what the steps may write. */
export const RUN_TIME_WRITES: readonly RunTimeWrite[] = [
  {
    group: '',
    kind: 'ConfigMap',
    name: RUN_STATE,
    fields: ['/data'],
    because: 'the steps of a run keep its marks and the replicas of Deployments that are held at 0',
  },
  {
    group: '',
    kind: 'ConfigMap',
    name: KNOWN_HOSTS,
    fields: ['/data'],
    because: 'steps that log in to nodes remember their host keys',
  },
  {
    group: 'argoproj.io',
    kind: 'CronWorkflow',
    fields: ['/spec/suspend', annotationField(LAST_USED_SCHEDULE)],
    because: 'argo cron suspend and resume; the controller notes the schedule that it goes by',
  },
];

function annotationField(name: string): string {
  return `/metadata/annotations/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
