import { noticeFor, type Notice, type NoticeInput } from '../../signals/notice.ts';
import type { Operation } from '../../upgrade/operation.ts';
import { makeAll, releases, type ReleaseClients } from '../exit-handler/act.ts';
import type { Chat } from '../ports/chat.ts';
import type { RunId } from '../ports/lease.ts';
import type { OperationResult } from './decide.ts';

/**
 * Sends the notice first, because the release may fail. The marks in the ConfigMap of the run state stay: they belong to an
 * upgrade, which a later run may resume. The gauges stay as well, because they are about upgrades.
 */
export async function end(
  { outcome: event, message: text, release }: OperationResult,
  clients: ReleaseClients & { readonly chat: Chat },
  { operation, target, ...input }: NoticeInput & Pick<Notice, 'target'> & { readonly operation: Operation },
  me: RunId,
): Promise<void> {
  await clients.chat.tell(noticeFor(input, { event, operation, target, text }));
  await makeAll(releases(release, clients, me), clients.log);
}
