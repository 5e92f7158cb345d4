import { expect } from 'chai';
import { redact, redactValue } from '../../src/text/redact.ts';

const PEM = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\nAAAB\n-----END OPENSSH PRIVATE KEY-----';
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP';

describe('redaction', () => {
  for (const [text, expected] of [
    ['asked http://user:hunter2@proxy:3128 in vain', 'asked http://[secret]@proxy:3128 in vain'],
    [
      '--listen-metrics-urls=http://10.0.0.1:2381,http://[::1]:2382',
      '--listen-metrics-urls=http://10.0.0.1:2381,http://[::1]:2382',
    ],
    ['http://a:1,https://user:hunter2@b:2,http://c', 'http://[secret]@b:2,http://c'],
    ['http://user:hun,http://ter2@host', 'http://[secret],http://[secret]@host'],
    ['(https://user@host/path); next', '(https://[secret]@host/path); next'],
    ['at https://host/a/b?sig=x&y=1.', 'at https://host/a/b?[secret].'],
    ['https://host/#token', 'https://host/#[secret]'],
    ['https://hooks.slack.com/services/T/B/x', 'https://hooks.slack.com/[secret]'],
    ['hooks.slack.com/services/T/B/x', 'hooks.slack.com/[secret]'],
    ['https://discord.com/api/webhooks/123/abc', 'https://discord.com/api/webhooks/[secret]'],
    ['https://acme.webhook.office.com/webhookb2/a@b/c', 'https://[secret]'],
    ['https://outlook.webhook.office.com/webhookb2/a', 'https://outlook.webhook.office.com/[secret]'],
    ['https://host/prefix/a1b2c3d4e5f6a7b8c9d0e1/x', 'https://host/prefix/[secret]'],
    ['http://u:pa/ss@host', 'http://[secret]'],
    ['https://hooks.slack.com:s3cr3t/x', 'https://[secret]'],
    ['http://[2001:db8::1]:91x/y, http://[2001:db8::1]:9091/y', 'http://[secret], http://[2001:db8::1]:9091/y'],
    ['"user:hunter2@registry.example.com/x"', '"[secret]@registry.example.com/x"'],
    [`saw ${PEM} there`, 'saw [secret] there'],
    [`saw ${PEM.slice(0, 60)}`, 'saw [secret]'],
    [`token ${JWT} refused`, 'token [secret] refused'],
    ['Authorization: Bearer abc123def', 'Authorization: Bearer [secret]'],
    ['api_key=abc, password=d', 'api_key=[secret] password=[secret]'],
    [
      'PGPASSWORD=hunter2 --token="hunter2" secret=\'hunter2\'',
      'PGPASSWORD=[secret] --token="[secret]" secret=\'[secret]\'',
    ],
    [JSON.stringify('password="hunter2"'), '"password=\\"[secret]""'],
    ['{"password":"hunter2","token": "hunter2"}', '{"password":"[secret]","token": "[secret]"}'],
    [JSON.stringify('{"api_key":"hunter2"}'), '"{\\"api_key\\":\\"[secret]"}"'],
    ['password: hunter2, x-api-key: hunter2', 'password: [secret], x-api-key: [secret]'],
    ['Authorization: hunter2', 'Authorization: [secret]'],
    ['//user:hunter2@proxy:3128', '//[secret]@proxy:3128'],
    ['https://n8n.example.com/webhook-test/hunter2', 'https://n8n.example.com/webhook-test/[secret]'],
    ['ghp_0123456789abcdef xoxb-1234567890-abc', '[secret] [secret]'],
  ] as const)
    it(`hides what is secret in ${JSON.stringify(text)}`, () => {
      expect(redact(text)).to.equal(expected);
    });

  for (const text of [
    'could not list nodes for 20 s; the last answer was: HTTP 503: starting up',
    'https://pkgs.k8s.io/core:/stable:/v1.34/deb/InRelease answers HTTP 404',
    'http://bot.chat.svc:8080/upgrades, https://argo.example.com/workflows/k8s-upgrade/k8s-upgrade-nightly-1790000000',
    'Secret k8s-upgrade/k8s-upgrade-creds: no ssh_key, slack_webhook',
    'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU is not the key',
    'registry.example.com:5000/etcd:3.6.5@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGq0jRjD a comment',
    'sudo: a password is required; the Secret: it has no ssh_key',
    'registry.example.com/etcd:3.6.5 and git@example.com:team/repository',
    'run 2f0a3c1e-8f57-4a7b-9b1e-2f0d5c1f7a11 holds the Lease',
    'kubectl annotate node w1 argo-kubeadm-upgrade.io/ledger-',
  ])
    it(`leaves as it is: ${text}`, () => {
      expect(redact(text)).to.equal(text);
    });

  for (const [value, expected] of [
    ['http://u:pa ss@host/x', 'http://[secret]@host/x'],
    ['aB3dE5fG7hJ9kL', '[secret]'],
    ['0123456789abcdef0123456789abcdef', '[secret]'],
    ['wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', '[secret]'],
    ['prefix a1b2c3d4e5f6a7b8c9d0 suffix', 'prefix [secret] suffix'],
  ] as const)
    it(`hides in one value what only looks like a secret: ${value}`, () => {
      expect(redactValue(value)).to.equal(expected);
    });

  for (const value of [
    'drain@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '/var/lib/k8s-upgrade-etcd-backup',
    'gcr.io/etcd-development/etcd:v3.6.5',
    'k8s-upgrade-nightly-1790000000-drain-1234',
    'kube-system/backup-etcd',
    'minimumReleaseAgeDays',
    'Europe/Berlin',
  ])
    it(`leaves a value as it is: ${value}`, () => {
      expect(redactValue(value)).to.equal(value);
    });

  for (const piece of ['-----BEGIN X-----', 'https://host/a/', 'a', ',a:b'])
    it(`reads the beginning of 10 MB of ${piece}, and counts the rest`, () => {
      const text = `${piece}${'a'.repeat(10_000_000)}`;
      expect(redact(text)).to.match(/ \(9869\d{3} more characters\)$|^\[secret\]$|\[secret\] more characters\)$/);
      expect(redactValue(text).length).to.be.lessThan(131_072);
      expect(redact(redact(text))).to.equal(redact(text));
    });

  it('takes no longer for a long text than it must', () => {
    for (const piece of ['a:', 'http://', '-----BEGIN X-----', 'x=(', '@', 'eyJ', 'a/', 'token=', '!'])
      expect(redactValue(piece.repeat(200_000 / piece.length)).length).to.be.greaterThan(0);
  });
});
