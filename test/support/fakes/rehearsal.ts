import type { PinnedVolume, PlacedPod, PlacedVolume, Rehearsal } from '../../../src/steps/ports/rehearsal.ts';
import type { AdmissionPolicy, AdmissionWebhook } from '../../../src/upgrade/drain/admission-webhook.ts';
import type { DisruptionBudget } from '../../../src/upgrade/drain/disruption-budget.ts';
import type { Labels } from '../../../src/upgrade/kubernetes/label-selector.ts';
import { known, notKnown, type Reading } from '../../../src/upgrade/reading.ts';
import type { NodeRoom } from '../../../src/upgrade/drain/room.ts';
import { aPlacedPod, aRoom } from '../builders.ts';

const RESOURCES = {
  nodes: 'nodes',
  pods: 'pods',
  budgets: 'poddisruptionbudgets.policy',
  pinnedVolumes: 'persistentvolumes',
  attachments: 'volumeattachments.storage.k8s.io',
  namespaces: 'namespaces',
  policies: 'validatingadmissionpolicies.admissionregistration.k8s.io',
  webhooks: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
} as const;

const ON_EVICTION = {
  ...{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods/eviction'], scope: '*' },
};

/** A cluster at rest. */
export class FakeRehearsal implements Rehearsal {
  readonly rooms: NodeRoom[] = [];
  readonly placed: PlacedPod[] = [];
  budgetList: DisruptionBudget[] = [];
  readonly volumes: PinnedVolume[] = [];
  readonly attached: PlacedVolume[] = [];
  readonly namespaceLabels = new Map<string, Labels>();
  readonly policyList: AdmissionPolicy[] = [];
  readonly webhookList: AdmissionWebhook[] = [];
  /** Questions that are answered 403. */
  readonly forbidden = new Set<keyof typeof RESOURCES>();

  addRoom(name: string, about: Partial<NodeRoom> = {}): void {
    this.rooms.push(aRoom(name, about));
  }

  addPod(node: string, name: string, about: Partial<PlacedPod> = {}): void {
    this.placed.push(aPlacedPod(node, name, about));
  }

  /** Holds for every eviction. */
  addPolicy(name: string): void {
    const everything = { labels: {}, expressions: [] };
    const scope = { rules: [ON_EVICTION], excluded: [], namespaceSelector: everything, objectSelector: everything };
    this.policyList.push({ name, scopes: [scope] });
  }

  /** Adds a webhook for evictions that no pod answers for. */
  addWebhook(name: string): void {
    const everything = { labels: {}, expressions: [] };
    this.webhookList.push({
      ...{ name: `ValidatingWebhookConfiguration ${name}`, service: 'default/nobody', endpoints: [] },
      rules: [ON_EVICTION],
      ...{ namespaceSelector: everything, objectSelector: everything },
    });
  }

  #answer<T>(question: keyof typeof RESOURCES, value: T): Promise<Reading<T>> {
    const denied = this.forbidden.has(question);
    return Promise.resolve(
      denied ? notKnown(`may not list ${RESOURCES[question]}: HTTP 403: forbidden`) : known(value),
    );
  }

  nodes = (): Promise<Reading<readonly NodeRoom[]>> => this.#answer('nodes', this.rooms);
  pods = (): Promise<Reading<readonly PlacedPod[]>> => this.#answer('pods', this.placed);
  budgets = (): Promise<Reading<readonly DisruptionBudget[]>> => this.#answer('budgets', this.budgetList);
  pinnedVolumes = (): Promise<Reading<readonly PinnedVolume[]>> => this.#answer('pinnedVolumes', this.volumes);
  attachments = (): Promise<Reading<readonly PlacedVolume[]>> => this.#answer('attachments', this.attached);
  namespaces = (): Promise<Reading<ReadonlyMap<string, Labels>>> => this.#answer('namespaces', this.namespaceLabels);
  policies = (): Promise<Reading<readonly AdmissionPolicy[]>> => this.#answer('policies', this.policyList);
  webhooks = (): Promise<Reading<readonly AdmissionWebhook[]>> => this.#answer('webhooks', this.webhookList);
}
