import { expect } from 'chai';
import {
  folderTrouble,
  ignoredFiles,
  parsePatchName,
  type PatchFile,
  type PatchFolder,
} from '../../../src/upgrade/gate/kubeadm-patches.ts';
import { known, notKnown } from '../../../src/upgrade/reading.ts';

const file = (name: string, about: Partial<PatchFile> = {}): PatchFile => ({
  name,
  secure: true,
  documents: known([{}]),
  ...about,
});
const directory = (...files: PatchFile[]): PatchFolder => ({ kind: 'directory', secure: true, files });

describe('the name of a patch', () => {
  const NAMES: readonly [string, object][] = [
    ['kube-apiserver.yaml', { kind: 'patch', target: 'kube-apiserver', type: 'strategic' }],
    ['kube-apiserver0+merge.yaml', { kind: 'patch', target: 'kube-apiserver', type: 'merge' }],
    ['etcd_quota+json.json', { kind: 'patch', target: 'etcd', type: 'json' }],
    ['kubeletconfiguration+strategic.yaml', { kind: 'patch', target: 'kubeletconfiguration', type: 'strategic' }],
    ['corednsdeployment.json', { kind: 'patch', target: 'corednsdeployment', type: 'strategic' }],
    ['kube-apiserver+foo.yaml', { kind: 'refused' }],
    ['kube-apiserver+.yaml', { kind: 'refused' }],
    ['kube-apiserver.yml', { kind: 'ignored' }],
    ['kube-apisever.yaml', { kind: 'ignored' }],
    ['README.md', { kind: 'ignored' }],
    ['.yaml', { kind: 'ignored' }],
  ];
  for (const [name, parsed] of NAMES)
    it(`is read as kubeadm reads it: ${name}`, () => {
      expect(parsePatchName(name)).to.deep.equal(parsed);
    });
});

describe('the directory of patches', () => {
  const TROUBLES: readonly [string, PatchFolder, string][] = [
    ['is absent', { kind: 'absent' }, 'no such directory'],
    ['is a link', { kind: 'no-directory' }, 'something that is no directory (kubeadm follows no link)'],
    [
      'belongs to another user',
      { kind: 'directory', secure: false, files: [] },
      'a directory that another user than root owns or can write to',
    ],
    [
      'holds a file of another user',
      directory(file('etcd.yaml', { secure: false })),
      'files that another user than root owns or can write to: etcd.yaml',
    ],
    [
      'holds a name that kubeadm refuses',
      directory(file('etcd+x.yaml')),
      'file names without a patch type after "+": etcd+x.yaml',
    ],
    [
      'holds no YAML',
      directory(file('etcd.yaml', { documents: notKnown('it is broken') })),
      'the file etcd.yaml: it is broken',
    ],
    [
      'holds a JSON patch that is no list',
      directory(file('etcd+json.json')),
      'the file etcd+json.json: expected a list of operations in each document',
    ],
    [
      'holds a merge patch that is a list',
      directory(file('etcd+merge.yaml', { documents: known([[]]) })),
      'the file etcd+merge.yaml: expected a set of fields in each document',
    ],
  ];
  for (const [what, folder, trouble] of TROUBLES)
    it(`is trouble where it ${what}`, () => {
      expect(folderTrouble(folder)).to.equal(trouble);
    });

  it('is none where kubeadm applies or ignores each file', () => {
    const folder = directory(
      file('etcd.yaml'),
      file('x+json.json', { documents: known([[]]) }),
      file('README.md', { documents: notKnown('no YAML') }),
    );
    expect(folderTrouble(folder)).to.equal(undefined);
    expect(ignoredFiles(folder)).to.deep.equal(['x+json.json', 'README.md']);
    expect(folderTrouble(directory())).to.equal(undefined);
  });
});
