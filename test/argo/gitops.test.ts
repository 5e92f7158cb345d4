import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { annotationPrefix } from '../../src/settings/annotation-prefix.ts';
import { RUN_TIME_WRITES } from '../../src/contract/run-time-writes.ts';
import { markAnnotations } from '../../src/run/in-flight.ts';
import { KUSTOMIZATION } from '../../src/synth/kustomization.ts';
import { readObjects, type KubeObject } from '../synth/support/render.ts';

const CLUSTER_SCOPED = ['Namespace', 'ClusterRole', 'ClusterRoleBinding'];
const CONFIRM = 'Prune=confirm,Delete=confirm';
const PREFIX = annotationPrefix.default ?? '';

interface Kind {
  readonly group: string;
  readonly kind: string;
}
interface Project extends KubeObject {
  readonly spec: {
    readonly sourceRepos: readonly string[];
    readonly destinations: readonly { readonly server: string; readonly namespace: string }[];
    readonly clusterResourceWhitelist: readonly Kind[];
    readonly namespaceResourceWhitelist: readonly Kind[];
  };
}
interface Ignored extends Kind {
  readonly name?: string;
  readonly jsonPointers: readonly string[];
}
interface ApplicationSet extends KubeObject {
  readonly spec: {
    readonly generators: readonly {
      readonly git: {
        readonly repoURL: string;
        readonly revision: string;
        readonly directories: readonly { readonly path: string; readonly exclude?: boolean }[];
      };
    }[];
    readonly syncPolicy: { readonly applicationsSync: string; readonly preserveResourcesOnDeletion: boolean };
    readonly template: {
      readonly metadata: { readonly name: string };
      readonly spec: {
        readonly project: string;
        readonly source: {
          readonly repoURL: string;
          readonly targetRevision: string;
          readonly path: string;
          readonly directory: object;
        };
        readonly destination: { readonly name: string; readonly namespace: string };
        readonly syncPolicy: { readonly automated: object; readonly syncOptions: readonly string[] };
        readonly ignoreDifferences: readonly Ignored[];
      };
    };
  };
}
interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

const read = (file: string): unknown => parse(readFileSync(file, 'utf8'));
const project = read('argo/project.yaml') as Project;
const set = read('argo/applicationset.yaml') as ApplicationSet;
const application = set.spec.template.spec;

const clusters = readdirSync('dist').sort();
const manifestsOf = (cluster: string): string[] =>
  readdirSync(join('dist', cluster)).filter((file) => file.endsWith('.yaml'));
const objectsOf = (cluster: string): KubeObject[] =>
  manifestsOf(cluster)
    .flatMap((file) => readObjects(file, readFileSync(join('dist', cluster, file), 'utf8')))
    .map(({ object }) => object);
const objects = clusters.flatMap(objectsOf);

const groupOf = ({ apiVersion }: KubeObject): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
const words = (values: readonly string[]): string[] => [...new Set(values)].sort();
const kindsOf = (some: readonly KubeObject[]): string[] => words(some.map((each) => `${groupOf(each)}/${each.kind}`));
const whitelisted = (kinds: readonly Kind[]): string[] => kinds.map(({ group, kind }) => `${group}/${kind}`).sort();

