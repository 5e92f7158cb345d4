import type { Notice } from '../../signals/notice.ts';

/** A chat or webhook. A failed message never fails an upgrade: `tell` never throws, and the log has a line for it. */
export interface Chat {
  tell(notice: Notice): Promise<void>;
}
