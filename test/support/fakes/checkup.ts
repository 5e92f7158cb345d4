import type {
  ArgoController,
  Checkup,
  GatewayPort,
  PermissionReview,
  SeriesPort,
} from '../../../src/steps/ports/checkup.ts';
import type { HeldRecord } from '../../../src/steps/ports/deployments.ts';
import { formatPermission, type Permission } from '../../../src/run/permission.ts';
import { known, notKnown, type Reading } from '../../../src/upgrade/reading.ts';

/** A cluster in which everything is in place, until a test takes something away. */
export class FakeCheckup implements Checkup {
  resources: string[] = ['cronworkflows', 'workflows', 'workflowtaskresults', 'workflowtemplates'];
  controllers: ArgoController[] = [
    { namespace: 'argo', image: 'quay.io/argoproj/workflow-controller:v4.1.4', restrictedExecutor: known(true) },
  ];
  readonly secrets = new Map<string, ReadonlyMap<string, string>>();
  readonly cronJobs = new Map<string, { readonly suspended: boolean }>();
  /** `k8s-upgrade-drain patch nodes everywhere` */
  readonly denied = new Set<string>();
  readonly asked: Permission[] = [];
  /** Why permissions are not known. */
  trouble: string | undefined;

  async allowed(permissions: readonly Permission[]): Promise<readonly PermissionReview[]> {
    this.asked.push(...permissions);
    return permissions.map((permission) => ({ permission, allowed: this.#isAllowed(permission) }));
  }
  #isAllowed(permission: Permission): Reading<boolean> {
    if (this.trouble !== undefined) return notKnown(this.trouble);
    return known(!this.denied.has(`${permission.serviceAccount} ${formatPermission(permission)}`));
  }
  argoResources = (): Promise<Reading<readonly string[]>> => Promise.resolve(known(this.resources));
  argoControllers = (): Promise<Reading<readonly ArgoController[]>> => Promise.resolve(known(this.controllers));
  left: HeldRecord[] = [];
  leftAtZero = (): Promise<Reading<readonly HeldRecord[]>> => Promise.resolve(known(this.left));
  secret = (name: string): Promise<Reading<ReadonlyMap<string, string> | undefined>> =>
    Promise.resolve(known(this.secrets.get(name)));
  cronJob = (namespace: string, name: string): Promise<Reading<{ readonly suspended: boolean } | undefined>> =>
    Promise.resolve(known(this.cronJobs.get(`${namespace}/${name}`)));
}

export class FakeSeries implements SeriesPort {
  readonly names = new Set<string>();
  trouble: string | undefined;

  async present(names: readonly string[]): Promise<Reading<readonly string[]>> {
    return this.trouble === undefined ? known(names.filter((name) => this.names.has(name))) : notKnown(this.trouble);
  }
}

export class FakeGateway implements GatewayPort {
  answer: Reading<boolean> = known(true);

  isPushgateway = (): Promise<Reading<boolean>> => Promise.resolve(this.answer);
}
