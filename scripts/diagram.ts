// `npm run diagram` draws the workflows of dist/ as Mermaid, a page each in docs/diagrams/, and the rooms of src/ in docs/architecture.md.
// `--check` only says whether they are current.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { toMermaid } from './diagram/mermaid.ts';
import { withRoomDiagram } from './diagram/rooms.ts';
import { workflowTemplates, type WorkflowTemplate } from './diagram/workflow.ts';
import { publishWith, type Generated } from './generated.ts';
import { table } from './docs/markdown.ts';

const ROOT = resolve(import.meta.dirname, '..');
const FOLDER = 'docs/diagrams';
const ARCHITECTURE = 'docs/architecture.md';
const MARKER = 'Drawn from `dist/` by `npm run diagram`; do not edit.';

export function diagrams(root = ROOT): Generated {
  const pages = workflowTemplates(join(root, 'dist')).map(
    (workflow) => [`${FOLDER}/${workflow.metadata.name}.md`, page(workflow)] as const,
  );
  const architecture = withRoomDiagram(readFileSync(join(root, ARCHITECTURE), 'utf8'), join(root, 'src'));
  return {
    pages: new Map([...pages, [ARCHITECTURE, architecture]]),
    folders: [FOLDER],
    marker: MARKER,
    remedy: 'npm run diagram',
  };
}

function page(workflow: WorkflowTemplate): string {
  const { metadata, spec } = workflow;
  const said = (what: string): string => metadata.annotations?.[`workflows.argoproj.io/${what}`] ?? '';
  const parameters = spec.arguments?.parameters ?? [];
  return [
    `# WorkflowTemplate ${metadata.name}: ${said('title')}`,
    MARKER,
    said('description'),
    `\`\`\`mermaid\n${toMermaid(workflow)}\`\`\``,
    '## Parameters',
    parameters.length === 0
      ? 'None.'
      : table(
          ['parameter', 'default', 'what it is'],
          parameters.map(({ name, value, enum: choices, description = '' }) => [
            `\`${name}\``,
            value === undefined ? 'must be given' : value === '' ? 'empty' : `\`${value}\``,
            `${description}${choices === undefined ? '' : ` One of ${choices.map((choice) => `\`${choice}\``).join(', ')}.`}`,
          ]),
        ),
  ]
    .join('\n\n')
    .concat('\n');
}

export const main = publishWith(ROOT, diagrams);
