import { expect } from 'chai';
import fc from 'fast-check';
import { decide } from '../../../src/steps/rehearse/decide.ts';
import type { RehearsalReadings } from '../../../src/steps/rehearse/cluster-state.ts';
import type { RehearseInput } from '../../../src/steps/rehearse/contract.ts';
import type { PinnedVolume, PlacedPod, PlacedVolume } from '../../../src/steps/ports/rehearsal.ts';
import type { AdmissionPolicy, AdmissionWebhook } from '../../../src/upgrade/drain/admission-webhook.ts';
import type { DisruptionBudget } from '../../../src/upgrade/drain/disruption-budget.ts';
import { known, notKnown } from '../../../src/upgrade/reading.ts';
import type { NodeRoom } from '../../../src/upgrade/drain/room.ts';
import { aBudget, aPlacedPod, aRoom, aVolume } from '../../support/builders.ts';

const task = (name: string) => ({ name, role: 'worker' }) as const;
const INPUT: RehearseInput = {
  controlPlanes: [],
  workers: [task('w1')],
  maxUnavailable: 1,
  namespace: 'k8s-upgrade',
  deleteEmptyDirData: true,
  deleteUnmanagedPods: true,
  deleteDeadlocked: 'single',
  noRoom: 'refuse',
};

interface Seen {
  readonly nodes?: readonly NodeRoom[];
  readonly pods?: readonly PlacedPod[];
  readonly budgets?: readonly DisruptionBudget[];
  readonly pinnedVolumes?: readonly PinnedVolume[];
  readonly attachments?: readonly PlacedVolume[];
  readonly policies?: readonly AdmissionPolicy[];
  readonly webhooks?: readonly AdmissionWebhook[];
  readonly input?: Partial<RehearseInput>;
}
const readings = ({
  nodes,
  pods = [],
  budgets = [],
  pinnedVolumes = [],
  attachments = [],
  policies = [],
  webhooks = [],
}: Seen): RehearsalReadings => ({
  nodes: known(nodes ?? [aRoom('w1'), aRoom('w2')]),
  pods: known(pods),
  budgets: known(budgets),
  pinnedVolumes: known(pinnedVolumes),
  attachments: known(attachments),
  namespaces: known(new Map([['default', { team: 'shop' }]])),
  policies: known(policies),
  webhooks: known(webhooks),
});
/** Every sentence of a rehearsal that has lasted. */
const told = ({ input = {}, ...seen }: Seen): string[] => {
  const { kind, because } = decide(readings(seen), { ...INPUT, ...input }, 60);
  return [kind, ...because.split('\n').slice(1)];
};
const asking = (requests: Record<string, number>) => ({ needs: { ...aPlacedPod('w1', 'x').needs, requests } });
const LONE = { desiredHealthy: 1, expectedPods: 1, currentHealthy: 1, disruptionsAllowed: 0 };
const UNHEALTHY = { desiredHealthy: 1, expectedPods: 2, currentHealthy: 0, disruptionsAllowed: 0 };
const DEADLOCK = { desiredHealthy: 3, expectedPods: 3, currentHealthy: 3, disruptionsAllowed: 0 };

