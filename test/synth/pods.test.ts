import { expect } from 'chai';
import { EXIT, KILLED } from '../../src/contract/exit-code.ts';
import { envName } from '../../src/contract/step-contract.ts';
import { webhookKeys } from '../../src/run/webhook-keys.ts';
import { STEPS } from '../../src/steps/catalog.ts';
import type { Container, Template } from '../../src/synth/argo/types.ts';
import { retries } from './support/expression.ts';
import { restrictedProblems } from './support/pod-security.ts';
import { keeps, unless } from './support/promise.ts';
import { nameOf, ofKind, placedTemplates, type Placed } from './support/render.ts';

interface Leaf extends Placed {
  readonly container: Container;
}

const leaves = (): readonly Leaf[] =>
  placedTemplates().flatMap((placed) =>
    placed.template.container ? [{ ...placed, container: placed.template.container }] : [],
  );

const withTemplate = (leaf: Leaf, change: Partial<Record<keyof Template, unknown>>): object => ({
  ...leaf,
  template: { ...leaf.template, ...change },
});
const withContainer = (leaf: Leaf, change: Partial<Record<keyof Container, unknown>>): object => ({
  ...leaf,
  container: { ...leaf.container, ...change },
});

/** What an argument of the pod's environment says, in seconds. */
const secondsIn = ({ env }: Container, input: string): number =>
  Number(env.find(({ name }) => name === envName(input))?.value ?? NaN);
const contractOf = ({ template }: Leaf) =>
  STEPS.find(({ name }) => template.serviceAccountName === `k8s-upgrade-${name}`);

/** Waits that run inside another one: contradictions.ts holds those of the drain below its maximum. */
const WITHIN_ANOTHER = ['gracePeriodSeconds', 'timeoutSeconds'];
/** Told of a node, not waited for. */
const NO_WAIT = ['assumedNodeSeconds'];

function waitsOf(leaf: Leaf): number {
  const contract = contractOf(leaf);
  const inputs = Object.keys(contract?.inputs ?? {}).filter(
    (name) => /[sS]econds$/.test(name) && ![...WITHIN_ANOTHER, ...NO_WAIT].includes(name),
  );
  const plus = contract?.deadline.plus ?? [];
  const times = (input: string): number => Math.max(1, plus.filter((name) => name === input).length);
  return inputs.reduce((sum, input) => sum + times(input) * secondsIn(leaf.container, input), 0);
}

/** The placement probe fails at once instead: placement.test.ts. */
const retried = (): readonly Leaf[] =>
  leaves().filter(({ template }) => template.serviceAccountName !== 'k8s-upgrade-admit');

describe('every pod of a run but the placement probe', () => {
  keeps(retried, nameOf, [
    {
      says: 'is retried a few times, on every kind of end that the expression names',
      check: ({ template: { retryStrategy: retry } }) => [
        ...unless(
          retry !== undefined &&
            Number.isInteger(retry.limit) &&
            retry.limit >= 2 &&
            // A step that waits for an operator is bounded by time.
            (retry.limit <= 5 || retry.backoff.maxDuration !== undefined),
          'limit',
        ),
        ...unless(retry?.retryPolicy === 'Always', 'policy: any other asks the expression for some ends only'),
        ...unless(
          [retry?.backoff.duration, retry?.backoff.cap].every((each) => /^[1-9]\d*[smh]$/.test(each ?? '')),
          'durations',
        ),
        ...unless(Number.isInteger(retry?.backoff.factor), 'factor'),
      ],
      spoil: (leaf) =>
        withTemplate(leaf, { retryStrategy: { ...leaf.template.retryStrategy, retryPolicy: 'OnFailure' } }),
    },
    {
      says: 'is retried when it was killed, was lost or asks for it, and for no other reason',
      check: ({ template }) => {
        const again = (status: string, exitCode: number): boolean =>
          retries(template.retryStrategy?.expression ?? '', { status, exitCode: String(exitCode) });
        const codes = Array.from({ length: 257 }, (_, index) => index - 1);
        const wanted: number[] = [EXIT.TryAgain, KILLED.sigkill, KILLED.sigterm];
        return [
          ...codes.filter((code) => again('Failed', code) !== wanted.includes(code)).map((code) => `exit code ${code}`),
          ...codes.filter((code) => !again('Error', code)).map((code) => `lost pod, ${code}`),
        ];
      },
      spoil: (leaf) =>
        withTemplate(leaf, {
          retryStrategy: {
            ...leaf.template.retryStrategy,
            expression: "asInt(lastRetry.exitCode) in [75, 77] || lastRetry.status == 'Error'",
          },
        }),
    },
  ]);
});

