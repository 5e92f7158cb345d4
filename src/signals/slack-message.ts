import { cutLines, formatDuration, titleOf, type Notice } from './notice.ts';

/** https://docs.slack.dev/reference/block-kit/blocks */
export type SlackBlock =
  | { readonly type: 'header'; readonly text: { readonly type: 'plain_text'; readonly text: string } }
  | { readonly type: 'section'; readonly text: Markdown }
  | { readonly type: 'context'; readonly elements: readonly Markdown[] };

/** `verbatim`: Slack creates no links and no mentions from the text. */
interface Markdown {
  readonly type: 'mrkdwn';
  readonly text: string;
  readonly verbatim: true;
}

interface SlackMessage {
  /** Text for a notification, and for clients that show no blocks. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

export function slackMessage(notice: Notice): SlackMessage {
  const title = titleOf(notice);
  const lines = cutLines(notice.text).map(escapeForSlack);
  return {
    text: [escapeForSlack(title), ...lines].join('\n'),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: title.slice(0, HEADER_CHARACTERS) } },
      ...sections(lines).map((text) => ({ type: 'section', text: markdown(text) }) as const),
      { type: 'context', elements: [markdown(footer(notice))] },
    ],
  };
}

const HEADER_CHARACTERS = 150;
const SECTION_CHARACTERS = 3000;

/**
 * Escapes text by https://docs.slack.dev/messaging/formatting-message-text#escaping. It leaves no mention (<!channel>,
 * <@U…>) and no link. A bare @here gets a zero-width character, because some workspaces expand it.
 */
export const escapeForSlack = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/@(?=\w)/g, '@\u200b');

const markdown = (text: string): Markdown => ({ type: 'mrkdwn', text, verbatim: true });

/** Returns as few sections as hold all lines without splitting one. A line that is too long for a section is cut. */
function sections(lines: readonly string[]): string[] {
  const texts: string[] = [];
  for (const line of lines.map((each) => each.slice(0, SECTION_CHARACTERS))) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= SECTION_CHARACTERS)
      texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts;
}

/** The text in angle brackets comes from the settings and from Argo's own names. */
function footer({ run, link, seconds }: Notice): string {
  const name = escapeForSlack(run);
  const where = link === undefined ? `argo get -n k8s-upgrade ${name}` : `<${link}|${name}>`;
  return seconds === undefined ? where : `${where} · ${formatDuration(seconds)}`;
}
