import { gunzipSync } from 'node:zlib';
import { httpMessage, httpStatus } from '../../harness/retry.ts';
import { refused, tryAgain } from '../../harness/step-error.ts';
import type { RunId, RunsPort } from '../../ports/lease.ts';
import { listAll, type Api } from './api.ts';
import { phaseOf, WORKFLOW_LABEL } from './pods.ts';

const WORKFLOWS = { group: 'argoproj.io', version: 'v1alpha1', plural: 'workflows' } as const;
const ENDED: readonly unknown[] = ['Succeeded', 'Failed', 'Error'];

export const runsAdapter = (api: Api): Pick<RunsPort, 'state' | 'hasFailed' | 'isMemoized' | 'livePods'> => ({
  async state(run) {
    const workflow = await readWorkflow(api, run);
    if (workflow?.metadata?.uid !== run.uid) return 'gone';
    return ENDED.includes(workflow.status?.phase) || workflow.status?.finishedAt != null ? 'ended' : 'running';
  },
  async hasFailed(run) {
    const workflow = await readWorkflow(api, run);
    return workflow?.metadata?.uid === run.uid && nodesOf(workflow, run).some(failedForGood);
  },
  async isMemoized(run) {
    const workflow = await readWorkflow(api, run);
    const { uid, labels } = workflow?.metadata ?? {};
    if (workflow === undefined || uid !== run.uid || labels?.[RESUBMITTED_LABEL] === undefined) return false;
    return nodesOf(workflow, run).some(({ message }) => message?.startsWith(ORIGINAL_POD) === true);
  },
  async livePods({ name }) {
    const where = { namespace: api.namespace, labelSelector: `${WORKFLOW_LABEL}=${name}` };
    const pods = await listAll(api, `list pods in ${api.namespace}`, (page) =>
      api.core.listNamespacedPod({ ...where, ...page }),
    );
    // A pod that is told to end is alive until it has ended, so the deletion timestamp says nothing here.
    return pods
      .filter((pod) => {
        const phase = phaseOf(pod);
        return phase === 'Running' || phase === 'Unknown' || (phase === 'Pending' && Boolean(pod.spec?.nodeName));
      })
      .map((pod) => pod.metadata?.name ?? '')
      .sort();
  },
});

/** On a Workflow that `argo resubmit` made, memoized or not. */
const RESUBMITTED_LABEL = 'workflows.argoproj.io/resubmitted-from-workflow';
/** What only a memoized one says of a step: FormulateResubmitWorkflow of Argo's workflow/util/util.go. */
const ORIGINAL_POD = 'original pod: ';

interface ArgoNode {
  readonly type?: string;
  readonly phase?: string;
  readonly message?: string;
}

interface Workflow {
  readonly metadata?: { readonly uid?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly status?: {
    readonly phase?: string;
    readonly finishedAt?: string | null;
    readonly nodes?: Readonly<Record<string, ArgoNode>>;
    /** The same as gzip in base64, once it has grown too large for the object. */
    readonly compressedNodes?: string;
    /** Set when it is kept in a database instead. */
    readonly offloadNodeStatusVersion?: string;
  };
}

/** A pod that failed may be one attempt of several; what holds the attempts together fails when none is left. */
const failedForGood = ({ type, phase }: ArgoNode): boolean =>
  type !== 'Pod' && (phase === 'Failed' || phase === 'Error');

function nodesOf({ status }: Workflow, { name }: RunId): readonly ArgoNode[] {
  if (status?.offloadNodeStatusVersion)
    throw refused(
      `The steps of ${name} are not in its Workflow (Argo's nodeStatusOffLoad), so nobody can tell whether one has failed. Switch that off for this controller.`,
    );
  const text = status?.compressedNodes
    ? gunzipSync(Buffer.from(status.compressedNodes, 'base64')).toString('utf8')
    : '{}';
  return Object.values({ ...(JSON.parse(text) as Record<string, ArgoNode>), ...status?.nodes });
}

async function readWorkflow(api: Api, { name }: RunId): Promise<Workflow | undefined> {
  const request = { ...WORKFLOWS, namespace: api.namespace, name };
  const what = `get workflow ${name}`;
  try {
    return (await api.ask(what, () => api.custom.getNamespacedCustomObject(request))) as Workflow;
  } catch (error) {
    if (httpStatus(error) !== 404) throw error;
    // Only a server that knows the resource can say that there is none of that name.
    if (httpMessage(error).includes(`"${name}" not found`)) return undefined;
    throw tryAgain(`could not ${what}: the API server does not serve workflows.argoproj.io`, error);
  }
}
