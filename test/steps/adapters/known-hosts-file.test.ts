import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { EXIT } from '../../../src/contract/exit-code.ts';
import { knownHostsFile } from '../../../src/steps/adapters/known-hosts-file.ts';
import { fingerprint } from '../../../src/steps/adapters/ssh/public-key.ts';
import { StepError } from '../../../src/steps/runtime/step-error.ts';
import { failureOf } from '../ports/remote.suite.ts';

const A = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB/FnsF/tXRV1Nq7BmUJcXF9D2J2p0pvxF0BM0Mkjb3X';
const B = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ4e0s2oVv6xZ1o7xZcS8bB1yWm0vNqk5W2Zr3jX1nQp';

const hashed = (name: string): string => {
  const salt = Buffer.from('0123456789abcdefghij');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};
const CP1 = { name: 'cp1.example.org', internalIp: '10.0.0.1' };
const OPTIONS = { place: 'ssh_known_hosts', port: 22, log: () => undefined, nodes: async () => [CP1] };
const known = (text: string, { port = 22, nodes = OPTIONS.nodes } = {}) =>
  knownHostsFile(text, { ...OPTIONS, port, nodes }).known({ node: 'w1.example.org', uid: 'uid', address: '10.0.0.5' });

const CASES: readonly [string, string, readonly string[] | undefined, number?][] = [
  ['a name', `w1.example.org ${A}`, [A]],
  ['an address', `10.0.0.5 ${A}`, [A]],
  ['a list', `w9,10.0.0.5 ${A}`, [A]],
  ['a name in other letters', `W1.Example.ORG ${A}`, [A]],
  ['a hashed name', `${hashed('w1.example.org')} ${A}`, [A]],
  ['the hash of another name', `${hashed('w2.example.org')} ${A}`, undefined],
  ['a pattern', `*.example.org ${A}`, [A]],
  ['a pattern of single characters', `10.0.0.? ${A}`, [A]],
  ['a pattern whose dot is a dot', `w1xexample.org ${A}`, undefined],
  ['a part of the name', `w1.example ${A}`, undefined],
  ['an exception for the name', `*.example.org,!w1.* ${A}`, undefined],
  ['an exception for the address', `*.example.org,!10.0.0.5 ${A}`, undefined],
  ['an exception for others', `*.example.org,!w2.* ${A}`, [A]],
  ['several keys', `w1.example.org ${A}\nw1.example.org ${B}`, [A, B]],
  ['a line for its name beside one for its address', `10.0.0.5 ${B}\nw1.example.org ${A}`, [A]],
  [
    'a revoked line for its name beside one for its address',
    `w1.example.org ${A}\n10.0.0.5 ${B}\n@revoked * ${A}`,
    undefined,
  ],
  ['comments, blank lines and Windows line ends', `# hosts\r\n\r\nw1.example.org ${A} root@w1\r\n`, [A]],
  ['a revoked key', `w1.example.org ${A}\n@revoked * ${A}`, undefined],
  ['another key that is revoked', `w1.example.org ${A}\n@revoked * ${B}`, [A]],
  ['a certificate authority', `@cert-authority *.example.org ${A}`, undefined],
  ['the port', `[w1.example.org]:2222 ${A}`, [A], 2222],
  ['the hashed port', `${hashed('[10.0.0.5]:2222')} ${A}`, [A], 2222],
  ['the port before the plain name', `[w1.example.org]:2222 ${A}\nw1.example.org ${B}`, [A], 2222],
  ['the plain name where no line is for the port', `w1.example.org ${B}`, [B], 2222],
  ['another port', `[w1.example.org]:2222 ${A}`, undefined],
  ['a key that is revoked for the port', `w1.example.org ${A}\n@revoked [10.0.0.5]:2222 ${A}`, undefined, 2222],
  ['nothing', '', undefined],
];

describe('ssh_known_hosts', () => {
  for (const [name, text, keys, port = 22] of CASES) {
    it(`with ${name} ${keys === undefined ? 'knows no key' : 'knows the key'}`, async () => {
      expect(await known(text, { port })).to.deep.equal(keys);
    });
  }

  const FOREIGN =
    'w1.example.org (10.0.0.5): the line for 10.0.0.5 in ssh_known_hosts is one of Node cp1.example.org, and no line names w1.example.org. Find out which of them has that address: correct or remove the other Node (kubectl get nodes -o wide), or add a line that begins with w1.example.org';
  for (const [promise, text, about] of [
    ['names it as well', `cp1.example.org,10.0.0.5 ${A}`, {}],
    ['names it by its hash', `10.0.0.5 ${A}\n${hashed('cp1.example.org')},10.0.0.5 ${B}`, {}],
    ['names it by a pattern', `cp1.*,10.0.0.5 ${A}`, {}],
    ['names it with the port', `[cp1.example.org]:2222,[10.0.0.5]:2222 ${A}`, { port: 2222 }],
    [
      'has the address that it reports',
      `10.0.0.5 ${A}`,
      { nodes: async () => [{ ...CP1, internalIp: '::ffff:10.0.0.5' }] },
    ],
  ] as const)
    it(`does not give a Node the line of another: one that ${promise}`, async () => {
      const error = await failureOf(known(text, about));
      expect(error.message).to.equal(FOREIGN);
      expect(error.exitCode).to.equal(EXIT.Refused);
    });

  it('is not added to', () => {
    expect(knownHostsFile('', OPTIONS).remember).to.equal(undefined);
  });

  it('says where the line is to be found', () => {
    const keys = knownHostsFile('', OPTIONS);
    expect(keys.whereKept({ node: 'w1', uid: 'uid', address: '10.0.0.5' })).to.equal(
      'the line for w1 or 10.0.0.5 in ssh_known_hosts',
    );
  });

  it('says that it ignores a certificate authority', () => {
    const lines: string[] = [];
    knownHostsFile(`\n@cert-authority * ${A}`, { ...OPTIONS, log: (line) => lines.push(line) });
    expect(lines).to.deep.equal([
      'ssh_known_hosts:2: @cert-authority is ignored, host certificates are not supported; list the host keys',
    ]);
  });

  it('names every line that it cannot read', () => {
    const text = `w1 ${A}\nw1 ssh-rsa ${A.split(' ')[1] ?? ''}\nw1\n@marker w1 ${A}`;
    expect(() => knownHostsFile(text, OPTIONS))
      .to.throw(
        StepError,
        'cannot read ssh_known_hosts:2, ssh_known_hosts:3, ssh_known_hosts:4: expected "<hosts> <type> <base64>", as ssh-keyscan prints it',
      )
      .with.property('exitCode', EXIT.BadInput);
  });
});

describe('a fingerprint', () => {
  it('reads as ssh-keygen prints it', () => {
    // The host key of github.com, whose fingerprint GitHub publishes.
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
    expect(fingerprint(key)).to.equal('SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU');
  });
});
