import { expect } from 'chai';
import { permissions } from '../../src/contract/permissions.ts';
import { formatPermission, permissionsIn } from '../../src/run/permission.ts';

const NODES = { serviceAccount: 'x', apiGroup: '', resources: ['nodes'], verbs: ['get'] };

describe('a list of permissions', () => {
  it('is taken apart into every single thing', () => {
    const rules = permissions.parse(
      JSON.stringify([
        { ...NODES, resources: ['pods', 'pods/log'], verbs: ['get', 'list'], namespace: 'kube-system' },
        { ...NODES, names: ['a', 'b'] },
        { serviceAccount: 'x', paths: ['/metrics', '/livez'], verbs: ['get'] },
      ]),
    );
    expect(rules.flatMap(permissionsIn).map(formatPermission)).to.deep.equal([
      ...['get pods in kube-system', 'list pods in kube-system'],
      ...['get pods/log in kube-system', 'list pods/log in kube-system'],
      ...['get nodes a everywhere', 'get nodes b everywhere', 'get /metrics', 'get /livez'],
    ]);
  });

  for (const [what, value] of [
    ['nothing at all, which would be taken for a cluster in which all is well', []],
    ['no list', NODES],
    ['a rule of nobody', [{ ...NODES, serviceAccount: undefined }]],
    ['a rule without verbs', [{ ...NODES, verbs: [] }]],
    ['a rule about nothing', [{ serviceAccount: 'x', verbs: ['get'] }]],
    ['a rule about both', [{ ...NODES, paths: ['/metrics'] }]],
    ['a name for a list', [{ ...NODES, names: 'a' }]],
    ['a field that it does not know', [{ ...NODES, resourceNames: ['a'] }]],
  ] as const)
    it(`is refused with ${what}`, () => {
      expect(() => permissions.parse(JSON.stringify(value))).to.throw(RangeError, 'a list of {"serviceAccount"');
    });
});
