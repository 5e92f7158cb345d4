import { expect } from 'chai';
import { formatLogins, loginKindIn, loginOf } from '../../src/run/server-login.ts';

describe('a login', () => {
  const header = (kind: 'basic' | 'bearer', text: string): string => {
    const login = loginOf(kind, text);
    return 'problem' in login ? login.problem : login.header;
  };

  it('is a user and a password, or a token, without the line feed of a file', () => {
    expect(header('basic', 'bot:pa:ss wörd\n')).to.equal(`Basic ${Buffer.from('bot:pa:ss wörd').toString('base64')}`);
    expect(header('bearer', 'abc.DEF-123_~+/==\r\n')).to.equal('Bearer abc.DEF-123_~+/==');
  });

  for (const text of ['', '\n', 'hunter2', ':hunter2', 'bot:', 'bot:a\nb', 'bot:a\u0000b'])
    it(`is refused as basic, and not quoted: ${JSON.stringify(text)}`, () => {
      expect(header('basic', text)).to.equal('is no user and password, expected user:password in one line');
    });

  for (const text of ['', ' ', 'Bearer hunter2', 'hunter2\nX-Other: 1', 'hünter2', '{"token":"hunter2"}'])
    it(`is refused as bearer, and not quoted: ${JSON.stringify(text)}`, () => {
      expect(header('bearer', text)).to.equal('is no bearer token, expected the token alone, without the word Bearer');
    });

  it('is known by its server, in the words of an environment variable', () => {
    const text = formatLogins([
      ['prometheus', 'basic'],
      ['pushgateway', 'bearer'],
    ]);
    expect(text).to.equal('prometheus=basic,pushgateway=bearer');
    expect([
      loginKindIn(text, 'pushgateway'),
      loginKindIn(text, 'webhook'),
      loginKindIn('', 'prometheus'),
    ]).to.deep.equal(['bearer', 'none', 'none']);
  });
});
