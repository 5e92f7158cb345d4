import type { RecordedReplicas } from '../../run/scaled-down.ts';

/** A Deployment, as far as holding it at 0 for a while is concerned. */
export interface Deployment {
  readonly namespace: string;
  readonly name: string;
  /** The object's resourceVersion when it was read. */
  readonly revision: string;
  /** How many are wanted. */
  readonly replicas: number;
  /** Replicas that it had before this pipeline scaled it to 0, by our record; undefined without a record. */
  readonly held: RecordedReplicas | undefined;
  /** It carries the annotation by which a release up to 0.1.0 recorded that. No step has the right to remove it. */
  readonly oldAnnotation: boolean;
}

export type DeploymentName = Pick<Deployment, 'namespace' | 'name'>;
export interface HeldRecord extends DeploymentName {
  readonly replicas: RecordedReplicas;
}

export interface DeploymentReads {
  deployment(namespace: string, name: string): Promise<Deployment | undefined>;
  /** Every record of ours, whatever the settings say now, by namespace and name. */
  records(): Promise<readonly HeldRecord[]>;
}

export interface DeploymentWrites {
  /** Records the replicas before they are taken away; null removes the record. */
  record(deployment: DeploymentName & Pick<Deployment, 'oldAnnotation'>, replicas: number | null): Promise<void>;
  /** Scales only while it is still as it was read. `changed`: read it again. */
  scale(deployment: Deployment, replicas: number): Promise<'written' | 'changed' | 'gone'>;
}

export type Deployments = DeploymentReads & DeploymentWrites;

/** The Deployments that the settings name, and no other. */
export interface Quiesced {
  /** Those that a run holds at 0 now and can give back, `namespace/name`. */
  held(): Promise<readonly string[]>;
  /** Gives each back what it had; returns what could not be given back, a sentence each. */
  restore(): Promise<readonly string[]>;
}
