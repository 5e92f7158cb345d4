import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';
import { FIRST_LINE, KUSTOMIZATION } from '../../src/synth/kustomization.ts';
import { listFiles } from '../../src/synth/changes.ts';
import { outProblems, SOURCES } from '../../src/synth/out-folder.ts';
import { replaceFolder } from '../../src/synth/replace-folder.ts';

const ROOT = resolve('.');
const OBJECTS = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n';
const LIST = `${FIRST_LINE}\n${OBJECTS}  - Namespace.k8s-upgrade.yaml\n`;
const ADVICE = 'name a folder of its own, such as dist';
const FOREIGN =
  'expected only folders whose Kustomization lists every file, as synth writes it. Move these away, or name a folder of its own, such as dist';

describe('the output folder of synth', () => {
  let dir = '';
  let out = '';
  beforeEach(() => {
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'out-')));
    out = join(dir, 'dist');
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), text);
    }
  };
  const OURS = { 'dist/prod/Kustomization': LIST, 'dist/prod/Namespace.k8s-upgrade.yaml': 'kind: Namespace' };
  const says = (folder = out, clusters = join(dir, 'clusters')): string[] =>
    outProblems(folder, { root: ROOT, clusters }).map((problem) => {
      expect(problem.file).to.equal(`--out ${folder}`);
      return problem.says;
    });

  describe('is taken', () => {
    it('when it does not exist, with folders above it that do not either', () => {
      expect(says()).to.deep.equal([]);
      expect(says(join(dir, 'some/where/dist'))).to.deep.equal([]);
    });

    it('when it is empty, or holds empty folders', () => {
      mkdirSync(join(out, 'prod'), { recursive: true });
      expect(says()).to.deep.equal([]);
    });

    it('when it holds what synth wrote, and no more', () => {
      write({ ...OURS, 'dist/gone/Kustomization': LIST });
      expect(says()).to.deep.equal([]);
    });

    it('when a release wrote it that did not mark its lists', () => {
      const names = ['Namespace.k8s-upgrade.yaml', 'WorkflowTemplate.k8s-upgrade.yaml'];
      write({ 'dist/prod/Kustomization': `${OBJECTS}${names.map((name) => `  - ${name}\n`).join('')}` });
      write(Object.fromEntries(names.map((name) => [`dist/prod/${name}`, 'kind: X'])));
      expect(says()).to.deep.equal([]);
    });

    it('below a folder of somebody, and below a link to a folder', () => {
      write({ 'gitops/.git/HEAD': 'ref', 'gitops/README.md': 'mine' });
      symlinkSync(join(dir, 'gitops'), join(dir, 'link'));
      expect(says(join(dir, 'gitops/dist'))).to.deep.equal([]);
      expect(says(join(dir, 'link/dist'))).to.deep.equal([]);
    });

    it('when it is dist/ of this repository, as it is committed', () => {
      expect(says(join(ROOT, 'dist'), join(ROOT, 'clusters'))).to.deep.equal([]);
      expect(says(join(ROOT, 'build/anything'))).to.deep.equal([]);
    });
  });

  describe('is refused, with what is in the way', () => {
    const holds = (what: string): string => `holds what synth did not write: ${what}; ${FOREIGN}`;

    it('when it is a git repository', () => {
      write({ 'dist/.git/HEAD': 'ref: refs/heads/main', 'dist/notes.txt': 'mine' });
      expect(says()).to.deep.equal([holds('.git/, notes.txt')]);
    });

    it('when somebody keeps files beside the clusters, or among the files of one', () => {
      write({ ...OURS, 'dist/README.md': 'mine', 'dist/prod/Job.by-hand.yaml': 'kind: Job' });
      mkdirSync(join(out, 'prod/.git'));
      expect(says()).to.deep.equal([holds('README.md, prod/.git/, prod/Job.by-hand.yaml')]);
    });

    it('when a folder was made by hand, even with a Kustomization and a familiar name', () => {
      write({
        'dist/prod/kustomization.yaml': LIST,
        'dist/test/Kustomization': `${OBJECTS}  - Namespace.k8s-upgrade.yaml\n  - Deployment.yaml\n`,
        'dist/test/Deployment.yaml': 'kind: Deployment',
        'dist/late/Kustomization': `kind: Kustomization\n${LIST}`,
      });
      expect(says()).to.deep.equal([holds('late/, prod/, test/')]);
    });

    it('when a name in the list leads elsewhere', () => {
      write({ 'dist/prod/Kustomization': `${LIST}  - ../../mine.yaml\n  - sub/mine.yaml\n`, 'mine.yaml': 'mine' });
      write({ 'dist/prod/sub/mine.yaml': 'mine' });
      symlinkSync(join(dir, 'mine.yaml'), join(out, 'prod/Namespace.k8s-upgrade.yaml'));
      expect(says()).to.deep.equal([holds('prod/Namespace.k8s-upgrade.yaml, prod/sub/')]);
    });

    it('when the list itself, or the folder of a cluster, is a link', () => {
      write({ 'elsewhere/Kustomization': LIST, 'elsewhere/Namespace.k8s-upgrade.yaml': 'mine' });
      mkdirSync(join(out, 'prod'), { recursive: true });
      symlinkSync(join(dir, 'elsewhere/Kustomization'), join(out, 'prod/Kustomization'));
      symlinkSync(join(dir, 'elsewhere'), join(out, 'test'));
      expect(says()).to.deep.equal([holds('prod/, test')]);
    });

    it('when it is a file, a link to a folder, or a link that leads nowhere', () => {
      write({ 'dist/x': '', 'a-file': '' });
      symlinkSync(join(dir, 'dist'), join(dir, 'link'));
      symlinkSync(join(dir, 'nowhere'), join(dir, 'broken'));
      symlinkSync(homedir(), join(dir, 'home'));
      expect(says(join(dir, 'a-file'))).to.deep.equal(['is a file; expected a folder, or nothing']);
      for (const [link, target] of [
        ['link', out],
        ['broken', join(dir, 'nowhere')],
        ['home', homedir()],
      ] as const)
        expect(says(join(dir, link))).to.deep.equal([`is a symbolic link to ${target}; expected a folder, or nothing`]);
    });

    it('when a part of its path is a file, or a link that leads nowhere', () => {
      write({ 'a-file': '' });
      symlinkSync(join(dir, 'nowhere'), join(dir, 'broken'));
      expect(says(join(dir, 'a-file/dist'))).to.deep.equal([`${join(dir, 'a-file')} is a file; expected a folder`]);
      expect(says(join(dir, 'broken/a/dist'))).to.deep.equal([
        `${join(dir, 'broken')} is a symbolic link to ${join(dir, 'nowhere')}; expected a folder`,
      ]);
    });

    it('when it is / or the home folder, or contains the checkout or the settings, empty or not', () => {
      const checkout = `is or contains the checkout of argo-kubeadm-upgrade (${ROOT}); ${ADVICE}`;
      const home = `is or contains your home folder (${homedir()}); ${ADVICE}`;
      expect(says('/')).to.include.members([checkout, home]);
      expect(says(homedir())).to.include(home);
      expect(says(ROOT)).to.include(checkout);
      expect(says(dirname(ROOT))).to.include(checkout);
      expect(says(out, join(out, 'clusters'))).to.deep.equal([
        `is or contains the folder of the settings (${join(out, 'clusters')}); ${ADVICE}`,
      ]);
    });

    it('when a link leads to a folder that contains the settings', () => {
      write({ 'real/dist/clusters/prod.yaml': '' });
      symlinkSync(join(dir, 'real'), join(dir, 'link'));
      expect(says(join(dir, 'link/dist'), join(dir, 'real/dist/clusters'))).to.deep.equal([
        `is or contains the folder of the settings (${join(dir, 'real/dist/clusters')}); ${ADVICE}`,
      ]);
    });

    for (const folder of ['src', 'src/new', 'clusters', 'docs/made/up', 'lab'])
      it(`when it is ${folder} of this repository`, () => {
        const [top = ''] = folder.split('/');
        expect(says(join(ROOT, folder))).to.deep.equal([`is inside ${top}/ of this repository; ${ADVICE}`]);
      });

    it('when it is inside a git folder, or inside the manifests of a cluster', () => {
      write(OURS);
      expect(says(join(dir, 'x/.git/dist'))).to.deep.equal([`is inside the data of a git repository; ${ADVICE}`]);
      expect(says(join(out, 'prod/more'))).to.deep.equal([
        `is inside ${join(out, 'prod')}, which holds the manifests of one cluster; ${ADVICE}`,
      ]);
    });

    it('when it is the folder of one cluster', () => {
      write(OURS);
      expect(says(join(out, 'prod'))).to.deep.equal([holds('Kustomization, Namespace.k8s-upgrade.yaml')]);
    });

    it('when the place of the files that wait is taken', () => {
      write({ '.synth-dist/mine': '' });
      expect(says()).to.deep.equal([
        `needs ${join(dir, '.synth-dist')} for itself, and it holds what synth did not write: mine. Move it away`,
      ]);
    });

    it('and no more than ten names are said', () => {
      write(Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`dist/${i + 10}`, ''])));
      expect(says()).to.deep.equal([holds('10, 11, 12, 13, 14, 15, 16, 17, 18, 19 and 2 more')]);
    });

    it('when this user may not read it', () => {
      mkdirSync(out, { mode: 0 });
      chmodSync(dir, 0o755);
      asNobody(() => {
        expect(says()).to.deep.equal([`cannot be read (EACCES at ${out}); ${ADVICE}`]);
        expect(says(join(out, 'more'))).to.deep.equal([
          `cannot be read (EACCES at ${join(out, 'Kustomization')}); ${ADVICE}`,
        ]);
      });
    });

    it('when this user may not write beside it, by the error of the system', () => {
      write(OURS);
      chmodSync(dir, 0o555);
      asNobody(() => {
        expect(says()).to.deep.equal([]);
        expect(() => replaceFolder(out, () => undefined)).to.throw('EACCES');
      });
      chmodSync(dir, 0o755);
      expect([...listFiles(out).keys()]).to.deep.equal(['prod/Kustomization', 'prod/Namespace.k8s-upgrade.yaml']);
    });

    /** Root may do anything, so its rights are laid down for the moment. */
    function asNobody(check: () => void): void {
      const isRoot = process.geteuid?.() === 0;
      if (isRoot) process.seteuid?.(65534);
      try {
        check();
      } finally {
        if (isRoot) process.seteuid?.(0);
      }
    }
  });

  it('knows every folder of this repository that is written by hand', () => {
    const { stdout } = spawnSync('git', ['ls-files', '-z'], { encoding: 'utf8' });
    const tops = new Set(stdout.split('\0').flatMap((file) => (file.includes('/') ? [file.split('/')[0]] : [])));
    expect([...tops].sort()).to.deep.equal([...SOURCES.filter((name) => name !== 'node_modules'), 'dist'].sort());
    expect(readdirSync('.')).to.include('node_modules');
    expect(KUSTOMIZATION).to.equal('Kustomization');
  });
});
