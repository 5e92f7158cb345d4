import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
import { EXIT } from '../../../src/contract/exit-code.ts';
import { readPrivateKey, sshKeyProbe, sshRemote, type SshOptions } from '../../../src/steps/adapters/ssh.ts';
import { Secret } from '../../../src/steps/runtime/secret.ts';
import type { RemoteHost } from '../../../src/steps/ports/remote.ts';
import { identityOf, MACHINE_ID, USER_CERTIFICATE } from '../../support/fakes/kubelet-certificates.ts';
import { FakeHostKeys } from '../../support/fakes/remote.ts';
import { ecdsa, ed25519, rsa, type TestKey } from '../../support/fakes/ssh-keys.ts';
import { startSshServer, type SshServer, type SshServerOptions } from '../../support/fakes/ssh-server.ts';
import { describeKeyProbe, describeRemote, failureOf } from '../ports/remote.suite.ts';
import { isNotLetIn } from '../../../src/steps/adapters/ssh/login.ts';
import { fingerprint } from '../../../src/steps/adapters/ssh/public-key.ts';

const HOST: RemoteHost = { node: 'w1', uid: 'uid-of-w1', address: '127.0.0.1', machineId: MACHINE_ID };
const NOBODY: RemoteHost = { node: 'nobody', uid: 'uid-of-nobody', address: '127.0.0.99' };

let login: TestKey;
let hostKey: TestKey;
let server: SshServer;
let hostKeys: FakeHostKeys;

async function serve(more: Partial<SshServerOptions> = {}): Promise<void> {
  server = await startSshServer({ hostKeys: [hostKey.private], authorized: login.public, ...more });
}

const remoteWith = (more: Partial<SshOptions> = {}) =>
  sshRemote({
    user: 'root',
    port: server.port,
    privateKey: new Secret(login.private),
    hostKeys,
    connectTimeoutSeconds: 10,
    ...more,
  });

const run = (script = 'true', more: Partial<SshOptions> = {}) =>
  remoteWith(more).run(HOST, { script, timeoutSeconds: 30 });

before(() => {
  login = ed25519();
  hostKey = ed25519();
});

describeRemote('ssh to a real shell', async () => {
  hostKeys = new FakeHostKeys();
  await serve();
  return {
    ...{ remote: remoteWith(), host: HOST, nobody: NOBODY },
    // The machine that answers is w1 to all of them.
    strangers: [
      { ...HOST, node: 'cp1', uid: 'uid-of-cp1' },
      { ...HOST, machineId: 'f'.repeat(32) },
      { node: HOST.node, uid: HOST.uid, address: HOST.address },
    ],
    ...{ expect: () => undefined, end: () => server.close() },
  };
});

for (const [type, make] of [
  ['ed25519', ed25519],
  ['RSA', rsa],
] as const)
  describeKeyProbe(`ssh, by a key of type ${type}`, async () => {
    hostKeys = new FakeHostKeys();
    const [letIn, stranger] = [make(), make()];
    await serve({ authorized: letIn.public });
    const probe = sshKeyProbe({ user: 'root', port: server.port, hostKeys, connectTimeoutSeconds: 10 });
    const end = () => server.close();
    return { probe, host: HOST, nobody: NOBODY, letIn: letIn.public, stranger: stranger.public, end };
  });

