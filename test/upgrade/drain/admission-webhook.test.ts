import { expect } from 'chai';
import {
  isAsked,
  type AdmissionWebhook,
  type WatchedRequest,
  type WebhookRule,
} from '../../../src/upgrade/drain/admission-webhook.ts';
import type { LabelSelector } from '../../../src/upgrade/kubernetes/label-selector.ts';

const EVERYTHING: LabelSelector = { labels: {}, expressions: [] };
const only = (key: string, value: string): LabelSelector => ({ labels: { [key]: value }, expressions: [] });
const POD: WatchedRequest = {
  operation: 'CREATE',
  resource: 'pods',
  namespaceLabels: { team: 'shop' },
  labels: { app: 'web' },
};
const EVICTION: WatchedRequest = { ...POD, resource: 'pods/eviction', labels: {} };
const NODE: WatchedRequest = { operation: 'UPDATE', resource: 'nodes', namespaceLabels: undefined, labels: {} };

describe('an admission webhook', () => {
  const RULE: WebhookRule = {
    operations: ['CREATE'],
    apiGroups: [''],
    apiVersions: ['v1'],
    resources: ['pods'],
    scope: '*',
  };
  const webhook = (rule: Partial<WebhookRule>, about: Partial<AdmissionWebhook> = {}): AdmissionWebhook => ({
    ...{ name: 'w', service: 'a/b', endpoints: [], namespaceSelector: EVERYTHING, objectSelector: EVERYTHING },
    rules: [{ ...RULE, ...rule }],
    ...about,
  });
  const CASES: readonly [string, AdmissionWebhook, WatchedRequest, boolean][] = [
    ['is asked about what its rule names', webhook({}), POD, true],
    ['is not asked about another operation', webhook({ operations: ['UPDATE', 'DELETE'] }), POD, false],
    ['is asked about every operation by *', webhook({ operations: ['*'] }), POD, true],
    ['is not asked about another group', webhook({ apiGroups: ['apps'] }), POD, false],
    ['is not asked about another version', webhook({ apiVersions: ['v2'] }), POD, false],
    ['is asked about all groups and versions by *', webhook({ apiGroups: ['*'], apiVersions: ['*'] }), POD, true],
    ['is not asked about evictions by pods', webhook({}), EVICTION, false],
    ['is asked about evictions by their name', webhook({ resources: ['pods/eviction'] }), EVICTION, true],
    ['is asked about evictions by pods/*', webhook({ resources: ['pods/*'] }), EVICTION, true],
    ['is asked about pods by pods/*, too', webhook({ resources: ['pods/*'] }), POD, true],
    ['is not asked about evictions by *', webhook({ resources: ['*'] }), EVICTION, false],
    ['is asked about evictions by */*', webhook({ resources: ['*/*'] }), EVICTION, true],
    ['is asked about a node', webhook({ operations: ['UPDATE'], resources: ['nodes'] }), NODE, true],
    [
      'of namespaced objects is not asked about a node',
      webhook({ operations: ['*'], resources: ['*'], scope: 'Namespaced' }),
      NODE,
      false,
    ],
    ['of cluster objects is not asked about a pod', webhook({ scope: 'Cluster' }), POD, false],
    ['is asked in the namespaces that it selects', webhook({}, { namespaceSelector: only('team', 'shop') }), POD, true],
    ['is not asked in others', webhook({}, { namespaceSelector: only('team', 'blog') }), POD, false],
    [
      'is asked about a node whatever namespaces it selects',
      webhook({ operations: ['*'], resources: ['*'] }, { namespaceSelector: only('team', 'blog') }),
      NODE,
      true,
    ],
    ['is asked about the objects that it selects', webhook({}, { objectSelector: only('app', 'web') }), POD, true],
    ['is not asked about others', webhook({}, { objectSelector: only('app', 'db') }), POD, false],
    [
      'that selects objects is not asked about evictions, which have no labels',
      webhook({ resources: ['*/*'] }, { objectSelector: only('app', 'web') }),
      EVICTION,
      false,
    ],
    [
      'is asked when one rule of several names it',
      webhook({}, { rules: [{ ...RULE, resources: ['nodes'] }, RULE] }),
      POD,
      true,
    ],
  ];
  for (const [promise, asked, request, expected] of CASES)
    it(promise, () => {
      expect(isAsked(asked, request)).to.equal(expected);
    });
});