describe('the Argo CD project', () => {
  const isClusterScoped = ({ kind }: KubeObject): boolean => CLUSTER_SCOPED.includes(kind);
  const remedy =
    'argo/project.yaml does not allow what dist/ has, or allows more: change it with clusters/ or src/synth';

  it('allows exactly the kinds that dist/ has, and so no Workflow, Secret or pod', () => {
    expect(objects).to.not.be.empty;
    const { clusterResourceWhitelist, namespaceResourceWhitelist } = project.spec;
    expect(whitelisted(clusterResourceWhitelist), remedy).to.deep.equal(kindsOf(objects.filter(isClusterScoped)));
    expect(whitelisted(namespaceResourceWhitelist), remedy).to.deep.equal(
      kindsOf(objects.filter((each) => !isClusterScoped(each))),
    );
  });

  it('allows exactly the namespaces that dist/ writes to', () => {
    const namespaces = words(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
    expect(project.spec.destinations.map(({ namespace }) => namespace).sort(), remedy).to.deep.equal(namespaces);
  });
});

describe('the Argo CD application set', () => {
  const { git } = set.spec.generators[0] ?? expect.fail('no generator');

  it('takes every folder of dist/ but the examples, from the one repository of the project', () => {
    expect(set.spec.generators).to.have.length(1);
    const [all, ...excluded] = git.directories;
    expect(all).to.deep.equal({ path: 'dist/*' });
    expect(excluded.map(({ path, exclude }) => [path, exclude])).to.deep.equal(
      clusters.filter((name) => name.startsWith('example')).map((name) => [`dist/${name}`, true]),
    );
    expect(project.spec.sourceRepos).to.deep.equal([git.repoURL]);
    expect(application.source.repoURL).to.equal(git.repoURL);
    expect(application.source.targetRevision).to.equal(git.revision);
    expect(application.source.path).to.equal('{{.path.path}}');
  });

  it('makes applications of that project, named by cluster, in the namespace of Argo CD', () => {
    expect(application.project).to.equal(project.metadata.name);
    expect(set.metadata.namespace).to.equal(project.metadata.namespace);
    expect(set.spec.template.metadata.name).to.equal('k8s-upgrade-{{.path.basename}}');
    expect(application.destination).to.deep.equal({ name: '{{.path.basename}}', namespace: 'k8s-upgrade' });
    expect(application).to.have.all.keys(...['project', 'source', 'destination', 'syncPolicy', 'ignoreDifferences']);
  });

  it('reads a folder as plain manifests, although kubectl finds a Kustomization there', () => {
    expect(application.source.directory).to.deep.equal({ recurse: false, include: '*.yaml' });
    expect(KUSTOMIZATION).to.not.match(/\.ya?ml$/);
  });

  it('takes nothing away when a folder, or the set itself, is gone', () => {
    expect(set.spec.syncPolicy).to.deep.equal({
      applicationsSync: 'create-update',
      preserveResourcesOnDeletion: true,
    });
  });

  it('prunes and heals, never replaces, and leaves what it ignores as it is', () => {
    expect(application.syncPolicy.automated).to.deep.equal({ prune: true, selfHeal: true });
    expect(application.syncPolicy.syncOptions).to.include('RespectIgnoreDifferences=true');
    expect(application.syncPolicy.syncOptions.join()).to.not.match(/Replace|Force/);
  });

  it('ignores every field that is written at run time, and no other', () => {
    const ignored = application.ignoreDifferences.map(({ group, kind, name, jsonPointers }) => ({
      ...{ group, kind, ...(name === undefined ? {} : { name }) },
      fields: jsonPointers,
    }));
    expect(ignored, 'argo/applicationset.yaml is not what src/contract/run-time-writes.ts says').to.deep.equal(
      RUN_TIME_WRITES.map(({ group, kind, name, fields }) => ({
        ...{ group, kind, ...(name === undefined ? {} : { name }) },
        fields,
      })),
    );
  });
});

describe('the list of what is written at run time', () => {
  const listed = RUN_TIME_WRITES;
  const isListed = ({ kind, metadata }: KubeObject): boolean =>
    listed.some((each) => each.kind === kind && (each.name ?? metadata.name) === metadata.name);

  it('has every object of dist/ that a step may change', () => {
    const rules = objects.flatMap((each) => ('rules' in each ? (each.rules as readonly Rule[]) : []));
    const changing = rules.filter(({ verbs }) => verbs.some((verb) => /^(update|patch|delete|\*)$/.test(verb)));
    expect(changing).to.not.be.empty;
    const isReached = (object: KubeObject): boolean =>
      changing.some(
        ({ apiGroups = [], resources = [], resourceNames }) =>
          apiGroups.includes(groupOf(object)) &&
          resources.includes(`${object.kind.toLowerCase()}s`) &&
          (resourceNames?.includes(object.metadata.name) ?? true),
      );
    const reached = objects.filter(isReached);
    expect(words(reached.map(({ kind }) => kind))).to.deep.equal(['ConfigMap']);
    expect(reached.filter((each) => !isListed(each)).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).to.be
      .empty;
  });

  it('has every annotation that the sources name, unless it is on an object that is not in dist/', () => {
    const ELSEWHERE: Readonly<Record<string, string>> = {
      ledger: 'Node',
      'last-upgrade': 'Node',
      // Written by releases up to 0.1.0, and only read.
      'quiesced-replicas': 'Deployment',
      run: 'Job',
      attempt: 'Job',
      'holder-name': 'Lease',
    };
    const sources = execFileSync('git', ['ls-files', '-z', '--', 'src'], { encoding: 'utf8' }).split('\0');
    const named = sources
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\$\{(?:annotationP|p)refix\}([a-z-]+)/g)])
      // `kubectl annotate <name>-` removes it.
      .flatMap(([, name]) => name?.replace(/-$/, '') ?? []);
    expect(words(named)).to.include.members(['in-flight', 'ledger']);
    // Keys of the ConfigMap of the run's state, which is listed as a whole.
    const marks = markAnnotations(PREFIX).map((mark) => mark.slice(PREFIX.length));
    const missing = words(named).filter((name) => !(name in ELSEWHERE) && !marks.includes(name));
    expect(missing, 'add them to markAnnotations of src/run/in-flight.ts, or here').to.deep.equal([]);
  });

  it('is about fields of which git says nothing, so that nobody has a word against what is there', () => {
    const at = (object: unknown, pointer: string): unknown =>
      pointer
        .split('/')
        .slice(1)
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
        .reduce<unknown>((value, part) => (Object(value) as Record<string, unknown>)[part], object);
    for (const { kind, name, fields } of listed) {
      const ours = objects.filter((each) => each.kind === kind && (name ?? each.metadata.name) === each.metadata.name);
      expect(ours, kind).to.have.length.of.at.least(clusters.length);
      for (const object of ours)
        for (const field of fields) expect(at(object, field), `${kind} ${field}`).to.equal(undefined);
    }
  });
});

