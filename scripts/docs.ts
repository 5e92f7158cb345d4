// `npm run docs` writes what follows from the sources: reference pages, and lists in other files. `--check` writes nothing.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { exampleCluster } from './docs/example-cluster.ts';
import { fieldFaultsPage } from './docs/field-faults.ts';
import { messagesPage } from './docs/messages.ts';
import { metricsPage } from './docs/metrics.ts';
import { securityFindingsPage } from './docs/security-findings.ts';
import { withServiceAccounts } from './docs/service-accounts.ts';
import { settingsPage } from './docs/settings.ts';
import { withImageLoop, withImageMatrix } from './docs/step-lists.ts';
import { stepsPage } from './docs/steps.ts';
import { publishWith, type Generated } from './generated.ts';

const ROOT = resolve(import.meta.dirname, '..');
const IMAGES = '.github/workflows/images.yaml';

const read = (file: string): string => readFileSync(resolve(ROOT, file), 'utf8');

export const references = (): Generated => ({
  pages: new Map([
    ['clusters/example.yaml', exampleCluster()],
    ['docs/reference/settings.md', settingsPage()],
    ['docs/reference/steps.md', stepsPage()],
    ['docs/reference/metrics.md', metricsPage()],
    ['docs/reference/messages.md', messagesPage()],
    ['docs/reference/security-findings.md', securityFindingsPage()],
    ['docs/field.md', fieldFaultsPage()],
    ['docs/security.md', withServiceAccounts(read('docs/security.md'))],
    ['README.md', withImageLoop(read('README.md'))],
    [IMAGES, withImageMatrix(read(IMAGES))],
  ]),
  folders: [],
  marker: '',
  remedy: 'npm run docs',
});

export const main = publishWith(ROOT, references);
