import type { Notice } from '../../signals/notice.ts';

/** Where people read. Telling them is no part of an upgrade: it never throws, and what could not be told is a line in the log. */
export interface Chat {
  tell(notice: Notice): Promise<void>;
}
