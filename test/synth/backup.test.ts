import { expect } from 'chai';
import { envName } from '../../src/contract/step-contract.ts';
import { runContext } from '../../src/contract/run-context.ts';
import { readInputs } from '../../src/steps/runtime/inputs.ts';
import { keepSnapshot } from '../../src/steps/keep-snapshot/contract.ts';
import { MINIMAL, ofKind, render, type KubeObject } from './support/render.ts';

interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
}
interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args?: readonly string[];
  readonly env: readonly EnvVar[];
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
}
interface Pod {
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes: readonly {
    readonly name: string;
    readonly hostPath?: { readonly path: string; readonly type: string };
  }[];
}
interface CronJob extends KubeObject {
  readonly spec: {
    readonly schedule: string;
    readonly jobTemplate: {
      readonly spec: { readonly activeDeadlineSeconds: number; readonly template: { readonly spec: Pod } };
    };
  };
}

const BUILT_IN = `${MINIMAL}snapshot: { mode: built-in, minimumBytes: 2048, builtIn: { keep: 3, directory: /srv/etcd } }\n`;
const NAME = 'k8s-upgrade-etcd-backup';
const built = () => render(BUILT_IN).objects;
const there = () => built().filter(({ metadata }) => metadata.namespace === NAME);
const cronJob = (): CronJob => ofKind(built(), 'CronJob')[0] as CronJob;
const pod = (): Pod => cronJob().spec.jobTemplate.spec.template.spec;
const all = ({ initContainers, containers }: Pod): readonly Container[] => [...initContainers, ...containers];

