import { expect } from 'chai';
import { alertsDuring, newAlerts, type Alert } from '../../src/signals/alert-gate.ts';
import { keysIn } from '../../src/upgrade/host/authorized-keys.ts';
import { isEtcdAtTarget } from '../../src/upgrade/etcd/image.ts';
import { judgeFailure } from '../../src/upgrade/host/job-failure.ts';
import { LineReader, LONGEST_LINE } from '../../src/text/line-reader.ts';
import { differencesOf } from '../../src/upgrade/gate/manifests/differences.ts';
import { comparedTexts } from '../../src/upgrade/gate/manifests/unified-diff.ts';
import { KUBEADM_UPGRADE } from '../../src/upgrade/host/node-commands.ts';
import { parsePackages } from '../../src/upgrade/kubernetes/package-list.ts';
import { tryParseQuantity } from '../../src/upgrade/kubernetes/quantity.ts';
import { findSnapshot } from '../../src/upgrade/etcd/snapshot.ts';
import { snapshot } from '../../src/settings/snapshot.ts';

/** V8 keeps 64 MB at most to go back in a text. A repetition that matches 10 MB can need more, and throws a RangeError. */
const MB = 1_000_000;
const OLD = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOld0';

/** A reader that needs more than linear time takes minutes to years here, and mocha ends the test. */
describe('inputs of 4 MB are read in linear time', () => {
  const AUTHORIZED_KEYS: readonly [string, string][] = [
    ['escaped quotes', `"${'\\"'.repeat(2 * MB)}`],
    ['quotes', '"'.repeat(4 * MB)],
    ['blanks', ' '.repeat(4 * MB)],
    ['options', `${'a'.repeat(4 * MB)} `],
    ['a key type without an end', `ssh-${'a'.repeat(4 * MB)}`],
    ['base64 without an end', `ssh-rsa ${'A'.repeat(4 * MB)}!`],
  ];
  for (const [what, line] of AUTHORIZED_KEYS)
    it(`authorized_keys with ${what}`, () => {
      expect(keysIn(`${line}\n${OLD}\n`)).to.deep.equal([OLD]);
    });

  const PACKAGES: readonly [string, string][] = [
    ['tabs in a field', `Package:${'\t'.repeat(4 * MB)}x`],
    ['blanks after a field', `Package: x${' '.repeat(4 * MB)}y`],
    ['one name', 'a'.repeat(4 * MB)],
    ['colons', ':'.repeat(4 * MB)],
    ['carriage returns', '\r'.repeat(4 * MB)],
    ['empty lines', '\n'.repeat(2 * MB)],
    ['lines of blanks', ' \t\n'.repeat(MB)],
    ['a revision', `Package: kubeadm\nVersion: 1.34.9${'-1'.repeat(2 * MB)}`],
  ];
  for (const [what, text] of PACKAGES)
    it(`a Packages file with ${what}`, () => {
      const releases = parsePackages(`${text}\n\nPackage: kubeadm\nVersion: 1.34.9-1.1\n`, 'kubeadm');
      expect(releases?.map(({ version }) => version)).to.deep.equal([{ major: 1, minor: 34, patch: 9 }]);
    });

  it('the log of a snapshot, read from its end', () => {
    const { default: pattern = '' } = snapshot.members.logPattern;
    const noise = 'Backup done: '.repeat(10_000);
    const line = 'Backup done: /backup/etcd.db (2048 bytes)';
    expect(findSnapshot(`${noise.repeat(100)}\n${line}\n`, pattern, 1024)).to.deep.equal({
      file: '/backup/etcd.db',
      bytes: 2048,
    });
    expect(findSnapshot(`${line}\n${noise}\n`, pattern, 1024)).to.have.property('bytes', 2048);
  });

  it('a comparison of manifests', () => {
    const words = Array.from({ length: 100_000 }, (_, number) => `--flag-${number}`);
    const diff = `--- /m.yaml\n+++ new manifest\n@@ -1,100000 +1,0 @@\n`;
    expect(comparedTexts(diff)).to.equal(undefined);
    const lines = words.map((word) => `-- ${word}\n+- ${word}\n`).join('');
    expect(comparedTexts(`--- /m.yaml\n+++ new manifest\n@@ -1,100000 +1,100000 @@\n${lines}`)).to.have.length(1);
    const pod = (command: readonly string[]) => ({
      spec: { containers: [{ name: 'etcd', command: ['etcd', ...command] }] },
    });
    expect(differencesOf(pod(words), pod(words.slice(1)), 'etcd').map(({ part }) => part.name)).to.deep.equal([
      'the flag --flag-0',
    ]);
  });

  it('the output of a job', () => {
    const lines = [
      `error ${'FATAL '.repeat(MB)}`,
      `FATAL ${'Get "'.repeat(MB)}`,
      `error ${'static Pod hash for component '.repeat(MB / 10)}`,
    ];
    expect(judgeFailure(KUBEADM_UPGRADE, 1, lines)).to.equal('final');
    expect(judgeFailure(KUBEADM_UPGRADE, 1, [`${lines.join('')}connection refused`])).to.equal('may-pass');
  });

  it('the images of etcd', () => {
    expect(isEtcdAtTarget(`wanted ${':x@'.repeat(MB)}\nwritten ${':x@'.repeat(MB)}\n`, 'etcd:3')).to.equal(false);
  });

  it('a quantity', () => {
    expect(tryParseQuantity(`${'1'.repeat(4 * MB)}x`)).to.equal(undefined);
  });

  it('alerts', () => {
    const alerts = Array.from({ length: 20_000 }, (_, number): Alert => ({
      name: 'Down',
      labels: { alertname: 'Down', pod: `web-${number}`, severity: 'warning' },
    }));
    const scope = { severities: [], ignore: ['(?:a|aa)+'], gateLabel: 'gate' };
    const named = { name: 'a'.repeat(MB / 10), labels: { alertname: 'a' } };
    expect(alertsDuring([...alerts, named], scope)).to.have.length(20_000);
    expect(newAlerts(alerts.slice(1), alerts)).to.deep.equal([alerts[0]]);
  });
});

describe('a reader of lines', () => {
  it('gives the lines of a text that arrives in single characters', () => {
    const [reader, got] = [new LineReader(), [] as string[]];
    const line = 'x'.repeat(LONGEST_LINE);
    const text = `${line}\n`.repeat(15);
    for (const character of text) got.push(...reader.add(character));
    expect(got).to.deep.equal(Array<string>(15).fill(line));
    expect(reader.end()).to.deep.equal([]);
  });

  it('gives a line that is too long in pieces', () => {
    const reader = new LineReader();
    const got = [...reader.add(`${'x'.repeat(4 * MB)}\ny`), ...reader.end()];
    expect(got.map(({ length }) => length)).to.deep.equal([
      ...Array<number>(Math.floor((4 * MB) / LONGEST_LINE)).fill(LONGEST_LINE),
      (4 * MB) % LONGEST_LINE,
      1,
    ]);
  });
});