/** The keys of a Secret that a volume of one Secret is limited to; nothing when it is not. */
const keysOf = (volume: object): string =>
  ((volume as { secret?: { items?: readonly { key: string }[] } }).secret?.items ?? []).map(({ key }) => key).join();

describe('every pod of a run', () => {
  keeps(leaves, nameOf, [
    {
      says: 'names its command, so that no registry is asked for it',
      check: ({ container }) => unless(Array.isArray(container.command) && container.command.length > 0, 'no command'),
      spoil: (leaf) => withContainer(leaf, { command: undefined }),
    },
    {
      says: 'runs one container and nothing else',
      check: ({ template }) =>
        [
          'script',
          'steps',
          'resource',
          'http',
          'plugin',
          'data',
          'suspend',
          'containerSet',
          'sidecars',
          'initContainers',
          'daemon',
          'hooks',
          'onExit',
        ].filter((field) => field in template),
      spoil: (leaf) => ({ ...leaf, template: { ...leaf.template, hooks: {} } }),
    },
    {
      says: "is its step's own image, of one release",
      check: ({ container, cluster, ...leaf }) => {
        const { repository, tag } = cluster.settings.images;
        const step = contractOf({ container, cluster, ...leaf })?.name ?? '?';
        return unless(container.image === `${repository}/${step}:${tag}`, container.image);
      },
      spoil: (leaf) => withContainer(leaf, { image: 'registry.example.com/x:latest' }),
    },
    {
      says: 'has a ServiceAccount of its own step that exists and mounts its token',
      check: ({ template, cluster }) => {
        const account = ofKind(cluster.objects, 'ServiceAccount').find(
          ({ metadata }) => metadata.name === template.serviceAccountName,
        );
        const mounts = (account as { automountServiceAccountToken?: boolean } | undefined)
          ?.automountServiceAccountToken;
        return [
          ...unless(mounts === true, 'no token'),
          ...unless(!('automountServiceAccountToken' in template), 'says otherwise'),
        ];
      },
      spoil: (leaf) => withTemplate(leaf, { serviceAccountName: 'default' }),
    },
    {
      says: 'has more time than all its waits together',
      check: (leaf) => {
        const deadline = leaf.template.activeDeadlineSeconds ?? 0;
        return unless(deadline > waitsOf(leaf), `${deadline} s, waits for up to ${waitsOf(leaf)} s`);
      },
      spoil: (leaf) => withTemplate(leaf, { activeDeadlineSeconds: waitsOf(leaf) }),
    },
    {
      says: 'asks for what it needs and is bounded in memory',
      check: ({ container }) => {
        const { requests = {}, limits = {} } = container.resources as Record<
          'requests' | 'limits',
          Record<string, string> | undefined
        >;
        const given = [requests['cpu'], requests['memory'], limits['memory']];
        return unless(
          given.every((quantity) => /^[0-9.]+(m|[kMG]i?)?$/.test(quantity ?? '')),
          JSON.stringify(container.resources),
        );
      },
      spoil: (leaf) => withContainer(leaf, { resources: { requests: { cpu: '50m' } } }),
    },
    {
      says: 'passes the restricted profile of Pod Security',
      check: ({ workflow, template, container }) =>
        restrictedProblems({
          pod: workflow.spec.securityContext,
          container: container.securityContext,
          volumes: template.volumes ?? [],
          fields: [...Object.keys(template), ...Object.keys(workflow.spec)],
        }),
      spoil: (leaf) => withTemplate(leaf, { volumes: [{ name: 'node', hostPath: { path: '/' } }] }),
    },
    {
      says: 'writes nowhere but to /tmp, where it can',
      check: ({ template, container }) => {
        const mount = container.volumeMounts.find(({ mountPath }) => mountPath === '/tmp');
        const volume = (template.volumes ?? []).find((each) => (each as { name: string }).name === mount?.name);
        const outputs = (template.outputs?.parameters ?? []).flatMap(({ valueFrom }) =>
          valueFrom !== undefined && 'path' in valueFrom ? valueFrom.path : [],
        );
        return [
          ...unless(
            mount !== undefined && mount.readOnly !== true && volume !== undefined && 'emptyDir' in volume,
            'no /tmp',
          ),
          ...unless(
            (container.securityContext as { readOnlyRootFilesystem?: boolean }).readOnlyRootFilesystem === true,
            'root',
          ),
          ...outputs.filter((path) => !path.startsWith('/tmp/')),
        ];
      },
      spoil: (leaf) => withContainer(leaf, { volumeMounts: [] }),
    },
    {
      says: 'mounts what it declares, and declares what it mounts',
      check: ({ template, container }) => {
        const declared = (template.volumes ?? []).map((volume) => (volume as { name: string }).name);
        return unless(declared.join() === container.volumeMounts.map(({ name }) => name).join(), declared.join());
      },
      spoil: (leaf) => withTemplate(leaf, { volumes: [] }),
    },
    {
      says: 'has no secret in its environment',
      check: ({ container, cluster }) => [
        ...('envFrom' in container ? ['envFrom'] : []),
        ...container.env.flatMap(({ name, value, valueFrom }) => [
          ...unless(valueFrom === undefined || Object.keys(valueFrom).join() === 'fieldRef', `${name}: from a Secret`),
          // Its name is no secret: one step writes it by its name, and one says who may do what with it.
          ...unless(
            ['SECRET_NAME', 'PERMISSIONS'].includes(name) || value?.includes(cluster.settings.secrets.name) !== true,
            `${name}: names the Secret`,
          ),
          ...unless(
            !/KEY$|TOKEN|PASSWORD|WEBHOOK/.test(name) || /^(true|false|[0-9]{1,5})$/.test(value ?? ''),
            `${name}: sounds like a secret`,
          ),
        ]),
      ],
      spoil: (leaf) =>
        withContainer(leaf, { env: [{ name: 'SSH_KEY', valueFrom: { secretKeyRef: { name: 'x', key: 'ssh_key' } } }] }),
    },
    {
      says: 'sees the SSH key, read-only, if its step logs in to nodes and only then',
      check: (leaf) => {
        const { template, container, cluster } = leaf;
        const ofSecret = (template.volumes ?? []).filter((volume) =>
          JSON.stringify(volume).includes(`"${cluster.settings.secrets.name}"`),
        );
        // A step that tells people, and the doctor, see the keys that notify asks for, and no other.
        const wanted = webhookKeys(cluster.settings.notify);
        const onlyWebhooks = ofSecret.filter((volume) => wanted.length > 0 && keysOf(volume) === wanted.join());
        const mounted = ofSecret.length > onlyWebhooks.length;
        const { chat = false, mountsWholeSecret = false } = contractOf(leaf) ?? {};
        const tells = (chat || mountsWholeSecret) && wanted.length > 0;
        const writable = container.volumeMounts.some(({ name, readOnly }) => name === 'ssh' && readOnly !== true);
        return [
          ...unless(mounted === contractOf(leaf)?.ssh, 'the key'),
          ...unless((onlyWebhooks.length === 1) === tells, 'the webhooks'),
          ...unless(!writable, 'writable'),
        ];
      },
      spoil: (leaf) => {
        const key = { name: 'ssh', secret: { secretName: leaf.cluster.settings.secrets.name } };
        const other = {
          name: 'ssh',
          projected: { sources: [{ secret: { name: leaf.cluster.settings.secrets.name } }] },
        };
        return withTemplate(leaf, { volumes: contractOf(leaf)?.ssh === true ? [] : [key, other] });
      },
    },
    {
      says: 'is told every input of its step, once, and whose run it is',
      check: (leaf) => {
        const names = leaf.container.env.map(({ name }) => name);
        const needed = [
          ...Object.keys(contractOf(leaf)?.inputs ?? {}),
          'runName',
          'runUid',
          'podName',
          'namespace',
          'annotationPrefix',
        ];
        const missing = needed.map(envName).filter((name) => !names.includes(name));
        return [...missing, ...names.filter((name, place) => names.indexOf(name) !== place)];
      },
      spoil: (leaf) => withContainer(leaf, { env: leaf.container.env.slice(1) }),
    },
    {
      says: 'gets values by environment only: nothing is pasted into a command',
      check: ({ container }) => unless(!('args' in container) && !container.command.join(' ').includes('{{'), 'pasted'),
      spoil: (leaf) => withContainer(leaf, { command: ['sh', '-c', 'echo {{inputs.parameters.node}}'] }),
    },
    {
      says: 'carries the labels that the NetworkPolicies go by',
      check: (leaf) => {
        const labels = leaf.template.metadata?.labels ?? {};
        return [
          ...unless(labels['app.kubernetes.io/part-of'] === 'argo-kubeadm-upgrade', 'part-of'),
          ...unless((labels['argo-kubeadm-upgrade.io/ssh'] === 'true') === contractOf(leaf)?.ssh, 'ssh'),
        ];
      },
      spoil: (leaf) => withTemplate(leaf, { metadata: { labels: {} } }),
    },
  ]);

  it('is of a step of the catalog, and no step is without a pod', () => {
    for (const placed of leaves()) expect(contractOf(placed), nameOf(placed)).to.not.be.undefined;
    expect(new Set(leaves().map((leaf) => contractOf(leaf)?.name))).to.deep.equal(
      new Set(STEPS.filter(({ backup }) => backup !== true).map(({ name }) => name)),
    );
  });
});

