// Writes the reference pages that follow from the sources: `npm run docs`; with `--check` it only says whether they are current.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Streams } from '../src/command-line/program.ts';
import { exampleCluster } from './docs/example-cluster.ts';
import { fieldFaultsPage } from './docs/field-faults.ts';
import { messagesPage } from './docs/messages.ts';
import { metricsPage } from './docs/metrics.ts';
import { securityFindingsPage } from './docs/security-findings.ts';
import { withServiceAccounts } from './docs/service-accounts.ts';
import { settingsPage } from './docs/settings.ts';
import { stepsPage } from './docs/steps.ts';
import { publish, type Generated } from './generated.ts';

const ROOT = resolve(import.meta.dirname, '..');

export const references = (): Generated => ({
  pages: new Map([
    ['clusters/example.yaml', exampleCluster()],
    ['docs/reference/settings.md', settingsPage()],
    ['docs/reference/steps.md', stepsPage()],
    ['docs/reference/metrics.md', metricsPage()],
    ['docs/reference/messages.md', messagesPage()],
    ['docs/reference/security-findings.md', securityFindingsPage()],
    ['docs/field.md', fieldFaultsPage()],
    ['docs/security.md', withServiceAccounts(readFileSync(resolve(ROOT, 'docs/security.md'), 'utf8'))],
  ]),
  folders: [],
  marker: '',
  remedy: 'npm run docs',
});

export function main(args: string[], { out, err }: Streams): number {
  const { exitCode, says } = publish(ROOT, references(), { check: args.includes('--check') });
  (exitCode === 0 ? out : err)(`${says}\n`);
  return exitCode;
}
