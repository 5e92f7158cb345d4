import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import type { CronWorkflowSpec, WorkflowSpec } from './types.ts';

const API_VERSION = 'argoproj.io/v1alpha1';

export class WorkflowTemplate extends ApiObject {
  constructor(scope: Construct, id: string, props: { metadata: ApiObjectMetadata; spec: WorkflowSpec }) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'WorkflowTemplate', ...props });
  }
}

export class CronWorkflow extends ApiObject {
  constructor(scope: Construct, id: string, props: { metadata: ApiObjectMetadata; spec: CronWorkflowSpec }) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'CronWorkflow', ...props });
  }
}
