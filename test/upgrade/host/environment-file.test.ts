import { expect } from 'chai';
import fc from 'fast-check';
import { flagsInEnvironment, parseFlags, splitWords } from '../../../src/upgrade/gate/boundary/flags.ts';
import { parseEnvironmentFile } from '../../../src/upgrade/host/environment-file.ts';

describe('a file of variables', () => {
  // As systemd 257 reads them.
  const FILES: readonly [what: string, text: string, expected: Record<string, string>][] = [
    ['nothing', '', {}],
    ['no line end', 'A=b', { A: 'b' }],
    ['blanks around everything', '  A =  b c \t\n', { A: 'b c' }],
    ['comments of both kinds', '# A=1\n; B=2\n  # C=3\nD=4\n', { D: '4' }],
    ['a comment that goes on', '# x \\\nA=1\nB=2', { B: '2' }],
    ['double quotes', 'A="--x=1 --y=\\"2 3\\" \\$z \\q"', { A: '--x=1 --y="2 3" $z \\q' }],
    ['single quotes', `A='--x="1" \\ $z'`, { A: '--x="1" \\ $z' }],
    ['quotes within a value, which are part of it', 'A=--x="1 2"', { A: '--x="1 2"' }],
    ['a quoted part and more', 'A="b c"d', { A: 'b cd' }],
    ['a value over two lines', 'A=b\\\nc\nB="d\\\ne"', { A: 'bc', B: 'de' }],
    ['a quoted value over two lines', 'A="b\nc"', { A: 'b\nc' }],
    ['a quote that never ends', 'A="b', { A: 'b' }],
    ['blanks at the end of quotes, which stay', 'A="b "  \nB=c', { A: 'b ', B: 'c' }],
    ['an escaped blank at the end', 'A=b\\ \nB=c', { A: 'b ', B: 'c' }],
    ['nothing after the =', 'A=\nB=""\n', { A: '', B: '' }],
    ['a line without =', 'export\nA=b', { A: 'b' }],
    ['the same twice, of which the last counts', 'A=1\nA=2', { A: '2' }],
    ['line ends of another world', 'A=b\r\nB="c"\r\n', { A: 'b', B: 'c' }],
  ];
  for (const [what, text, expected] of FILES)
    it(`with ${what}`, () => {
      expect(Object.fromEntries(parseEnvironmentFile(text))).to.deep.equal(expected);
    });

  it('gives back whatever was put into it in double quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const quoted = value.replaceAll(/["\\$`]/g, '\\$&');
        expect(parseEnvironmentFile(`A="${quoted}"\n`).get('A')).to.equal(value);
      }),
    );
  });
});

describe('the flags in a command line', () => {
  const WORDS: readonly [string, string[]][] = [
    ['', []],
    ['  a\tb\n c ', ['a', 'b', 'c']],
    [`--a="b c" --d='e "f"' g\\ h`, ['--a=b c', '--d=e "f"', 'g h']],
    [`"a"'b'c`, ['abc']],
    ['""', ['']],
    ['"a b', ['a b']],
    ["it\\'s", ["it's"]],
    ['"a\\"b"', ['a"b']],
    ['a\\', ['a']],
  ];
  for (const [text, expected] of WORDS)
    it(`are words: ${text || 'none'}`, () => {
      expect(splitWords(text)).to.deep.equal(expected);
    });

  it('never break the reader, and every blank outside of quotes divides', () => {
    const odd = fc.string({ unit: fc.constantFrom('a', '"', "'", '\\', ' ', '\n') });
    fc.assert(
      fc.property(odd, (text) => {
        for (const word of splitWords(text)) expect(word).to.be.a('string');
      }),
    );
    const plain = fc.array(fc.string({ unit: fc.constantFrom('a', '-', '='), minLength: 1 }));
    fc.assert(
      fc.property(plain, (words) => {
        expect(splitWords(words.join(' \t'))).to.deep.equal(words);
      }),
    );
  });

  it('are named by name and value, in every way in which the components take them', () => {
    const words = ['--a=b', '--c', 'd', '--e', '--f_g=h=i', '-v=2', '--j=', 'k', '--', '--l=m'];
    expect(parseFlags(words)).to.deep.equal([
      { name: 'a', value: 'b' },
      { name: 'c', value: 'd' },
      { name: 'e', value: '' },
      { name: 'f-g', value: 'h=i' },
      { name: 'j', value: '' },
    ]);
  });

  it('are those of every variable of a file', () => {
    const kubeadm =
      'KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=unix:///run/containerd/containerd.sock --pod-infra-container-image=registry.k8s.io/pause:3.9"\n';
    expect(flagsInEnvironment(kubeadm).map(({ name }) => name)).to.deep.equal([
      'container-runtime-endpoint',
      'pod-infra-container-image',
    ]);
    const extra = `# ours\nKUBELET_EXTRA_ARGS=--node-labels="a=b,c=d" --feature_gates 'X=true,Y=false'\nOTHER='--cloud-config /etc/cloud'\n`;
    expect(flagsInEnvironment(extra)).to.deep.equal([
      { name: 'node-labels', value: 'a=b,c=d' },
      { name: 'feature-gates', value: 'X=true,Y=false' },
      { name: 'cloud-config', value: '/etc/cloud' },
    ]);
  });
});
