import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { noticeOf } from '../../src/steps/finish/notice.ts';
import { gaugesAtEnd, RUN_ENDS, upgradeSamples, type RunEnd } from '../../src/signals/gauges.ts';
import { code, table } from './markdown.ts';

const STEPS = resolve(import.meta.dirname, '../../test/steps');
/** Steps that send messages. The golden files of their tests hold each message. */
const SENDERS = ['plan', 'finish', 'finish-operation', 'report'] as const;

/** Every end of a run with its gauge, and every message in full. */
export function messagesPage(): string {
  return [
    '# Ends and messages',
    'Written from `src/signals/gauges.ts`, `src/steps/finish/notice.ts` and the texts that the tests hold, by `npm run docs`; do not edit.',
    '## How a run can end',
    'Each end has one row. `npm run lab:signals` produces every one of them on a real cluster.',
    table(['end', 'gauge that is up afterwards', 'a message of its own'], RUN_ENDS.map(endRow)),
    'A run that fails after it has begun keeps the mark `in-flight`, so that `argo retry` or the next nightly run resumes. Any other end removes the mark. A run that is terminated or deleted leaves its mark and its gauge. The next nightly run corrects both.',
    '## Messages',
    'The text that Slack shows in a client without blocks. `prod`, nodes and versions are examples. Text from a cluster is quoted without mentions and links, and long lists are cut with a count.',
    ...SENDERS.flatMap(messagesOf),
  ]
    .join('\n\n')
    .concat('\n');
}

function endRow(end: RunEnd): string[] {
  const up = upgradeSamples(gaugesAtEnd(end, 0)).find(({ gauge, value }) => value === 1 && FLAG.test(gauge));
  const ending = { outcome: end, message: '-', release: undefined, clear: false };
  const about = { clusterName: 'prod', runName: '-', namespace: '-', argoUiUrl: undefined, target: undefined };
  const told = noticeOf(ending, { startedAtMs: undefined }, about, 0) !== undefined;
  return [code(end), up === undefined ? 'none' : code(up.gauge), told ? 'yes' : 'no: the morning’s report has it'];
}

const FLAG = /^k8s_upgrade_(in_flight|blocked|held|failed)$/;

function messagesOf(step: (typeof SENDERS)[number]): string[] {
  const folder = resolve(STEPS, step, 'golden');
  const files = readdirSync(folder).filter((file) => file.endsWith('.txt'));
  return files
    .sort()
    .flatMap((file) => [
      `### ${step}: ${file.replace(/\.txt$/, '')}`,
      `\`\`\`text\n${unescape(readFileSync(resolve(folder, file), 'utf8').trimEnd())}\n\`\`\``,
    ]);
}

/** What Slack makes of it. */
const unescape = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
