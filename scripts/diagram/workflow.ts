import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifests } from '../../src/cli/diff/manifests.ts';

/** What a diagram shows of a WorkflowTemplate, as dist/ has it. */
export interface Task {
  readonly name: string;
  readonly template?: string;
  readonly templateRef?: { readonly name: string; readonly template: string };
  readonly depends?: string;
  readonly dependencies?: readonly string[];
  readonly when?: string;
  readonly withParam?: string;
}

export interface Template {
  readonly name: string;
  readonly dag?: { readonly tasks: readonly Task[] };
  /** Groups, one after the other; what is in one runs at once. */
  readonly steps?: readonly (readonly Task[])[];
  readonly suspend?: object;
  readonly parallelism?: number;
}

export interface WorkflowTemplate {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly entrypoint: string;
    readonly onExit?: string;
    readonly arguments?: {
      readonly parameters?: readonly {
        readonly name: string;
        readonly value?: string;
        readonly enum?: readonly string[];
        readonly description?: string;
      }[];
    };
    readonly templates: readonly Template[];
  };
}

/** Every WorkflowTemplate of dist/, each from the first cluster that has it. */
export function workflowTemplates(dist: string): WorkflowTemplate[] {
  const found = new Map<string, WorkflowTemplate>();
  for (const cluster of readdirSync(dist).sort()) {
    const files = readdirSync(join(dist, cluster)).filter((file) => file.endsWith('.yaml'));
    for (const file of files.sort())
      for (const object of readManifests(file, readFileSync(join(dist, cluster, file), 'utf8')))
        if (object.kind === 'WorkflowTemplate' && !found.has(object.metadata.name))
          found.set(object.metadata.name, object as unknown as WorkflowTemplate);
  }
  return [...found.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}