describe('a sync of dist/', () => {
  const waveOf = ({ metadata }: KubeObject): number => Number(metadata.annotations?.['argocd.argoproj.io/sync-wave']);
  const ORDER = [
    ['Namespace'],
    ['ServiceAccount', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding', 'ConfigMap', 'NetworkPolicy'],
    ['WorkflowTemplate'],
    ['CronWorkflow'],
  ];

  it('brings the namespace, then rights, then templates, then what starts them', () => {
    const waves = ORDER.map((kinds) =>
      words(objects.filter(({ kind }) => kinds.includes(kind)).map((each) => String(waveOf(each)))),
    );
    expect(waves).to.deep.equal([['-2'], ['-1'], ['0'], ['1']]);
    expect(objects.filter((each) => Number.isNaN(waveOf(each)))).to.deep.equal([]);
  });

  it('never deletes unasked what owns a running Workflow, or the namespace of all of them', () => {
    const owners = objects.filter(({ kind }) => ['Namespace', 'WorkflowTemplate', 'CronWorkflow'].includes(kind));
    expect(owners.map(({ metadata }) => metadata.annotations?.['argocd.argoproj.io/sync-options'])).to.deep.equal(
      owners.map(() => CONFIRM),
    );
  });

  it('does not track Workflows: none is in git, and none inherits a mark by which Argo CD knows its own', () => {
    expect(objects.filter(({ kind }) => kind === 'Workflow')).to.deep.equal([]);
    expect(JSON.stringify(objects)).to.not.match(
      /app\.kubernetes\.io\/instance|argocd\.argoproj\.io\/(tracking-id|instance)/,
    );
  });
});

describe('kubectl apply -k', () => {
  for (const cluster of clusters)
    it(`brings all of dist/${cluster}, the namespaces first`, () => {
      const { kind, resources } = read(join('dist', cluster, KUSTOMIZATION)) as {
        kind: string;
        resources: string[];
      };
      expect(kind).to.equal('Kustomization');
      expect(resources[0]).to.equal('00-namespace.yaml');
      expect(resources.at(-1)).to.equal('50-schedules.yaml');
      expect(resources).to.deep.equal(manifestsOf(cluster).sort());
    });
});