describe('the checker of the restricted profile', () => {
  const fine = {
    pod: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    container: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    volumes: [{ name: 'a', emptyDir: {} }],
    fields: ['container'],
  };
  it('takes what the profile takes', () => {
    expect(restrictedProblems(fine)).to.deep.equal([]);
  });
  const BAD: readonly [string, object][] = [
    ['may run as root', { pod: { seccompProfile: { type: 'RuntimeDefault' } } }],
    ['runs as user 0', { pod: { ...fine.pod, runAsUser: 0 } }],
    ['no seccomp profile', { pod: { runAsNonRoot: true, seccompProfile: { type: 'Unconfined' } } }],
    ['may gain privileges', { container: { capabilities: { drop: ['ALL'] } } }],
    ['keeps capabilities', { container: { allowPrivilegeEscalation: false, capabilities: { drop: ['NET_RAW'] } } }],
    ['adds SYS_ADMIN', { container: { ...fine.container, capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } } }],
    ['privileged', { container: { ...fine.container, privileged: true } }],
    ['hostNetwork', { fields: ['hostNetwork'] }],
    ['podSpecPatch', { fields: ['podSpecPatch'] }],
    ['mounts a hostPath', { volumes: [{ name: 'a', hostPath: { path: '/' } }] }],
  ];
  for (const [problem, change] of BAD)
    it(`refuses what ${problem}`, () => {
      expect(restrictedProblems({ ...fine, ...change })).to.deep.equal([problem]);
    });
});