describe('the CronJob that backs up etcd', () => {
  it('is there only where the settings want it', () => {
    for (const mode of ['cron-job', 'none'])
      expect(JSON.stringify(render(`${MINIMAL}snapshot: { mode: ${mode} }\n`).objects)).not.to.include(NAME);
    expect(there().map(({ kind, metadata }) => `${kind} ${metadata.name}`)).to.have.members([
      `CronJob ${NAME}`,
      `NetworkPolicy ${NAME}`,
      `Role k8s-upgrade-doctor-in-${NAME}`,
      `Role k8s-upgrade-snapshot-in-${NAME}`,
      `RoleBinding k8s-upgrade-doctor-in-${NAME}`,
      `RoleBinding k8s-upgrade-snapshot-in-${NAME}`,
      `ServiceAccount ${NAME}`,
    ]);
    const closed = render(`${BUILT_IN}network: { policies: false }\n`).objects;
    expect(ofKind(closed, 'NetworkPolicy')).to.be.empty;
  });

  it('lives in a namespace of its own, the only one whose pods may touch a node', () => {
    const levels = ofKind(built(), 'Namespace').map(({ metadata }) => [
      metadata.name,
      metadata.labels?.['pod-security.kubernetes.io/enforce'],
      metadata.annotations?.['argocd.argoproj.io/sync-options'],
    ]);
    expect(levels).to.have.deep.members([
      ['k8s-upgrade', 'restricted', 'Prune=confirm,Delete=confirm'],
      [NAME, 'privileged', 'Prune=confirm,Delete=confirm'],
    ]);
  });

  it('may ask Kubernetes for nothing', () => {
    const account = ofKind(built(), 'ServiceAccount').find(({ metadata }) => metadata.name === NAME);
    expect(account).to.include({ automountServiceAccountToken: false });
    expect(pod()).to.include({ serviceAccountName: NAME, automountServiceAccountToken: false });
    expect(built().filter((object) => JSON.stringify(object).includes(`"kind":"ServiceAccount","name":"${NAME}"`))).to
      .be.empty;
  });

  it('runs on control-plane nodes, cordoned ones left out, on their network', () => {
    expect(pod()).to.deep.include({
      hostNetwork: true,
      nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
      tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }],
      restartPolicy: 'Never',
    });
  });

  it('makes room, saves, verifies and keeps, in this order, without a shell', () => {
    expect(all(pod()).map(({ name, image, command, args = [] }) => [name, image, ...command, ...args])).to.deep.equal([
      [
        ...['make-room', 'registry.example.com/platform/argo-kubeadm-upgrade/keep-snapshot:0.1.0'],
        ...['/nodejs/bin/node', '/app/step.cjs'],
      ],
      [
        ...[
          'save',
          'gcr.io/etcd-development/etcd:v3.6.5',
          '/usr/local/bin/etcdctl',
          '--endpoints=https://127.0.0.1:2379',
        ],
        '--cacert=/etc/kubernetes/pki/etcd/ca.crt',
        '--cert=/etc/kubernetes/pki/etcd/healthcheck-client.crt',
        '--key=/etc/kubernetes/pki/etcd/healthcheck-client.key',
        ...['--command-timeout=300s', 'snapshot', 'save', '/backup/incoming-$(POD_NAME).db'],
      ],
      [
        ...['verify', 'gcr.io/etcd-development/etcd:v3.6.5', '/usr/local/bin/etcdutl'],
        ...['snapshot', 'status', '/backup/incoming-$(POD_NAME).db', '--write-out=json'],
      ],
      [
        ...['keep', 'registry.example.com/platform/argo-kubeadm-upgrade/keep-snapshot:0.1.0'],
        ...['/nodejs/bin/node', '/app/step.cjs'],
      ],
    ]);
  });

  it('knows the name of its pod before anything is named after it', () => {
    for (const { env } of all(pod()))
      expect(env[0]).to.deep.equal({ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } });
  });

  it('tells its program every input, once, and whose run it is', () => {
    for (const [container, incoming] of [
      [pod().initContainers[0], undefined],
      [pod().containers[0], 'incoming-$(POD_NAME).db'],
    ] as const) {
      const env = container?.env ?? [];
      const names = env.map(({ name }) => name);
      const wanted = [...Object.keys(keepSnapshot.inputs), ...Object.keys(runContext)].map(envName);
      expect(names).to.have.members(wanted);
      expect(names).to.have.length(wanted.length);
      const given = Object.fromEntries(
        env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom?.fieldRef.fieldPath]),
      );
      expect(readInputs(keepSnapshot.inputs, given)).to.deep.equal({
        ...{ node: 'spec.nodeName', folder: '/backup', hostFolder: '/srv/etcd', incoming },
        // The deadline of the Job, and until nothing of it writes any more.
        ...{ staleSeconds: 600 + 600, minimumBytes: 2048, keep: 3 },
      });
    }
  });

  it("sees etcd's client certificate and the folder, and not the key of etcd's authority", () => {
    const paths = pod().volumes.flatMap(({ hostPath }) =>
      hostPath === undefined ? [] : [[hostPath.path, hostPath.type]],
    );
    expect(paths).to.deep.equal([
      ['/srv/etcd', 'DirectoryOrCreate'],
      ['/etc/kubernetes/pki/etcd/ca.crt', 'File'],
      ['/etc/kubernetes/pki/etcd/healthcheck-client.crt', 'File'],
      ['/etc/kubernetes/pki/etcd/healthcheck-client.key', 'File'],
    ]);
    const mounts = all(pod()).map(({ volumeMounts }) =>
      volumeMounts.map(({ name, readOnly }) => `${name}${readOnly ? ' (ro)' : ''}`),
    );
    expect(mounts).to.deep.equal([
      ['backup', 'scratch'],
      ['backup', 'ca (ro)', 'certificate (ro)', 'key (ro)'],
      ['backup'],
      ['backup', 'scratch'],
    ]);
    const declared = pod().volumes.map(({ name }) => name);
    expect(all(pod()).flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name))).to.include.members(declared);
  });

  it('is root without what root may do beyond its own files', () => {
    expect(pod()).to.deep.include({
      securityContext: { runAsUser: 0, runAsGroup: 0, seccompProfile: { type: 'RuntimeDefault' } },
    });
    for (const { securityContext } of all(pod()))
      expect(securityContext).to.deep.equal({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      });
  });

  it('ends when the step that waits for it does, and says whether it is suspended', () => {
    expect(cronJob().spec).to.include({
      schedule: '30 21 * * *',
      timeZone: 'UTC',
      suspend: false,
      concurrencyPolicy: 'Forbid',
    });
    expect(cronJob().spec.jobTemplate.spec.activeDeadlineSeconds).to.equal(600);
  });

  it('is what an upgrade takes its snapshot by', () => {
    const steps = JSON.stringify(ofKind(built(), 'WorkflowTemplate'));
    expect(steps).to.include(
      `{"name":"CRON_JOB_NAMESPACE","value":"${NAME}"},{"name":"CRON_JOB_NAME","value":"${NAME}"}`,
    );
  });
});
