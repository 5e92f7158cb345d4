import { expect } from 'chai';
import fc from 'fast-check';
import { parse, parseAllDocuments } from 'yaml';
import { differencesOf } from '../../../../src/upgrade/gate/manifests/differences.ts';
import { jsonPatched } from '../../../../src/upgrade/gate/manifests/json-patch.ts';
import { patched } from '../../../../src/upgrade/gate/manifests/patch.ts';
import {
  patchesFor,
  type PatchFile,
  type PatchFolder,
  type PatchType,
} from '../../../../src/upgrade/gate/kubeadm-patches.ts';
import { known } from '../../../../src/upgrade/reading.ts';
import { API_SERVER, PATCHED_API_SERVER, PATCHES } from '../../../support/kubeadm.ts';

const folder: PatchFolder = {
  ...{ kind: 'directory', secure: true },
  files: [...PATCHES].map(([name, text]): PatchFile => {
    const documents = parseAllDocuments(text).map((document) => document.toJS() as unknown);
    return { name, secure: true, documents: known(documents) };
  }),
};

describe('a static pod with patches', () => {
  const apply = (pod: unknown, type: PatchType, document: unknown) => patched(pod, [{ file: 'f', type, document }]);

  it('is as kubeadm itself writes it, with patches of each type', () => {
    const ours = patched(parse(API_SERVER), patchesFor(folder, 'kube-apiserver'));
    const pod = 'pod' in ours ? ours.pod : expect.fail(ours.misfit);
    expect(differencesOf(pod, parse(PATCHED_API_SERVER), 'kube-apiserver')).to.deep.equal([]);
    expect(differencesOf(parse(API_SERVER), pod, 'kube-apiserver')).to.have.length.above(5);
  });

  it('is itself where no patch is for it', () => {
    expect(patchesFor(folder, 'etcd')).to.deep.equal([]);
    expect(patchesFor({ kind: 'absent' }, 'etcd')).to.deep.equal([]);
    expect(patched({ a: 1 }, [])).to.deep.equal({ pod: { a: 1 } });
  });

  it('has a list replaced that has no merge key, and by $patch: replace any', () => {
    const pod = { spec: { containers: [{ name: 'a', command: ['x', 'y'], env: [{ name: 'A' }] }] } };
    const patch = {
      spec: { containers: [{ name: 'a', command: ['z'], env: [{ $patch: 'replace' }, { name: 'B' }] }] },
    };
    expect(apply(pod, 'strategic', patch)).to.deep.equal({
      pod: { spec: { containers: [{ name: 'a', command: ['z'], env: [{ name: 'B' }] }] } },
    });
    expect(apply({ a: { b: 1, c: 2 } }, 'strategic', { a: { $patch: 'replace', d: 3 } })).to.deep.equal({
      pod: { a: { d: 3 } },
    });
    expect(apply({ a: { b: 1 }, c: 1 }, 'strategic', { a: { $patch: 'delete' } })).to.deep.equal({ pod: { c: 1 } });
    expect(apply({ env: [1] }, 'merge', { env: [{ name: 'x' }], c: null })).to.deep.equal({
      pod: { env: [{ name: 'x' }] },
    });
  });

  const MISFITS: readonly [string, unknown][] = [
    ['removes what is not there', [{ op: 'remove', path: '/spec/x' }]],
    ['replaces what is not there', [{ op: 'replace', path: '/x', value: 1 }]],
    ['adds below what is not there', [{ op: 'add', path: '/x/y', value: 1 }]],
    ['adds past the end of a list', [{ op: 'add', path: '/list/3', value: 1 }]],
    ['tests for another value', [{ op: 'test', path: '/list', value: [] }]],
    ['copies from nowhere', [{ op: 'copy', from: '/x', path: '/y' }]],
    ['is of no known kind', [{ op: 'destroy', path: '/list' }]],
    ['is no list', { op: 'add' }],
  ];
  for (const [what, operations] of MISFITS)
    it(`does not fit a JSON patch that ${what}`, () => {
      expect(apply({ list: [1], spec: {} }, 'json', operations)).to.deep.equal({ misfit: 'f' });
    });

  it('takes the operations of RFC 6902', () => {
    const operations = [
      { op: 'add', path: '/list/0', value: 0 },
      { op: 'add', path: '/list/-', value: 9 },
      { op: 'move', from: '/a~1b', path: '/m~0n' },
      { op: 'remove', path: '/list/1' },
      { op: 'replace', path: '/list/0', value: { c: 1 } },
      { op: 'test', path: '/list/0', value: { c: 1 } },
    ];
    expect(jsonPatched({ list: [1, 2], 'a/b': 5 }, operations)).to.deep.equal({ list: [{ c: 1 }, 2, 9], 'm~n': 5 });
  });

  it('law: whatever a patch holds, there is an answer', () => {
    const type = fc.constantFrom<PatchType>('json', 'merge', 'strategic');
    fc.assert(
      fc.property(fc.jsonValue(), type, fc.jsonValue(), (pod, kind, patch) => {
        const result = apply(pod, kind, patch);
        expect('pod' in result || 'misfit' in result).to.equal(true);
      }),
    );
  });
});
