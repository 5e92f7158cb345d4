import { inspect } from 'node:util';
import { expect } from 'chai';
import { slack } from '../../../src/steps/adapters/slack.ts';
import { webhook } from '../../../src/steps/adapters/webhook.ts';
import { Secret } from '../../../src/steps/runtime/secret.ts';
import type { Chat } from '../../../src/steps/ports/chat.ts';
import { slackMessage } from '../../../src/signals/slack-message.ts';
import { ChatServer } from '../../support/fakes/chat-server.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { describeChat, NOTICE, type ChatWorld } from '../ports/chat.suite.ts';

/** Ended after each test, whatever became of it. */
const started: ChatWorld[] = [];
afterEach(async () => {
  for (const world of started.splice(0)) await world.end();
});

const PATH = '/services/T000/B000/s3cr3t';
const HOOK_PATH = '/upgrades?api-version=1&sig=s3cr3t';

async function worldOf(
  connect: (url: string, log: (line: string) => void, clock: FakeClock) => Chat,
): Promise<ChatWorld> {
  const [server, said] = [await ChatServer.start(), [] as string[]];
  const clock = new FakeClock();
  server.whileItHangs = () => {
    clock.pass(10);
  };
  let up = true;
  const goAway = async (): Promise<void> => {
    if (up) await server.end();
    up = false;
  };
  const world: ChatWorld = {
    ...{ chat: connect(server.url, (line) => said.push(line), clock), posts: server.posts, said },
    will: (...answers) => server.answers.push(...answers),
    ...{ goAway, end: goAway },
  };
  started.push(world);
  return world;
}

const bySlack = (url: string, log: (line: string) => void, clock = new FakeClock()): Chat =>
  slack({ webhook: new Secret(`${url}${PATH}`), clock, log, pauseSeconds: 0.01 });
const byWebhook = (url: string, log: (line: string) => void, clock = new FakeClock()): Chat =>
  webhook({
    url: new Secret(`${url}${HOOK_PATH}`),
    clock,
    log,
  });

/** How a server may quote the address to which a message was posted. */
const QUOTES = (path: string): [string, string][] => [
  ['as it is', `no such hook: ${path}`],
  ['in part', 'no such token: s3cr3t'],
  ['behind text that is cut', `${'x'.repeat(90)} ${path}`],
  ['in JSON', JSON.stringify({ message: `no such hook: ${path}` }).replaceAll('/', '\\/')],
];

describeChat('Slack', () => worldOf(bySlack));
describeChat('a webhook', () => worldOf(byWebhook));

describe('slack', () => {
  it('posts blocks and text as JSON to the address of the Secret', async () => {
    const world = await worldOf(bySlack);
    await world.chat.tell(NOTICE);
    expect(world.posts).to.deep.equal([{ path: PATH, type: 'application/json', json: slackMessage(NOTICE) }]);
  });

  const BAD = ['https://hooks.slack.com:s3cr3t/x', 's3cr3t', ''];
  for (const address of BAD)
    it(`says nothing of a secret that is no address, ${JSON.stringify(address)}`, async () => {
      const said: string[] = [];
      await slack({
        webhook: new Secret(address),
        clock: new FakeClock(),
        log: (line) => said.push(line),
        pauseSeconds: 0.01,
      }).tell(NOTICE);
      expect(said).to.have.length(1);
      expect(said[0]).to.not.include('s3cr3t');
    });

  it('quotes a code of Slack', async () => {
    const world = await worldOf(bySlack);
    world.will({ status: 404, body: 'no_service' });
    await world.chat.tell(NOTICE);
    expect(world.said).to.deep.equal([
      'Slack was not told (HTTP 404: no_service); the step continues. Check slack_webhook in the Secret.',
    ]);
  });

  for (const [how, quoted] of QUOTES(PATH))
    it(`does not quote an answer that holds the address ${how}`, async () => {
      const world = await worldOf(bySlack);
      world.will({ status: 404, body: quoted });
      await world.chat.tell(NOTICE);
      expect(inspect(world.chat)).to.not.include('s3cr3t');
      expect(world.said).to.deep.equal([
        'Slack was not told (HTTP 404); the step continues. Check slack_webhook in the Secret.',
      ]);
    });
});

describe('webhook', () => {
  it('posts what there is to know, a field each', async () => {
    const world = await worldOf(byWebhook);
    await world.chat.tell(NOTICE);
    await world.chat.tell({ ...NOTICE, event: 'failed', target: undefined, seconds: undefined, link: undefined });
    const { link } = NOTICE;
    const told = { cluster: 'prod', run: 'k8s-upgrade-nightly-2', text: 'Upgraded: cp1, w1 at v1.34.10.' };
    expect(world.posts).to.deep.equal([
      {
        ...{ path: HOOK_PATH, type: 'application/json' },
        json: {
          ...told,
          event: 'upgraded',
          target: '1.34.10',
          title: '✅ prod: upgraded to v1.34.10',
          seconds: 2520,
          link,
        },
      },
      {
        ...{ path: HOOK_PATH, type: 'application/json' },
        json: { ...told, event: 'failed', target: null, title: '❌ prod: upgrade failed', seconds: null, link: null },
      },
    ]);
  });

  it('names a login that is wanted', async () => {
    const world = await worldOf(byWebhook);
    world.will({ status: 401 });
    await world.chat.tell(NOTICE);
    expect(world.said).to.deep.equal([
      'The webhook was not told (it wants a login: HTTP 401); the step continues. Check webhook_url in the Secret.',
    ]);
  });

  for (const address of ['ftp://host/s3cr3t', 's3cr3t', '', 'https://hook.example.com:s3cr3t/x'])
    it(`says nothing of a secret that is no address, ${JSON.stringify(address)}`, async () => {
      const said: string[] = [];
      const options = { clock: new FakeClock(), log: (line: string) => said.push(line) };
      await webhook({ url: new Secret(address), ...options }).tell(NOTICE);
      expect(said).to.deep.equal([
        'The webhook was not told (it is no http or https address); the step continues. Check webhook_url in the Secret.',
      ]);
    });

  it('refuses an address with a password, and says nothing of it', async () => {
    const said: string[] = [];
    const options = { clock: new FakeClock(), log: (line: string) => said.push(line) };
    await webhook({ url: new Secret('https://user:s3cr3t@hook.example.com/x'), ...options }).tell(NOTICE);
    expect(said).to.deep.equal([
      'The webhook was not told (its address has a user or a password, which is not supported; put user:password into webhook_login and set notify.webhookLogin: basic); the step continues. Check webhook_url in the Secret.',
    ]);
  });

  for (const [how, quoted] of QUOTES(HOOK_PATH))
    it(`does not quote an answer that holds the address ${how}`, async () => {
      const world = await worldOf(byWebhook);
      world.will({ status: 503, body: quoted }, { status: 404, body: quoted });
      await world.chat.tell(NOTICE);
      expect(inspect(world.chat)).to.not.include('s3cr3t').and.not.include('/upgrades');
      expect(world.said).to.deep.equal([
        'cannot tell the webhook (HTTP 503); asking again for up to 30 s',
        'The webhook was not told (could not tell the webhook: HTTP 404); the step continues. Check webhook_url in the Secret.',
      ]);
    });
});