describe('the reader of expressions', () => {
  const failed = { status: 'Failed', exitCode: '75' };
  it('evaluates only as far as needed, as Argo does', () => {
    expect(retries("lastRetry.status == 'Error' || asInt(lastRetry.exitCode) in [75]", failed)).to.be.true;
    expect(
      retries("lastRetry.status == 'Error' || asInt(lastRetry.exitCode) in [75]", { status: 'Error', exitCode: '' }),
    ).to.be.true;
    expect(retries("lastRetry.status != 'Failed' && asInt(lastRetry.exitCode) == 75", failed)).to.be.false;
    expect(retries("(lastRetry.exitCode in ['75', '1'])", failed)).to.be.true;
  });
  for (const bad of [
    '',
    'lastRetry.exitCode',
    'lastRetry.exitcode == 75',
    'lastRetry.exitCode == 75',
    'asInt(lastRetry.exitCode) in [75',
    'asInt(lastRetry.exitCode in [75]',
    'asInt(lastRetry.status) == 75',
    "lastRetry.status = 'Error'",
    "lastRetry.status == 'Error' or true",
    "lastRetry.status == 'Error' ||",
  ])
    it(`refuses ${bad === '' ? 'nothing' : bad}`, () => {
      expect(() => retries(bad, failed)).to.throw(SyntaxError);
    });
});
