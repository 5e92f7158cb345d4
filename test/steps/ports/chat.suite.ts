import { expect } from 'chai';
import type { Chat } from '../../../src/steps/ports/chat.ts';
import type { Notice } from '../../../src/signals/notice.ts';
import { v } from '../../support/builders.ts';
import type { ChatAnswer } from '../../support/fakes/chat-server.ts';

export const NOTICE: Notice = {
  ...{ event: 'upgraded', cluster: 'prod', run: 'k8s-upgrade-nightly-2', target: v('1.34.10'), seconds: 2520 },
  text: 'Upgraded: cp1, w1 at v1.34.10.',
  link: 'https://argo.example.com/workflows/k8s-upgrade/k8s-upgrade-nightly-2',
};

export interface ChatWorld {
  readonly chat: Chat;
  /** What was posted so far. */
  readonly posts: readonly unknown[];
  /** What the other side does next. */
  readonly will: (...answers: readonly ChatAnswer[]) => void;
  /** Stops the server. */
  readonly goAway: () => Promise<void>;
  readonly said: readonly string[];
  readonly end: () => Promise<void>;
}

/** What is true of every channel. */
export function describeChat(name: string, start: () => Promise<ChatWorld>): void {
  describe(`${name} as a chat`, () => {
    let world: ChatWorld;
    beforeEach(async () => (world = await start()));
    afterEach(() => world.end());

    it('is told once, and nothing is said of it', async () => {
      await world.chat.tell(NOTICE);
      expect(world.posts).to.have.length(1);
      expect(JSON.stringify(world.posts)).to.include('Upgraded: cp1, w1 at v1.34.10.').and.include('prod');
      expect(world.said).to.deep.equal([]);
    });

    for (const answer of ['cut', 'hangs', { status: 503 }] as const)
      it(`is told again after ${JSON.stringify(answer)}`, async () => {
        world.will(answer);
        await world.chat.tell(NOTICE);
        expect(world.posts).to.have.length(2);
        expect(world.said.filter((line) => line.includes('was not told'))).to.deep.equal([]);
      });

    const FOR_GOOD: readonly ChatAnswer[] = [
      { status: 404, body: 'no_service' },
      { status: 403, body: 'invalid_token' },
      { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
    ];
    for (const answer of FOR_GOOD)
      it(`is given up on after ${JSON.stringify(answer)}, and no step fails by it`, async () => {
        world.will(...Array.from({ length: 9 }, () => answer));
        await world.chat.tell(NOTICE);
        expect(world.said.at(-1)).to.match(/was not told.+; the step continues\. Check .+\.$/);
      });

    it('is given up on when nobody is there', async () => {
      await world.goAway();
      await world.chat.tell(NOTICE);
      expect(world.said.at(-1)).to.match(/was not told.+; the step continues\. Check .+\.$/);
    });
  });
}
