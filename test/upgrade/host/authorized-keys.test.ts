import { expect } from 'chai';
import fc from 'fast-check';
import { addKey, keysIn, parseLine, removeKey } from '../../../src/upgrade/host/authorized-keys.ts';

const OLD = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOld0';
const NEW = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINew0';
const ALICE = 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQAlice==';

describe('a line of authorized_keys', () => {
  const LINES: readonly [string, ReturnType<typeof parseLine>][] = [
    [OLD, { options: '', key: OLD }],
    [`${OLD} alice@example.com`, { options: '', key: OLD }],
    [`\t ${OLD.replace(' ', '\t ')}\tcomment here`, { options: '', key: OLD }],
    [`${OLD}\r`, { options: '', key: OLD }],
    [`no-pty ${OLD}`, { options: 'no-pty', key: OLD }],
    [
      `from="10.0.0.0/8,*.example.com",command="echo \\"a b\\"" ${OLD} x`,
      { options: 'from="10.0.0.0/8,*.example.com",command="echo \\"a b\\""', key: OLD },
    ],
    [`command="${OLD}" ${ALICE}`, { options: `command="${OLD}"`, key: ALICE }],
    [`environment="A=ssh-rsa B",no-pty ${OLD}`, { options: 'environment="A=ssh-rsa B",no-pty', key: OLD }],
    ['sk-ssh-ed25519@openssh.com AAAAGnNr', { options: '', key: 'sk-ssh-ed25519@openssh.com AAAAGnNr' }],
    [`# ${OLD}`, undefined],
    ['', undefined],
    ['   ', undefined],
    ['ssh-ed25519', undefined],
    [`command="unfinished ${OLD}`, undefined],
  ];
  for (const [line, seen] of LINES)
    it(`${seen === undefined ? 'lets nobody in' : 'lets a key in'}: ${JSON.stringify(line)}`, () => {
      expect(parseLine(line)).to.deep.equal(seen);
    });
});

describe('authorized_keys', () => {
  it('gets the new key under the conditions of the old one', () => {
    expect(addKey(`${ALICE} alice\nfrom="10.0.0.5" ${OLD} old`, NEW, OLD)).to.deep.equal({
      kind: 'changed',
      text: `${ALICE} alice\nfrom="10.0.0.5" ${OLD} old\nfrom="10.0.0.5" ${NEW} argo-kubeadm-upgrade\n`,
    });
  });

  it('gets it once', () => {
    expect(addKey(`${OLD}\nno-pty ${NEW}\n`, NEW, OLD)).to.deep.equal({ kind: 'as-it-is' });
  });

  it('stays as it is where the key that we logged in with is not in it', () => {
    const because = 'the key that we logged in with is not in it';
    for (const text of ['', `${ALICE}\n`, `# ${OLD}\n`])
      expect(addKey(text, NEW, OLD)).to.deep.equal({ kind: 'refused', because });
  });

  it('loses every line of the old key, and no other', () => {
    const text = `# ours\n${OLD} a\n\n${ALICE}\nno-pty ${OLD} b\n${NEW}\n`;
    expect(removeKey(text, OLD, NEW)).to.deep.equal({ kind: 'changed', text: `# ours\n\n${ALICE}\n${NEW}\n` });
    expect(removeKey(`${NEW}\n${OLD}x\n`, OLD, NEW)).to.deep.equal({ kind: 'as-it-is' });
  });

  it('loses nothing that would leave us outside', () => {
    expect(removeKey(`${OLD}\n${ALICE}\n`, OLD, NEW)).to.deep.equal({
      kind: 'refused',
      because: 'the key to keep is not in it',
    });
    expect(removeKey(`${OLD}\n`, OLD, OLD)).to.deep.equal({
      kind: 'refused',
      because: 'the key to remove is the one to keep',
    });
  });

  const anyKey = fc.constantFrom(OLD, NEW, ALICE);
  const anyOptions = fc.constantFrom('', 'no-pty ', 'from="10.0.0.0/8" ', 'command="echo \\"a b\\"",no-pty ');
  const keyLine = fc
    .tuple(anyOptions, anyKey, fc.constantFrom('', ' c', ' a b\t', '\r'))
    .map((parts) => parts.join(''));
  const anyLine = fc.oneof(
    keyLine,
    fc.string().map((line) => line.replaceAll('\n', ' ')),
    fc.constantFrom('', `# ${OLD}`),
  );
  const anyText = fc
    .tuple(fc.array(anyLine, { maxLength: 8 }), fc.boolean())
    .map(([lines, ends]) => lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''));
  const others = (text: string, ...ours: string[]): string[] =>
    text.split('\n').filter((line) => line !== '' && !ours.includes(parseLine(line)?.key ?? ''));

  it('law: adding alters no line that was there, and the key is in it once more than never', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const edit = addKey(text, NEW, OLD);
        if (edit.kind !== 'changed') return;
        expect(edit.text.startsWith(text)).to.equal(true);
        expect(keysIn(edit.text).filter((key) => key === NEW)).to.have.length(1);
        expect(others(edit.text, NEW)).to.deep.equal(others(text, NEW));
        expect(addKey(edit.text, NEW, OLD)).to.deep.equal({ kind: 'as-it-is' });
      }),
    );
  });

  it('law: removing takes the old key alone, and somebody is always let in', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const edit = removeKey(text, OLD, NEW);
        const after = edit.kind === 'changed' ? edit.text : text;
        expect(others(after, OLD)).to.deep.equal(others(text, OLD));
        if (edit.kind === 'refused') return;
        expect(keysIn(after)).to.include(NEW);
        expect(keysIn(after)).to.not.include(OLD);
        expect(removeKey(after, OLD, NEW)).to.deep.equal({ kind: 'as-it-is' });
      }),
    );
  });

  it('law: a rotation leaves what was there, with the new key where the old one was let in', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const added = addKey(text, NEW, OLD);
        if (added.kind !== 'changed') return;
        const removed = removeKey(added.text, OLD, NEW);
        expect(removed.kind).to.equal('changed');
        const model = text.split('\n').flatMap((line) => parseLine(line) ?? []);
        const options = model.find(({ key }) => key === OLD)?.options;
        const left = removed.kind === 'changed' ? removed.text : '';
        const last = left
          .split('\n')
          .flatMap((line) => parseLine(line) ?? [])
          .at(-1);
        expect(last).to.deep.equal({ options, key: NEW });
      }),
    );
  });
});
