import { gunzipSync } from 'node:zlib';
import { describe, httpMessage, httpStatus } from '../../runtime/retry.ts';
import { refused, tryAgain, unexpected } from '../../runtime/step-error.ts';
import type { RunId } from '../../ports/lease.ts';
import type { Api } from './api.ts';
import type { Resource } from './resources.ts';

const WORKFLOWS: Resource<Workflow> = { group: 'argoproj.io', version: 'v1alpha1', plural: 'workflows' };
const ENDED: readonly unknown[] = ['Succeeded', 'Failed', 'Error'];

interface Parameters {
  readonly parameters?: readonly { readonly name?: string; readonly value?: string }[];
}

export interface ArgoNode {
  readonly type?: string;
  readonly displayName?: string;
  readonly templateName?: string;
  readonly phase?: string;
  readonly message?: string;
  readonly startedAt?: string | null;
  readonly finishedAt?: string | null;
  readonly inputs?: Parameters;
  readonly outputs?: Parameters & { readonly exitCode?: string };
}

/** As much of one as we ask it: https://argo-workflows.readthedocs.io/en/latest/fields/#workflow */
export interface Workflow {
  readonly metadata?: {
    readonly name?: string;
    readonly uid?: string;
    readonly creationTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly workflowTemplateRef?: { readonly name?: string };
    readonly arguments?: Parameters;
  };
  readonly status?: {
    readonly phase?: string;
    readonly startedAt?: string | null;
    readonly finishedAt?: string | null;
    readonly nodes?: Readonly<Record<string, ArgoNode>>;
    /** Holds `nodes` as gzip in base64, when they are too large for the object. */
    readonly compressedNodes?: string;
    /** Set when it is kept in a database instead. */
    readonly offloadNodeStatusVersion?: string;
  };
}

export const hasEnded = ({ status }: Workflow): boolean => ENDED.includes(status?.phase) || status?.finishedAt != null;

export function nodesOf({ status }: Workflow, name: string): readonly ArgoNode[] {
  if (status?.offloadNodeStatusVersion)
    throw refused(
      `The steps of ${name} are not in its Workflow (Argo's nodeStatusOffLoad), so this step cannot tell whether one failed. Switch nodeStatusOffLoad off for this controller.`,
    );
  const compressed = status?.compressedNodes ? unpacked(status.compressedNodes, name) : {};
  return Object.values({ ...compressed, ...status?.nodes });
}

/** The nodes of 1000 workers have 10 MB. */
const MOST_BYTES_UNPACKED = 128 * 1024 * 1024;

function unpacked(base64: string, name: string): Record<string, ArgoNode> {
  try {
    const json = gunzipSync(Buffer.from(base64, 'base64'), { maxOutputLength: MOST_BYTES_UNPACKED });
    return JSON.parse(json.toString('utf8')) as Record<string, ArgoNode>;
  } catch (error) {
    throw unexpected(`status.compressedNodes of Workflow ${name} cannot be read: ${describe(error)}`, error);
  }
}

export const inputOf = ({ inputs }: ArgoNode, name: string): string | undefined => valueOf(inputs, name);
export const outputOf = ({ outputs }: ArgoNode, name: string): string | undefined => valueOf(outputs, name);
export const argumentOf = ({ spec }: Workflow, name: string): string | undefined => valueOf(spec?.arguments, name);

/** Empty is as good as not there. */
const valueOf = (from: Parameters | undefined, name: string): string | undefined =>
  from?.parameters?.find((parameter) => parameter.name === name)?.value || undefined;

export async function readWorkflow(api: Api, { name }: RunId): Promise<Workflow | undefined> {
  try {
    return await api.get(WORKFLOWS, { namespace: api.namespace, name });
  } catch (error) {
    if (httpStatus(error) !== 404) throw error;
    // Only a server that knows the resource can say that there is none of that name.
    if (httpMessage(error).includes(`"${name}" not found`)) return undefined;
    throw tryAgain(`could not get workflow ${name}: the API server does not serve workflows.argoproj.io`, error);
  }
}

/** A Workflow may be as large as an object can be (1.5 MB): never many in one answer. */
const FEW = 20;

export const listWorkflows = (api: Api): Promise<readonly Workflow[]> =>
  api.list(WORKFLOWS, { namespace: api.namespace, limit: FEW });