describe('a rehearsal of the drains', () => {
  it('has nothing to say of drains that will end well', () => {
    expect(decide(readings({ pods: [aPlacedPod('w1', 'web')] }), INPUT, 0)).to.deep.equal({
      kind: 'done',
      value: undefined,
      because: 'Nothing keeps w1 from being drained.',
    });
  });

  it('asks nothing where no node is to be drained', () => {
    const nothing = { ...INPUT, workers: [] };
    expect(decide({ ...readings({}), pods: notKnown('may not list pods') }, nothing, 0)).to.include({
      because: 'No node needs a drain.',
    });
  });

  it('looks again for a minute before it refuses, since budgets and endpoints have bad moments', () => {
    const seen = readings({ pods: [aPlacedPod('w1', 'web')], budgets: [aBudget('web', DEADLOCK)] });
    expect(decide(seen, INPUT, 59)).to.include({ kind: 'wait', seconds: 10 });
    expect(decide(seen, INPUT, 60)).to.deep.equal({
      kind: 'refuse',
      because:
        'No node was changed. These problems prevent a drain:\ndefault/web on w1: PodDisruptionBudget default/web can never allow its eviction: of 3 pods 3 must be healthy. Let the budget spare a pod, or set drain.deleteDeadlocked: always.',
    });
  });

  it('stays closed when it cannot see, and names every permission that is missing', () => {
    const blind = {
      ...readings({}),
      pods: notKnown('may not list pods: HTTP 403'),
      webhooks: notKnown('may not list validatingwebhookconfigurations: HTTP 403'),
    };
    expect(decide(blind, INPUT, 60)).to.deep.equal({
      kind: 'refuse',
      because: [
        'No node was changed. These problems prevent a drain:',
        'Unknown, so the run does not start: may not list pods: HTTP 403.',
        'Unknown, so the run does not start: may not list validatingwebhookconfigurations: HTTP 403.',
      ].join('\n'),
    });
  });

  const WEBHOOK: AdmissionWebhook = {
    name: 'ValidatingWebhookConfiguration guard/pods',
    service: 'guard/webhook',
    rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods/eviction'], scope: '*' }],
    namespaceSelector: { labels: {}, expressions: [] },
    objectSelector: { labels: {}, expressions: [] },
    endpoints: [],
  };
  const at = (...nodes: string[]) => nodes.map((node, index) => ({ node, address: `10.1.0.${index}` }));
  const web = aPlacedPod('w1', 'web');
  const huge = aPlacedPod('w1', 'db', asking({ cpu: 16, memory: 2 ** 34, pods: 1 }));
  const HUGE =
    'default/db requests cpu 16, memory 16384Mi, and when w1 is drained no node that accepts it is large enough (w2). Add a node, or set drain.noRoom: warn to let it stay Pending until its node is uncordoned.';
  const pinned = aPlacedPod('w1', 'local', {
    needs: { ...web.needs, nodeSelector: { 'kubernetes.io/hostname': 'w1' } },
  });
  const PINNED =
    'Warning: No other node accepts default/local when w1 is drained: they stay Pending until it is uncordoned.';
  const local: PinnedVolume = {
    claim: 'default/data',
    nodeTerms: [{ expressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['w1'] }], fields: [] }],
  };
  const on = (node: string, ...volume: Parameters<typeof aVolume>): PlacedVolume => ({ ...aVolume(...volume), node });
  const REMOVAL =
    'Once the storage system shows the volume as detached, remove the attachment: kubectl patch volumeattachment csi-of-pv --type=json -p \'[{"op":"remove","path":"/metadata/finalizers"}]\'; kubectl delete volumeattachment csi-of-pv --ignore-not-found';
  const scope = { ...WEBHOOK, excluded: [] };
  const ofTeam = (team: string) => ({ ...scope, namespaceSelector: { labels: { team }, expressions: [] } });
  const gone = { driverGone: true, driver: 'old.example.org' };
  const TABLE: readonly [string, Seen, readonly string[]][] = [
    [
      'a volume whose PersistentVolume is gone, as a warning',
      { attachments: [on('w1', 'pv', undefined, { volumeGone: true })] },
      [
        'done',
        `Warning: Volume pv stays attached to w1: its PersistentVolume is gone. The drain does not wait for it. ${REMOVAL}`,
      ],
    ],
    [
      'a volume whose driver is gone and that no pod uses, as a warning',
      { attachments: [on('w1', 'pv', 'default/data', gone)] },
      [
        'done',
        `Warning: Volume pv (default/data) stays attached to w1: no CSIDriver and no CSINode names its driver old.example.org. The drain does not wait for it. ${REMOVAL}`,
      ],
    ],
    [
      'a pod that uses a volume whose driver is gone',
      { pods: [{ ...web, claims: ['data'] }], attachments: [on('w1', 'pv', 'default/data', gone)] },
      [
        'refuse',
        'default/web on w1 uses Volume pv (default/data) of the CSI driver old.example.org, which no CSIDriver and no CSINode names: the volume could be neither unmounted there nor attached elsewhere. Install the driver again.',
      ],
    ],
    [
      'a volume that no pod uses, with what its driver says, as a warning',
      { attachments: [on('w1', 'pv', 'default/data', { detachError: 'no such disk' })] },
      [
        'done',
        'Warning: Volume pv (default/data) is attached to w1, and no pod there uses it: the drain waits until it is detached. Its driver says: no such disk See: kubectl describe volumeattachment csi-of-pv',
      ],
    ],
    [
      'not a volume that a pod uses, nor one on a node that is left alone',
      {
        pods: [{ ...web, claims: ['data'] }],
        attachments: [on('w1', 'pv', 'default/data'), on('w2', 'pvc-gone', undefined, { volumeGone: true })],
      },
      ['done'],
    ],
    [
      'a policy that is asked about an eviction, as a warning',
      { pods: [web], policies: [{ name: 'no-evict', scopes: [scope, ofTeam('shop')] }] },
      [
        'done',
        'Warning: ValidatingAdmissionPolicy no-evict may deny the eviction of default/web on w1. Each drain asks with a dry run before its cordon, and ends if the policy denies it. See: kubectl get validatingadmissionpolicy no-evict -o yaml',
      ],
    ],
    [
      'not a policy that is bound to other namespaces, excludes evictions, or is asked about other things',
      {
        pods: [web],
        policies: [
          { name: 'elsewhere', scopes: [scope, ofTeam('other')] },
          { name: 'excluded', scopes: [{ ...scope, excluded: WEBHOOK.rules }] },
          {
            name: 'pods',
            scopes: [{ ...scope, rules: WEBHOOK.rules.map((rule) => ({ ...rule, resources: ['pods'] })) }],
          },
        ],
      },
      ['done'],
    ],
    [
      'pods that nothing recreates, at most twelve by name',
      {
        pods: Array.from({ length: 15 }, (_, at) => aPlacedPod('w1', `bare-${10 + at}`, { controlled: false })),
        nodes: [aRoom('w1'), aRoom('w2', { allocatable: { cpu: 99, memory: 1e6, pods: 99 } })],
      },
      [
        'done',
        `Warning: Nothing recreates these pods once they are evicted: ${Array.from({ length: 12 }, (_, at) => `default/bare-${10 + at} on w1`).join(', ')} and 3 more. With drain.deleteUnmanagedPods: false, a node with such a pod is not drained.`,
      ],
    ],
    ['a node that is gone', { nodes: [aRoom('w2')] }, ['refuse', 'There is no node w1 any more.']],
    [
      'pods that the policy does not let go',
      { pods: [{ ...web, controlled: false }], input: { deleteUnmanagedPods: false } },
      ['refuse', 'default/web on w1: no controller would recreate it, and drain.deleteUnmanagedPods is false.'],
    ],
    [
      'one budget once, for all pods and nodes that it keeps',
      {
        pods: [web, aPlacedPod('w2', 'api')],
        budgets: [aBudget('all', DEADLOCK)],
        input: { workers: [task('w1'), task('w2')] },
      },
      [
        'refuse',
        'default/api on w2, default/web on w1: PodDisruptionBudget default/all can never allow its eviction: of 3 pods 3 must be healthy. Let the budget spare a pod, or set drain.deleteDeadlocked: always.',
      ],
    ],
    [
      'budgets that overlap',
      { pods: [web], budgets: [aBudget('one'), aBudget('two')] },
      [
        'refuse',
        'default/web on w1: several PodDisruptionBudgets cover it (default/one, default/two), to which the Eviction API answers 500. Leave one of them, or set drain.deleteDeadlocked: always.',
      ],
    ],
    [
      'not a budget that is exhausted for the moment',
      { pods: [web], budgets: [aBudget('web', { disruptionsAllowed: 0 })] },
      ['done'],
    ],
    ['not the deadlock of a lone pod', { pods: [web], budgets: [aBudget('web', LONE)] }, ['done']],
    [
      'not a budget over pods of nodes that are left alone',
      { pods: [aPlacedPod('w2', 'web')], budgets: [aBudget('web', DEADLOCK)] },
      ['done'],
    ],
    [
      'not what may stay on the node',
      { pods: [{ ...huge, daemonSet: true, controlled: false }], budgets: [aBudget('web', DEADLOCK)] },
      ['done'],
    ],
    [
      'not steps of ours, which end before',
      { pods: [{ ...huge, namespace: 'k8s-upgrade', workflow: 'k8s-upgrade-1' }] },
      ['done'],
    ],
    [
      'a budget over a pod that is not ready yet, as it will count later',
      {
        pods: [{ ...web, phase: 'Pending', ready: false }],
        budgets: [aBudget('web', { ...DEADLOCK, unhealthyPods: 'always-allow' })],
      },
      [
        'refuse',
        'default/web on w1: PodDisruptionBudget default/web can never allow its eviction: of 3 pods 3 must be healthy. Let the budget spare a pod, or set drain.deleteDeadlocked: always.',
      ],
    ],
    ['a pod that no other node is large enough for', { pods: [huge] }, ['refuse', HUGE]],
    [
      'that as a warning where the setting says so',
      { pods: [huge], input: { noRoom: 'warn' } },
      ['done', `Warning: ${HUGE}`],
    ],
    [
      'that also when daemons leave too little',
      { pods: [aPlacedPod('w1', 'db', asking({ cpu: 4, pods: 1 })), aPlacedPod('w2', 'agent', { daemonSet: true })] },
      [
        'refuse',
        'default/db requests cpu 4, and when w1 is drained no node that accepts it is large enough (w2). Add a node, or set drain.noRoom: warn to let it stay Pending until its node is uncordoned.',
      ],
    ],
    [
      'tight packing as a warning, since it is an estimate',
      { pods: [aPlacedPod('w1', 'a', asking({ cpu: 3 })), aPlacedPod('w2', 'b', asking({ cpu: 2 }))] },
      [
        'done',
        'Warning: By an estimate, no other node has room for default/a when w1 is drained: they may stay Pending until it is uncordoned.',
      ],
    ],
    ['a pod that no other node accepts as a warning', { pods: [pinned] }, ['done', PINNED]],
    [
      'one whose volume is on the node just so',
      { pods: [aPlacedPod('w1', 'local', { claims: ['data'] })], pinnedVolumes: [local] },
      ['done', PINNED],
    ],
    [
      'one that would go to a node that takes no pods just so',
      { nodes: [aRoom('w1'), aRoom('w2', { takesPods: false })], pods: [{ ...pinned, needs: web.needs }] },
      ['done', PINNED],
    ],
    [
      'one that asks for what no other node has at all just so',
      { pods: [aPlacedPod('w1', 'local', asking({ 'example.org/gpu': 1 }))] },
      ['done', PINNED],
    ],
    [
      'nothing of it where a budget says that it may be away',
      { pods: [pinned], budgets: [aBudget('local')] },
      ['done'],
    ],
    [
      'a lone pod of a deadlock that could go nowhere: to delete it would be to take it down',
      { pods: [pinned], budgets: [aBudget('local', LONE)] },
      [
        'refuse',
        'default/local is the only pod that PodDisruptionBudget default/local counts, and no other node accepts it when w1 is drained: it would stay Pending until its node is uncordoned. Let the budget allow its eviction, or set drain.deleteDeadlocked: always.',
      ],
    ],
    [
      'the largest of the workers that are drained together',
      {
        nodes: [aRoom('w1'), aRoom('w2'), aRoom('w3')],
        pods: [aPlacedPod('w1', 'a', asking({ cpu: 3 })), aPlacedPod('w2', 'b', asking({ cpu: 3 }))],
        input: { workers: [task('w1'), task('w2'), task('w3')], maxUnavailable: 2 },
      },
      [
        'done',
        'Warning: By an estimate, no other node has room for default/b when w1 and w2 are drained: they may stay Pending until it is uncordoned.',
      ],
    ],
    [
      // https://github.com/kubernetes/kubernetes/issues/72320
      'a budget that allows nothing while its pods are not healthy, as a warning',
      {
        pods: [{ ...web, ready: false }, aPlacedPod('w1', 'crash', { ready: false })],
        budgets: [aBudget('shop', UNHEALTHY)],
      },
      [
        'done',
        'Warning: default/crash on w1, default/web on w1: the drain waits until more pods are healthy. PodDisruptionBudget default/shop: 0 of 2 pods are healthy, 1 must be, 0 may go. Repair the pods. To let pods go that are not ready, set unhealthyPodEvictionPolicy: AlwaysAllow in PodDisruptionBudget default/shop.',
      ],
    ],
    [
      'not one that lets pods go that are not ready',
      {
        pods: [{ ...web, ready: false }],
        budgets: [aBudget('shop', { ...UNHEALTHY, unhealthyPods: 'always-allow' })],
      },
      ['done'],
    ],
    [
      'not one whose pods are healthy and that allows nothing at this moment',
      { pods: [web], budgets: [aBudget('shop', { ...UNHEALTHY, currentHealthy: 1 })] },
      ['done'],
    ],
    [
      'a webhook that must be asked and has nobody to answer',
      { pods: [web], webhooks: [WEBHOOK] },
      [
        'refuse',
        'ValidatingWebhookConfiguration guard/pods must be called for CREATE pods/eviction, and its Service guard/webhook has no ready endpoint: those requests would fail. Restore the Service, or remove the webhook.',
      ],
    ],
    ['not one that answers', { pods: [web], webhooks: [{ ...WEBHOOK, endpoints: at('w1', 'w2') }] }, ['done']],
    [
      'not one that is asked about none of it',
      { pods: [web], webhooks: [{ ...WEBHOOK, namespaceSelector: { labels: { team: 'blog' }, expressions: [] } }] },
      ['done'],
    ],
    [
      'one whose only pod is on a node that is drained, as a warning',
      { pods: [web], webhooks: [{ ...WEBHOOK, endpoints: at('w1') }] },
      [
        'done',
        'Warning: ValidatingWebhookConfiguration guard/pods must be called for CREATE pods/eviction, and all endpoints of its Service guard/webhook (10.1.0.0) are on w1: while w1 is drained, those requests fail until an endpoint is ready elsewhere.',
      ],
    ],
    [
      'a webhook that is asked about the cordon itself',
      {
        webhooks: [
          {
            ...WEBHOOK,
            rules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['nodes'], scope: '*' }],
          },
        ],
      },
      [
        'refuse',
        'ValidatingWebhookConfiguration guard/pods must be called for UPDATE nodes, and its Service guard/webhook has no ready endpoint: those requests would fail. Restore the Service, or remove the webhook.',
      ],
    ],
  ];
  for (const [promise, seen, expected] of TABLE)
    it(`tells ${promise}`, () => {
      expect(told(seen)).to.deep.equal(expected);
    });

  it('tells all problems at once', () => {
    const seen = { pods: [{ ...huge, controlled: false }], budgets: [aBudget('x', DEADLOCK)], webhooks: [WEBHOOK] };
    expect(told({ ...seen, input: { deleteUnmanagedPods: false } })).to.have.length(5);
  });

  it('law: the order in which the cluster is listed does not matter', () => {
    const anyPlaced = fc.record({
      node: fc.constantFrom('w1', 'w2', 'w3'),
      cpu: fc.nat(6),
      app: fc.constantFrom('a', 'b'),
    });
    const anyBudget = fc.record({ desiredHealthy: fc.nat(3), expectedPods: fc.nat(3), disruptionsAllowed: fc.nat(1) });
    fc.assert(
      fc.property(
        fc.array(anyPlaced, { maxLength: 8 }),
        fc.array(anyBudget, { maxLength: 3 }),
        fc.integer({ min: 1, max: 3 }),
        (some, more, k) => {
          const pods = some.map(({ node, cpu, app }, index) =>
            aPlacedPod(node, `p${index}`, { labels: { app }, ...asking({ cpu, memory: cpu, pods: 1 }) }),
          );
          const budgets = more.map((about, index) =>
            aBudget(`b${index}`, {
              ...about,
              selector: { labels: { app: index % 2 === 0 ? 'a' : 'b' }, expressions: [] },
            }),
          );
          const nodes = [aRoom('w1'), aRoom('w2'), aRoom('w3')];
          const input = { workers: [task('w1'), task('w2')], maxUnavailable: k };
          const turned = { pods: pods.toReversed(), budgets: budgets.toReversed(), nodes: nodes.toReversed() };
          expect(told({ ...turned, input })).to.deep.equal(told({ pods, budgets, nodes, input }));
        },
      ),
    );
  });
});