describe('ssh, asked about a key', () => {
  beforeEach(() => {
    hostKeys = new FakeHostKeys();
  });
  afterEach(() => server.close());
  const probe = (signal?: AbortSignal) =>
    sshKeyProbe({ user: 'root', port: server.port, hostKeys, connectTimeoutSeconds: 10, signal });

  it('takes no answer from a machine with another host key than the known one', async () => {
    const key = ed25519().public;
    await serve({ authorized: key });
    hostKeys.keys.set(HOST.uid, [ed25519().public]);
    for (const offered of [key, ed25519().public]) {
      const error = await failureOf(probe().letsIn(HOST, offered));
      expect(error.message).to.match(/^w1 \(127\.0\.0\.1\) shows the host key .+, on record is /);
      expect(error.exitCode).to.equal(EXIT.Refused);
    }
  });

  it('remembers no host key: the machine is not proven to be the Node', async () => {
    const key = ed25519().public;
    await serve({ authorized: key });
    expect(await probe().letsIn(HOST, key)).to.equal(true);
    expect(hostKeys.keys.size).to.equal(0);
  });

  it('takes no answer when the step is told to end', async () => {
    const key = ed25519().public;
    await serve({ authorized: key });
    const error = await failureOf(probe(AbortSignal.abort()).letsIn(HOST, ed25519().public));
    expect(error.message).to.match(/stopped before it finished/);
  });

  it('takes the end of the connection for a refusal where sshd allows one attempt', () => {
    const refusal = Object.assign(new Error('Too many authentication failures'), { code: 2 });
    expect(isNotLetIn(refusal)).to.equal(true);
    expect(isNotLetIn(new Error('the connection was closed'))).to.equal(false);
  });

  it('refuses what is no public key', async () => {
    await serve();
    const error = await failureOf(probe().letsIn(HOST, 'ssh-ed25519 AAAA'));
    expect(error.message).to.equal('the public key cannot be read');
    expect(error.exitCode).to.equal(EXIT.Refused);
  });
});

