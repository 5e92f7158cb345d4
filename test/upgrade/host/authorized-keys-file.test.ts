import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  CHANGED_EXIT_CODE,
  NO_FILE_EXIT_CODE,
  parseKeysFile,
  readKeysScript,
  writeKeysScript,
  type KeysFile,
} from '../../../src/upgrade/host/authorized-keys-file.ts';

describe('the authorized_keys of a node, by a real shell', () => {
  let home = '';
  const file = (): string => join(home, '.ssh', 'authorized_keys');
  const sh = (script: string, input = '') => {
    const env = { ...process.env, PATH: `${home}/bin:${process.env['PATH'] ?? ''}` };
    return spawnSync('sh', ['-c', script], { input, encoding: 'utf8', env });
  };
  const read = (): KeysFile => {
    const seen = parseKeysFile(sh(readKeysScript('upgrader')).stdout);
    if (!seen.known) throw new Error(seen.reason);
    return seen.value;
  };
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'keys-'));
    mkdirSync(join(home, 'bin'));
    mkdirSync(join(home, '.ssh'));
    // What the node says of its user.
    writeFileSync(join(home, 'bin', 'getent'), `#!/bin/sh\necho "$2:x:1000:1000::${home}:/bin/sh"\n`, { mode: 0o755 });
    writeFileSync(file(), 'ssh-ed25519 AAAA old ü\n');
    chmodSync(file(), 0o640);
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });

  it('is read to the letter, where it really is', () => {
    rmSync(file());
    writeFileSync(join(home, 'elsewhere'), 'a\nü without end');
    symlinkSync(join(home, 'elsewhere'), file());
    expect(read()).to.include({ path: join(home, 'elsewhere'), text: 'a\nü without end' });
  });

  it('is missed when it is not there', () => {
    rmSync(file());
    expect(sh(readKeysScript('upgrader')).status).to.equal(NO_FILE_EXIT_CODE);
  });

  it('is written as a whole, with the mode that it had, and nothing is left beside it', () => {
    const { status, stderr } = sh(writeKeysScript(read(), 'new ü\n'), 'new ü\n');
    expect([status, stderr]).to.deep.equal([0, '']);
    expect(readFileSync(file(), 'utf8')).to.equal('new ü\n');
    expect(statSync(file()).mode & 0o777).to.equal(0o640);
    expect(readdirSync(join(home, '.ssh'))).to.deep.equal(['authorized_keys']);
  });

  it('is not written when somebody else has written it since', () => {
    const seen = read();
    writeFileSync(file(), 'theirs\n');
    expect(sh(writeKeysScript(seen, 'ours\n'), 'ours\n').status).to.equal(CHANGED_EXIT_CODE);
    expect(readFileSync(file(), 'utf8')).to.equal('theirs\n');
    expect(readdirSync(join(home, '.ssh'))).to.deep.equal(['authorized_keys']);
  });

  it('is not written when the text did not arrive whole', () => {
    expect(sh(writeKeysScript(read(), 'whole\n'), 'wh').status).to.equal(75);
    expect(readFileSync(file(), 'utf8')).to.equal('ssh-ed25519 AAAA old ü\n');
  });

  it('is no answer when it breaks off, or is no text', () => {
    for (const stdout of ['', 'file /a\nsum x\ntext \nread\n', `file /a\nsum ${'0'.repeat(64)}\ntext YQ==\n`])
      expect(parseKeysFile(stdout)).to.deep.equal({ known: false, reason: 'the answer broke off' });
    expect(parseKeysFile(`file /a\nsum ${'0'.repeat(64)}\ntext /w==\nread\n`)).to.deep.equal({
      known: false,
      reason: '/a is no UTF-8 text',
    });
  });
});
