import { connectKubernetes, type Kubernetes } from '../../../support/kubernetes.ts';
import type { NodeExclusion } from '../../../../src/upgrade/node/exclusion.ts';
import type { NodePod } from '../../../../src/steps/ports/cluster.ts';
import type { UpgradeRecord } from '../../../../src/upgrade/node/upgrade-record.ts';
import { startApiServer, type ApiRequest, type ApiServer } from '../../../support/fakes/api-server.ts';
import { FakeClock } from '../../../support/fakes/clock.ts';

export const PREFIX = 'argo-kubeadm-upgrade.io/';
export const UPGRADE_RECORD: UpgradeRecord = {
  run: 'uid-of-run',
  from: { major: 1, minor: 34, patch: 9 },
  to: { major: 1, minor: 34, patch: 10 },
  phase: 'soaking',
  cordonedByUs: true,
};
export const POD: NodePod = {
  namespace: 'shop',
  name: 'web-1',
  uid: 'uid-of-web-1',
  labels: {},
  phase: 'Running',
  ready: true,
  terminating: false,
  dueAtMs: undefined,
  finalizers: [],
  mirror: false,
  daemonSet: false,
  boundToNode: false,
  toleratesCordon: false,
  controlled: true,
  madeBy: 'ReplicaSet shop/x',
  emptyDir: false,
  claims: [],
  workflow: undefined,
};

/** A stand-in for the API server, and the adapters that talk to it; both new for every test. */
export class StandIn {
  server!: ApiServer;
  clock!: FakeClock;
  lines: string[] = [];
  kubernetes!: Kubernetes;

  constructor() {
    beforeEach(async () => {
      this.server = await startApiServer();
      this.clock = new FakeClock();
      this.lines = [];
      this.kubernetes = this.connect();
    });
    afterEach(() => this.server.close());
  }

  connect(signal?: AbortSignal, excludeNodes?: NodeExclusion): Kubernetes {
    return connectKubernetes({
      namespace: 'k8s-upgrade',
      annotationPrefix: PREFIX,
      clock: this.clock,
      log: (line) => this.lines.push(line),
      config: this.server.config,
      signal,
      excludeNodes,
    });
  }

  last(): ApiRequest {
    const request = this.server.requests.at(-1);
    if (request === undefined) throw new Error('nothing was asked');
    return request;
  }
}

export const node = (
  name: string,
  about: { annotations?: object; version?: string; labels?: object; os?: string; taints?: readonly object[] } = {},
): object => ({
  metadata: {
    name,
    uid: `uid-of-${name}`,
    resourceVersion: '41',
    creationTimestamp: '2026-01-02T03:04:05Z',
    labels: about.labels ?? { 'node-role.kubernetes.io/control-plane': '' },
    annotations: about.annotations,
  },
  spec: { unschedulable: true, ...(about.taints !== undefined && { taints: about.taints }) },
  status: {
    nodeInfo: {
      kubeletVersion: about.version ?? 'v1.34.9',
      operatingSystem: about.os ?? 'linux',
      containerRuntimeVersion: 'containerd://2.2.1',
      machineID: '0123456789abcdef0123456789abcdef',
    },
    addresses: [
      { type: 'Hostname', address: name },
      { type: 'InternalIP', address: '10.0.0.7' },
    ],
    conditions: [{ type: 'Ready', status: 'True' }],
  },
});

export const list = (items: readonly object[], next?: string): object => ({
  metadata: { continue: next ?? '' },
  items,
});
export const asked = ({ method, path, query }: ApiRequest): string =>
  `${method} ${path}${query.size === 0 ? '' : `?${decodeURIComponent(query.toString())}`}`;
