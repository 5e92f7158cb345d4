import { expect } from 'chai';
import fc from 'fast-check';
import { cutLines, formatDuration, titleOf, type Notice } from '../../src/signals/notice.ts';
import { escapeForSlack, slackMessage, type SlackBlock } from '../../src/signals/slack-message.ts';
import { v } from '../support/builders.ts';

const notice = (about: Partial<Notice> = {}): Notice => ({
  ...{ event: 'failed', cluster: 'prod', run: 'k8s-upgrade-nightly-2', target: v('1.34.10'), seconds: undefined },
  ...{ text: 'Failed.', link: undefined },
  ...about,
});
const textsOf = (blocks: readonly SlackBlock[]): string[] =>
  blocks.flatMap((block) => (block.type === 'context' ? block.elements.map(({ text }) => text) : [block.text.text]));
const footerOf = (about: Partial<Notice>) => textsOf(slackMessage(notice(about)).blocks).at(-1);

describe('a notice', () => {
  it('has a title with the cluster, what happened and the target', () => {
    expect(titleOf(notice({ event: 'upgraded' }))).to.equal('✅ prod: upgraded to v1.34.10');
    expect(titleOf(notice({ event: 'paused' }))).to.equal('⏸️ prod: upgrade paused on the way to v1.34.10');
    expect(titleOf(notice({ target: undefined }))).to.equal('❌ prod: upgrade failed');
  });

  const DURATIONS: readonly [number, string][] = [
    [5, '5 s'],
    [29, '29 s'],
    [30, '1 min'],
    [3569, '59 min'],
    [3570, '1 h 0 min'],
    [3900, '1 h 5 min'],
  ];
  for (const [seconds, text] of DURATIONS)
    it(`says ${text} for ${seconds} s`, () => {
      expect(formatDuration(seconds)).to.equal(text);
    });

  it('is cut in the middle with a count: what comes last says how to go on', () => {
    const lines = Array.from({ length: 60 }, (_, index) => `Node w${index}: cordoned.`);
    const cut = cutLines(['Failed.', ...lines, 'To go on: argo retry.'].join('\n'));
    expect(cut).to.have.length(15);
    expect([cut[0], cut[10], cut[14]]).to.deep.equal([
      'Failed.',
      '… 48 lines left out: see the run …',
      'To go on: argo retry.',
    ]);
  });

  it('has lines of bounded length', () => {
    expect(cutLines('x'.repeat(700))).to.deep.equal([`${'x'.repeat(600)} … (100 more characters)`]);
  });
});

describe('a message to Slack', () => {
  const INJECTIONS: readonly [string, string][] = [
    ['<!channel> wake up', '&lt;!channel&gt; wake up'],
    ['<@U012AB3CD>', '&lt;@\u200bU012AB3CD&gt;'],
    ['@here and @channel', '@\u200bhere and @\u200bchannel'],
    ['<https://evil.example.com|click>', '&lt;https://evil.example.com|click&gt;'],
    ['&lt;!channel&gt;', '&amp;lt;!channel&amp;gt;'],
    ['a\u0000b\u202ec', 'a b c'],
    ['me@example.com', 'me@\u200bexample.com'],
  ];
  for (const [text, escaped] of INJECTIONS)
    it(`makes ${JSON.stringify(escaped)} of ${JSON.stringify(text)}`, () => {
      expect(escapeForSlack(text)).to.equal(escaped);
      expect(slackMessage(notice({ text })).text).to.include(escaped);
    });

  it('links to the run, or says how to look at it; and how long it took', () => {
    expect(footerOf({})).to.equal('argo get -n k8s-upgrade k8s-upgrade-nightly-2');
    expect(footerOf({ link: 'https://argo.example.com/workflows/k8s-upgrade/x', seconds: 3900 })).to.equal(
      '<https://argo.example.com/workflows/k8s-upgrade/x|k8s-upgrade-nightly-2> · 1 h 5 min',
    );
  });

  it('law: whatever the cluster says, no mention and no link is made of it, and Slack takes the message', () => {
    const anyText = fc.oneof(
      fc.string({ maxLength: 9000 }),
      fc
        .array(fc.constantFrom('<', '>', '&', '!channel', '@here', '\n', '<@U1>', '|', 'x'.repeat(500)), {
          maxLength: 80,
        })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        const message = slackMessage(notice({ text }));
        const quoted = [message.text, ...textsOf(message.blocks).slice(1)];
        for (const each of quoted) expect(each).to.not.match(/[<>]|@\w|&(?!amp;|lt;|gt;)/);
        expect(message.blocks.length).to.be.at.most(50);
        for (const each of textsOf(message.blocks)) expect(each.length).to.be.within(1, 3000);
        expect(message.text.length).to.be.lessThan(40_000);
      }),
    );
  });
});
