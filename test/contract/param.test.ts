import { expect } from 'chai';
import fc from 'fast-check';
import {
  count,
  httpUrl,
  json,
  kubeVersion,
  leftBehind,
  lenient,
  list,
  oneOf,
  optional,
  seconds,
  text,
  yesNo,
  type ParamOptions,
  type Param,
} from '../../src/contract/param.ts';
import { batchOfNodes, nodeBatches, nodeRole, nodeTasks } from '../../src/contract/node-tasks.ts';
import { NODE_ROLES } from '../../src/upgrade/node/order.ts';
import { anyVersion, v } from '../support/builders.ts';

const about: ParamOptions = { doc: 'd', example: 'e' };
const pair = json((value) => {
  if (!Array.isArray(value) || value.length !== 2) throw new RangeError('a pair');
  return value as readonly unknown[];
}, about);

const complaint = (param: Param<unknown>, raw: string): string => {
  try {
    return `read as ${JSON.stringify(param.parse(raw))}`;
  } catch (error) {
    expect(error).to.be.instanceOf(RangeError);
    return (error as Error).message;
  }
};

describe('a parameter', () => {
  const READ: readonly [string, Param<unknown>, string, unknown][] = [
    ['text as it is', text(about), ' a b ', ' a b '],
    ['a version', kubeVersion(about), 'v1.34.9', v('1.34.9')],
    ['one of its choices', oneOf(['auto', 'off'], about), 'off', 'off'],
    ['an address', httpUrl(about), 'http://pushgateway:9091/a', 'http://pushgateway:9091/a'],
    ['true', yesNo(about), 'true', true],
    ['false', yesNo(about), 'false', false],
    ['no seconds', seconds(about), '0', 0],
    ['seconds', seconds(about), '1800', 1800],
    ['a count', count(about), '22', 22],
    ['the most that a setting may be, in bytes', count(about), '1073741824', 1_073_741_824],
    ['a list', list(about), 'w1,w2', ['w1', 'w2']],
    ['a list as a person types it', list(about), ' w1, w2 ,,', ['w1', 'w2']],
    ['an empty list', list(about), '', []],
    ['JSON', pair, '[1, 2]', [1, 2]],
    ['a role', nodeRole, 'control-plane', 'control-plane'],
    ['a list of nodes', nodeTasks('d'), '[{"name":"w1","role":"worker"}]', [{ name: 'w1', role: 'worker' }]],
    ['no nodes', nodeTasks('d'), '[]', []],
    ['a batch', batchOfNodes, '["w1","w2"]', ['w1', 'w2']],
    ['batches', nodeBatches('d'), '[["w1","w2"],["w3"]]', [['w1', 'w2'], ['w3']]],
    ['an optional value', optional(seconds(about)), '5', 5],
    ['nothing as absent', optional(seconds(about)), '', undefined],
    [
      'a reference that Argo left standing as absent',
      optional(text(about)),
      '{{workflow.outputs.parameters.x}}',
      undefined,
    ],
    [
      'an expression that Argo left standing as absent',
      optional(kubeVersion(about)),
      "{{= workflow.x ?? 'y' }}",
      undefined,
    ],
  ];
  for (const [what, param, raw, value] of READ)
    it(`reads ${what}: ${JSON.stringify(raw)}`, () => {
      expect(param.parse(raw)).to.deep.equal(value);
    });

  const REFUSED: readonly [Param<unknown>, readonly string[], string][] = [
    [text(about), [''], 'a text that is not empty'],
    [
      kubeVersion(about),
      ['', '1.34', '1.35.0-rc.1', 'latest', '{{x}}', '1.34.9;reboot'],
      'an exact version such as 1.34.9',
    ],
    [oneOf(['auto', 'off'], about), ['', 'Auto', 'on', ' off', 'auto,off'], 'one of auto, off'],
    [
      httpUrl(about),
      ['', 'pushgateway:9091', 'ftp://a', 'http://', 'http://a/', 'http://a//b', 'http://a b'],
      'an http or https URL without a slash at its end',
    ],
    [yesNo(about), ['', 'True', 'yes', '1', '{{x}}'], 'true or false'],
    [seconds(about), ['', '-1', '1.5', '1e3', '30s', '0x10', ' 5', '1234567890123456'], 'a whole number of seconds'],
    [count(about), ['', '-1', 'ssh'], 'a whole number'],
    [list(about), [',', ' , '], 'names separated by commas, or nothing'],
    [pair, ['', '[1,', 'null;'], 'JSON'],
    [pair, ['[]', 'null', '{}'], 'a pair'],
    [batchOfNodes, ['{}', '[1]', '[["w1"]]'], 'a list of names'],
    [nodeBatches('d'), ['{}', '[null]', '["w1"]', '[[1]]', '[{"name":"w1"}]'], 'a list of lists of names'],
    [nodeRole, ['', 'master'], 'one of first-control-plane, control-plane, worker'],
    [
      nodeTasks('d'),
      [
        '{}',
        'null',
        '[null]',
        '["w1"]',
        '[{"name":"w1"}]',
        '[{"name":"w1","role":"master"}]',
        '[{"name":1,"role":"worker"}]',
      ],
      'a list of {"name", "role"}',
    ],
    [optional(seconds(about)), ['x', '-1', ' '], 'a whole number of seconds'],
  ];
  for (const [param, raws, expected] of REFUSED)
    for (const raw of raws)
      it(`asks for ${expected} when it sees ${JSON.stringify(raw)}`, () => {
        expect(complaint(param, raw)).to.equal(expected);
      });

  it('writes an absent value as nothing, which is read as absent', () => {
    expect(optional(seconds(about)).format(undefined)).to.equal('');
  });

  it('shows a form its choices, optional or not', () => {
    expect(optional(oneOf(['a', 'b'], about)).choices).to.deep.equal(['a', 'b']);
    expect(yesNo(about).choices).to.deep.equal(['true', 'false']);
  });

  it('that must not keep a step from starting is something else when it cannot be read', () => {
    expect(lenient(yesNo(about), true).parse('yes')).to.equal(true);
    expect(lenient(yesNo(about), true).parse('false')).to.equal(false);
    expect(leftBehind(kubeVersion(about)).parse('1.34.9')).to.deep.equal(v('1.34.9'));
    for (const raw of ['', 'garbage', '{{workflow.outputs.parameters.target}}'])
      expect(leftBehind(kubeVersion(about)).parse(raw)).to.equal(undefined);
  });

  describe('law: what is written is read back the same', () => {
    const round = <T>(name: string, param: Param<T>, values: fc.Arbitrary<T>): void => {
      it(name, () => {
        fc.assert(
          fc.property(values, (value) => {
            expect(param.parse(param.format(value))).to.deep.equal(value);
          }),
        );
      });
    };
    const member = fc.string({ minLength: 1 }).map((word) => word.replaceAll(/[,\s]/g, '_'));
    round('text', text(about), fc.string({ unit: 'binary', minLength: 1 }));
    round('a version', kubeVersion(about), anyVersion);
    round('a choice', oneOf(['auto', 'off'], about), fc.constantFrom('auto', 'off'));
    round('yes or no', yesNo(about), fc.boolean());
    round('seconds', seconds(about), fc.nat(999_999_999));
    round('a count', count(about), fc.nat(999_999_999));
    round('a list', list(about), fc.array(member));
    round('an optional version', optional(kubeVersion(about)), fc.option(anyVersion, { nil: undefined }));
    round(
      'a list of nodes',
      nodeTasks('d'),
      fc.array(fc.record({ name: fc.string(), role: fc.constantFrom(...NODE_ROLES) })),
    );
  });
});
