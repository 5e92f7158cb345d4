import { expect } from 'chai';
import { stringify } from 'yaml';
import { SettingsError } from '../../src/cluster/problem.ts';
import { readSettings } from '../../src/cluster/read.ts';
import { clusterSchema } from '../../src/cluster/schema.ts';
import type { SettingSchema } from '../../src/settings/schema.ts';

/** Settings as typed, and the secrets in them, which no message may show. */
const SECRETS = {
  'a Slack webhook': ['https://hooks.slack.com/services/T000/B000/sWordfish', /sWordfish|T000|B000/],
  'a password in an address': ['http://user:sWordfish@proxy.example.com:3128', /sWordfish/],
  'a password with a space': ['http://user:sWord fish@proxy.example.com:3128', /sWord|fish/],
  'a token in a query': ['https://prometheus.example.com/x?token=sWordfish', /sWordfish/],
  'a token in a path': ['https://prometheus.example.com/a1b2c3d4e5f6a7b8c9d0e1f2', /a1b2c3/],
  'a login of a registry': ['user:sWordfish@registry.example.com/platform/upgrade', /sWordfish/],
  'a private key': [
    '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktsWordfish\n-----END OPENSSH PRIVATE KEY-----\n',
    /sWordfish|b3Blb/,
  ],
  'a JWT': ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzV29yZGZpc2gifQ.c2lnbmF0dXJl', /eyJ|c2ln/],
  'a GitHub token': ['ghp_0123456789abcdefsWordfish', /sWordfish|0123456/],
  'a long random word': ['kJ8sWordfish2mN4pQ6rS9tU', /sWordfish|kJ8/],
} as const;

/** Each path to a setting that holds no other, as the value that a file would have there. */
function leaves(schema: SettingSchema, path: string, wrap: (value: unknown) => unknown): [string, typeof wrap][] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([key, child]) =>
    leaves(child, `${path}.${key}`, (value) => wrap({ [key]: value })),
  );
  const items = schema.items === undefined ? [] : leaves(schema.items, `${path}[]`, (value) => wrap([value]));
  // A section or a list can be given a text, too.
  return [[path, wrap], ...below, ...items];
}

const ALL = leaves(clusterSchema, '', (value) => value).slice(1);

const SECTIONS = ALL.filter(([path]) => ALL.some(([other]) => other.startsWith(`${path}.`)) && !path.includes('[]'));

/** What a person would be told; the longest text that a file can lead to. */
function told(text: string): string {
  const { problems } = readSettings(text, 'prod.yaml');
  return problems.length === 0 ? '' : new SettingsError(problems).message;
}

describe('a secret in a settings file', function () {
  this.timeout(60_000);

  it('is looked for in every setting', () => {
    expect(ALL.length).to.be.greaterThan(150);
  });

  for (const [what, [secret, hidden]] of Object.entries(SECRETS)) {
    it(`is not said, whichever setting it is: ${what}`, () => {
      const said = ALL.map(([path, wrap]) => `${path}: ${told(stringify(wrap(secret)))}`);
      expect(said.filter((text) => hidden.test(text))).to.deep.equal([]);
      expect(said.filter((text) => text.includes('[secret]')).length).to.be.greaterThan(50);
    });

    it(`is not said when it is a key: ${what}`, () => {
      const said = SECTIONS.map(([, wrap]) => told(stringify(wrap({ [secret]: true }))));
      expect(said.filter((text) => hidden.test(text))).to.deep.equal([]);
    });

    it(`is not said when the file is no YAML, or has it twice: ${what}`, () => {
      const line = JSON.stringify(secret);
      const files = [
        `a: ${secret}\n b: [`,
        `a: "${secret}`,
        `? ${secret}`,
        `a: !${secret} x`,
        `a: *${secret}`,
        `a: &${secret} x`,
        `a: |${secret}\n`,
        `a: 'x'${secret}`,
        `%${secret}\n---\n`,
        `@${secret}`,
        `a: x: ${secret}`,
        `${line}: 1\n${line}: 2\n`,
        `policy: { skipVersions: [${line}, ${line}] }`,
        secret,
      ];
      for (const file of files) expect(told(file), file).to.not.match(hidden).and.not.equal('');
    });
  }

  it('is not said when it is a name: an alias, a tag or text that stands in the wrong place', () => {
    for (const file of ['a: *hunter2', 'a: !hunter2 x', 'a: |hunter2\n  x', 'notify: { slack: *hunter2 }'])
      expect(told(file), file).to.not.include('hunter2').and.not.equal('');
  });

  it('is refused as the user or the password of an address, and the error says that', () => {
    const file = (settings: string): string => told(`images: { repository: localhost/x }\n${settings}`);
    expect(file('packages: { repository: "https://bot:hunter2@mirror.example.com/k8s" }')).to.equal(
      'prod.yaml:2:13  packages.repository: saw "https://[secret]@mirror.example.com/k8s", expected an http or https URL without a slash at its end, such as https://pkgs.k8s.io/core:/stable:; it has a user or a password, which must not be in a file that is committed: remove it, put user:password into the Secret as repository_login, and set packages.repositoryLogin: basic',
    );
    for (const address of [
      'https://hunter2@p.example.com',
      'http://bot:hunter2/x@p:9090/',
      'https://bot:@p',
      ' http://a:hunter2@p',
    ])
      expect(file(`monitoring: { prometheusUrl: "${address}" }`), address)
        .to.include('it has a user or a password')
        .and.include(
          'remove it, put user:password into the Secret as prometheus_login, and set monitoring.prometheusLogin: basic',
        )
        .and.not.include('hunter2');
  });

  it('is refused where earlier releases had the address of a webhook, and the error says what to do', () => {
    expect(
      told('images: { repository: localhost/x }\nnotify: { webhookUrl: "http://bot.chat.svc:8080/hunter2" }'),
    ).to.equal(
      'prod.yaml:2:11  notify.webhookUrl: not a setting any more, since the address is a secret; put the address into the Secret as webhook_url, set notify.webhook: true, and set notify.webhookPort to its port',
    );
  });

  for (const [setting, key] of [
    ['slack', 'slack_webhook'],
    ['webhook', 'webhook_url'],
  ] as const)
    it(`is refused as notify.${setting}, and the error says where the address belongs`, () => {
      const file = `images: { repository: localhost/x }\nnotify: { ${setting}: "https://bot.example.com/x?token=hunter2" }`;
      expect(told(file)).to.equal(
        `prod.yaml:2:11  notify.${setting}: saw "https://bot.example.com/x?[secret]", expected true or false; the address belongs in the Secret, under the key ${key}`,
      );
    });
});