describe('ssh', () => {
  beforeEach(() => {
    hostKeys = new FakeHostKeys();
  });
  afterEach(() => server.close());

  describe('with a host key', () => {
    it('remembers one that it meets for the first time, before it runs anything', async () => {
      const rememberedBefore: boolean[] = [];
      await serve({
        exec: (_line, channel) => {
          rememberedBefore.push(hostKeys.keys.has(HOST.uid));
          channel.exit(0);
          channel.end();
        },
      });
      await run();
      expect(rememberedBefore).to.deep.equal([true]);
      expect(hostKeys.keys.get(HOST.uid)).to.deep.equal([hostKey.public]);
    });

    it('accepts the one that is known', async () => {
      await serve();
      hostKeys.keys.set(HOST.uid, [ed25519().public, hostKey.public]);
      expect(await run()).to.include({ exitCode: 0 });
    });

    it('refuses another than the one that is known, and shows both', async () => {
      await serve();
      const other = ed25519().public;
      hostKeys.keys.set(HOST.uid, [other]);
      const error = await failureOf(run());
      expect(error.message).to.equal(
        `w1 (127.0.0.1) shows the host key ssh-ed25519 ${fingerprint(hostKey.public)}, on record is ssh-ed25519 ${fingerprint(other)}; ` +
          'find out who answers there; if the machine was reinstalled on purpose, remove key uid-of-w1 of the fake',
      );
      expect(error.exitCode).to.equal(EXIT.Refused);
      expect(server.lines).to.deep.equal([]);
      expect(hostKeys.keys.get(HOST.uid)).to.deep.equal([other]);
    });

    it('refuses one that it does not know when keys are not learned', async () => {
      await serve();
      hostKeys = new FakeHostKeys({ learns: false });
      const error = await failureOf(run());
      expect(error.message).to.equal(
        `no host key is known for w1 (127.0.0.1), which shows ssh-ed25519 ${fingerprint(hostKey.public)}; ` +
          'verify that on its console, then add the key to key uid-of-w1 of the fake',
      );
      expect(error.exitCode).to.equal(EXIT.Refused);
      expect(server.lines).to.deep.equal([]);
    });

    for (const [type, make] of [
      ['RSA', rsa],
      ['ECDSA', ecdsa],
    ] as const) {
      it(`asks a machine of several keys for the ${type} key when that is the one it knows`, async () => {
        const known = make();
        await serve({ hostKeys: [hostKey.private, known.private] });
        hostKeys.keys.set(HOST.uid, [known.public]);
        expect(await run()).to.include({ exitCode: 0 });
      });
    }

    it('refuses a machine that has no key of the type it knows', async () => {
      await serve();
      hostKeys.keys.set(HOST.uid, [ecdsa().public]);
      const error = await failureOf(run());
      expect(error.message).to.equal(
        'w1 (127.0.0.1) has no host key of the type on record (ecdsa-sha2-nistp256); ' +
          'find out who answers there; if the machine was reinstalled on purpose, remove key uid-of-w1 of the fake',
      );
      expect(error.exitCode).to.equal(EXIT.Refused);
    });

    it('refuses at once when the only key on record is of a type that it cannot check', async () => {
      await serve();
      hostKeys.keys.set(HOST.uid, ['ssh-dss AAAAB3NzaC1kc3M=']);
      const error = await failureOf(run());
      expect(error.message).to.match(/^w1 \(127.0.0.1\) has no host key of the type on record \(ssh-dss\); /);
    });
  });

  describe('with a machine that is not proven to be the Node', () => {
    const NOT_PROVEN = 'w1 (127.0.0.1) is not proven to be Node w1: the machine that answers';
    const NOTHING = 'Nothing was changed on it by this login';
    const LOOK =
      '/etc/kubernetes/kubelet.conf names that certificate on a node of kubeadm; look at it there: openssl x509 -noout -subject -in /var/lib/kubelet/pki/kubelet-client-current.pem';
    const NO_CERTIFICATE = `${NOT_PROVEN} shows no client certificate of a kubelet. ${NOTHING}; ${LOOK}`;
    const REBOOT = 'when /etc/machine-id was changed on purpose, restart the kubelet there: systemctl restart kubelet';
    const cases: [string, string, string][] = [
      [
        'by the certificate of its kubelet, also when the Node reports the machine ID of that machine',
        identityOf('cp1'),
        `${NOT_PROVEN} is Node cp1 by the certificate of its kubelet. ${NOTHING}; correct the address that Node w1 reports, or remove that Node: kubectl delete node w1`,
      ],
      [
        'by its machine ID',
        identityOf('w1', 'e'.repeat(32)),
        `${NOT_PROVEN} has the machine ID ${'e'.repeat(32)}, and its Node reports ${MACHINE_ID}. ${NOTHING}; ${REBOOT}`,
      ],
      [
        'without a machine ID',
        identityOf('w1', ''),
        `${NOT_PROVEN} has no machine ID, and its Node reports ${MACHINE_ID}. ${NOTHING}; ${REBOOT}`,
      ],
      [
        'by the answer of a log-in shell that runs nothing',
        'This account is currently not available.\n',
        `${NOT_PROVEN} runs no script: it answers "This account is currently not available." with exit code 0. ${NOTHING}; the log-in shell of ssh.user there must be one that runs: sh -c true`,
      ],
      ['without a certificate', `machine-id ${MACHINE_ID}\n`, NO_CERTIFICATE],
      [
        'by a certificate of somebody who is no kubelet',
        `machine-id ${MACHINE_ID}\n${USER_CERTIFICATE}`,
        NO_CERTIFICATE,
      ],
      [
        'by a text that is no certificate',
        `machine-id ${MACHINE_ID}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
        NO_CERTIFICATE,
      ],
    ];
    for (const [promise, identity, message] of cases)
      it(`runs nothing there and remembers nothing: ${promise}`, async () => {
        await serve({ identity });
        const error = await failureOf(run());
        expect(error.message).to.equal(message);
        expect(error.exitCode).to.equal(EXIT.Refused);
        expect(server.lines).to.deep.equal([]);
        expect(hostKeys.keys.size).to.equal(0);
      });
  });

  describe('with a login', () => {
    it('says what to check when its key is not let in, and does not remember the machine', async () => {
      await serve();
      const stranger = ed25519();
      const error = await failureOf(run('true', { privateKey: new Secret(stranger.private) }));
      expect(error.message).to.equal(
        `w1 (127.0.0.1) does not let root in with the key ${fingerprint(stranger.public)}; ` +
          'check that its public half is in the authorized_keys of root there and that sshd allows the login',
      );
      expect(error.exitCode).to.equal(EXIT.Refused);
      expect(hostKeys.keys.size).to.equal(0);
    });

    const line = (script: string): string =>
      `sh -c 'script=$(printf %s "$1" | base64 -d) && exec sh -c "$script"' sh ${Buffer.from(script).toString('base64')}`;

    it('becomes root by sudo as any other user, in a line that every log-in shell reads alike', async () => {
      await serve({
        exec: (_line, channel) => {
          end(channel, 0);
        },
      });
      await run(`echo "it's"`, { user: 'debian' });
      expect(server.lines).to.deep.equal([`env LC_ALL=C sudo -n ${line(`echo "it's"`)}`]);
    });

    it('uses no sudo as root', async () => {
      await serve();
      await run('true');
      expect(server.lines).to.deep.equal([line('true')]);
    });

    it('sends no character that fish or csh reads otherwise than sh, whatever the script', async () => {
      await serve();
      const script = `x="it's"\nprintf '%s\\n' "$x" '!a \\\\ \\'"'"`;
      expect((await run(script)).stdout).to.equal(`it's\n!a \\\\ \\'\n`);
      // Outside of the two quotes: plain words. Within: no backslash, no quote, no history of csh, no line end.
      expect(server.lines[0]).to.match(/^sh -c '[^'\\!\n]*' sh [A-Za-z0-9+/=]+$/);
    });

    it('runs nothing, and says so by the exit code, where the script cannot be decoded', async () => {
      await serve({
        exec: (asked, channel) => {
          const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', asked], {
            env: { PATH: '/nowhere' },
            encoding: 'utf8',
          });
          channel.write(stdout);
          channel.stderr.write(stderr);
          end(channel, status ?? 255);
        },
      });
      expect((await run('true')).exitCode).to.equal(127);
    });

    const NOPASSWD = 'give debian sudo without a password there (NOPASSWD), or log in as root';
    const REQUIRETTY = 'take requiretty from debian there (in sudoers: Defaults:debian !requiretty), or log in as root';
    const BARRED = 'unlock or renew the account of debian there (to see it: chage -l debian), or log in as root';
    const REFUSALS: readonly [string, string][] = [
      ['sudo: a password is required\n', NOPASSWD],
      ['sudo: sorry, you must have a tty to run sudo\n', REQUIRETTY],
      ['sudo: unable to resolve host w1: Name or service not known\nsudo: a password is required\n', NOPASSWD],
      ['debian is not in the sudoers file.\n', NOPASSWD],
      ["Sorry, user debian is not allowed to execute '/usr/bin/sh -c x' as root on w1.\n", NOPASSWD],
      ['debian is not in the sudoers file.  This incident will be reported.\n', NOPASSWD],
      ['Sorry, user debian may not run sudo on w1.\n', NOPASSWD],
      ['sudo: interactive authentication is required\n', NOPASSWD],
      ["sudo: I'm sorry debian. I'm afraid I can't do that\n", NOPASSWD],
      ["sudo: Sorry, user debian is not allowed to execute '/usr/bin/sh -c x' as root on w1.\n", NOPASSWD],
      ['sudo: account validation failure, is your account locked?\n', BARRED],
      ['sudo: Account or password is expired, reset your password and try again\n', BARRED],
      ["env: 'sudo': No such file or directory\n", NOPASSWD],
    ];
    it('takes a failure of the script for an answer, also where sudo warns of the name of the host', async () => {
      const stderr = 'sudo: unable to resolve host w1: Name or service not known\nkubeadm: no such file\n';
      await serve({
        exec: (_line, channel) => {
          channel.stderr.write(stderr);
          end(channel, 1);
        },
      });
      expect(await run('kubeadm version', { user: 'debian' })).to.include({ exitCode: 1, stderr });
    });

    for (const [said, remedy] of REFUSALS) {
      it(`does not take "${said.trim()}" for an answer of the script`, async () => {
        await serve({
          exec: (_line, channel) => {
            channel.stderr.write(said);
            end(channel, 1);
          },
        });
        const error = await failureOf(run('kubeadm version', { user: 'debian' }));
        expect(error.message).to.equal(`debian may not become root on w1 (127.0.0.1): ${said.trim()}; ${remedy}`);
        expect(error.exitCode).to.equal(EXIT.Refused);
      });
    }
  });

  describe('with a connection', () => {
    it('tells a program whose end sshd reports as a signal by the exit code of a shell', async () => {
      await serve({
        exec: (_line, channel) => {
          channel.exit('TERM');
          channel.end();
        },
      });
      expect(await run()).to.include({ exitCode: 143 });
    });

    it('asks to be tried again when it is lost in the middle', async () => {
      await serve({
        exec: (_line, _channel, connection) => {
          connection.end();
        },
      });
      const error = await failureOf(run('kubeadm upgrade apply v1.34.10\necho done'));
      expect(error.message).to.match(
        /^the session of "kubeadm upgrade apply v1.34.10" on w1 \(127.0.0.1\) was lost: \S/,
      );
      expect(error.exitCode).to.equal(EXIT.TryAgain);
    });

    it('does not take a session without an exit status for success', async () => {
      await serve({
        exec: (_line, channel) => {
          channel.end('half');
        },
      });
      const error = await failureOf(run('true'));
      expect(error.message).to.equal(
        'the session of "true" on w1 (127.0.0.1) was lost: it ended without an exit status',
      );
      expect(error.exitCode).to.equal(EXIT.TryAgain);
    });

    it('leaves when the step is told to end', async () => {
      const ending = new AbortController();
      let closed: Promise<unknown> = Promise.resolve();
      await serve({
        exec: (_line, _channel, connection: Connection) => {
          closed = new Promise<void>((resolve) => {
            connection.on('close', resolve);
          });
          ending.abort();
        },
      });
      const error = await failureOf(run('sleep 3600', { signal: ending.signal }));
      expect(error.message).to.equal('stopped before it finished');
      expect(error.exitCode).to.equal(EXIT.TryAgain);
      await closed;
    });

    it('does not begin when the step was told to end', async () => {
      await serve();
      expect(await failureOf(run('true', { signal: AbortSignal.abort() }))).to.include({ exitCode: EXIT.TryAgain });
      expect(server.lines).to.deep.equal([]);
    });

    it('keeps the end of a long output and says how much is missing', async () => {
      await serve();
      const { stdout } = await run('i=0; while [ $i -lt 400 ]; do printf "%01023d\\n" $i; i=$((i+1)); done');
      const [first = '', ...rest] = stdout.split('\n');
      expect(first).to.equal(`[the first ${400 * 1024 - 256 * 1024} bytes were cut]`);
      expect(rest.join('\n')).to.have.length(256 * 1024);
      expect(Number(rest.at(-2))).to.equal(399);
    });
  });

  describe('with its own key', () => {
    it('reads one whose line ends were changed on the way', async () => {
      await serve();
      const mangled = login.private.trim().replaceAll('\n', '\r\n');
      expect(await run('true', { privateKey: new Secret(mangled) })).to.include({ exitCode: 0 });
    });

    it('names the setting that names the Secret when a key cannot be read', () => {
      expect(() => readPrivateKey('/nowhere/ssh_key')).to.throw(
        "cannot read the SSH key /nowhere/ssh_key: ENOENT: no such file or directory, open '/nowhere/ssh_key'; " +
          'it is a key of the Secret that secrets.name of the settings names',
      );
    });

    it('refuses one with a passphrase', async () => {
      await serve();
      const { private: locked } = ssh2.utils.generateKeyPairSync('ed25519', {
        passphrase: 'x',
        cipher: 'aes256-ctr',
        rounds: 1,
      });
      expect(() => remoteWith({ privateKey: new Secret(locked) })).to.throw(
        'the SSH key cannot be used: Encrypted private OpenSSH key detected, but no passphrase given; ' +
          'an OpenSSH private key without a passphrase is needed',
      );
    });

    it('refuses the public half', async () => {
      await serve();
      expect(() => remoteWith({ privateKey: new Secret(login.public) })).to.throw(
        'the SSH key is a public key; the private one is needed',
      );
    });
  });
});

function end(channel: ServerChannel, code: number): void {
  channel.exit(code);
  channel.end();
}
