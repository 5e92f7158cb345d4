/** A file that executes the command, and the text in it that does. */
interface Place {
  readonly file: string;
  readonly text: string;
}

const CI = '.ci/run';

/** What something else than this campaign executes as a matter of course. */
export const ELSEWHERE: Readonly<Record<string, Place>> = {
  'npm ci': { file: CI, text: "stage 'packages' npm ci" },
  'npm test': { file: CI, text: "stage 'unit and architecture tests' npm test" },
  'npm run test:long': { file: CI, text: 'npm run -s test:long' },
  'npm run types': { file: CI, text: 'npm run -s types' },
  'npm run lint': { file: CI, text: 'npm run -s lint\n' },
  'npm run check:dist': { file: CI, text: 'npm run -s check:dist' },
  'npm run lint:argo': { file: CI, text: 'npm run -s lint:argo' },
  'npm run test:rules': { file: CI, text: 'npm run -s test:rules' },
  'npm run lab:e2e': { file: CI, text: 'npm run -s lab:e2e' },
  'lab/up.sh': { file: 'lab/kit/cluster.ts', text: "must('lab/up.sh', [])" },
  'lab/down.sh --purge': { file: 'lab/kit/cluster.ts', text: "must('lab/down.sh', ['--purge'])" },
};

/** Commands of one line that are commands of other tables, one after the other. */
export const IN_PARTS = ['npm ci && npm run synth', 'npm ci && npm test', 'lab/down.sh --purge && lab/up.sh'] as const;

/** A campaign runs on request and writes its record to `docs/proof/`. CI runs the one above. */
export const CAMPAIGNS = [
  'npm run lab:gate',
  'npm run lab:nodes',
  'npm run lab:signals',
  'npm run lab:operate',
] as const;
