/** A Deployment, as far as holding it at 0 for a while is concerned. */
export interface Deployment {
  readonly namespace: string;
  readonly name: string;
  /** The object's resourceVersion when it was read. */
  readonly revision: string;
  /** How many are wanted. */
  readonly replicas: number;
  /** How many it had before we took them, by its annotation `<prefix>quiesced-replicas`; undefined when we hold nothing. */
  readonly held: number | 'unreadable' | undefined;
}

export interface Scaling {
  /** Left out: as it is. */
  readonly replicas?: number;
  /** What stands in the annotation afterwards; null removes it. In the same request as the replicas. */
  readonly held: number | null;
}

export interface DeploymentReads {
  deployment(namespace: string, name: string): Promise<Deployment | undefined>;
  /** Every Deployment of every namespace that carries the annotation, by namespace and name. */
  heldDeployments(): Promise<readonly Deployment[]>;
}

export interface DeploymentWrites {
  /** Writes only when it is still as it was read. `changed`: look again. */
  scale(deployment: Deployment, scaling: Scaling): Promise<'written' | 'changed' | 'gone'>;
}

export type Deployments = DeploymentReads & DeploymentWrites;
