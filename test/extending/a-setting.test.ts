import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { CopyOfSources, filesToEdit, insertBefore } from '../support/copy-of-sources.ts';

const DECLARATION = 'src/settings/drain.ts';

/** What docs/extending.md tells to add to the declaration of an area. */
const ADDED = "  pauseSeconds: setting(seconds(1), { default: 5, doc: 'Pauses between evictions, in seconds.' }),\n";

/** Prints what follows from the declarations, with another value for the new setting. */
const SCRIPT = `
  import { clusterSchema } from './src/cluster/schema.ts';
  import { readSettings } from './src/cluster/read.ts';
  import { settingsFor } from './src/cli/settings.ts';
  import { drain } from './src/steps/drain/contract.ts';
  import { inputsFor } from './src/synth/inputs-for.ts';
  import { stepTemplate } from './src/synth/step-template.ts';
  import { exampleCluster } from './scripts/docs/example-cluster.ts';
  import { settingsPage } from './scripts/docs/settings.ts';
  import { stepsPage } from './scripts/docs/steps.ts';
  const defaults = settingsFor(undefined);
  const settings = { ...defaults, drain: { ...defaults.drain, pauseSeconds: 7 } };
  const images = 'images: { repository: registry.example.com/a }\\n';
  console.log(JSON.stringify({
    schema: clusterSchema.properties.drain.properties.pauseSeconds,
    default: defaults.drain.pauseSeconds,
    refused: readSettings(images + 'drain: { pauseSecond: 7 }', 'f').problems[0].says,
    example: exampleCluster(),
    settings: settingsPage(),
    steps: stepsPage(),
    inputs: inputsFor(drain, settings),
    env: stepTemplate(drain, { settings }).template.container.env,
  }));
`;

interface Follows {
  readonly schema: unknown;
  readonly default: unknown;
  readonly refused: string;
  readonly example: string;
  readonly settings: string;
  readonly steps: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly env: readonly unknown[];
}

describe('a setting that is added to one area', function () {
  this.timeout(120_000);
  let follows: Follows;

  before(() => {
    const copy = new CopyOfSources({ [DECLARATION]: insertBefore(/^ +timeoutSeconds:/m, ADDED) });
    try {
      follows = copy.evaluate(SCRIPT) as Follows;
    } finally {
      copy.remove();
    }
  });

  it('is in the schema, with its default, and a typo of it is told', () => {
    expect(follows.schema).to.deep.equal({
      type: 'integer',
      minimum: 1,
      maximum: 86_400,
      default: 5,
      description: 'Pauses between evictions, in seconds.',
    });
    expect(follows.default).to.equal(5);
    expect(follows.refused).to.equal('drain.pauseSecond: not a setting; did you mean pauseSeconds?');
  });

  it('is in clusters/example.yaml and on the reference pages', () => {
    expect(follows.example).to.include('\n  # Pauses between evictions, in seconds.\n  pauseSeconds: 5\n');
    expect(follows.settings).to.include(
      '| `drain.pauseSeconds` | `5` | a whole number of seconds from 1 to 86400 | Pauses between evictions, in seconds. |',
    );
    expect(follows.steps).to.include('| `pauseSeconds` |').and.to.include('Pauses between evictions, in seconds.');
  });

  it('reaches the step, from synth and by hand', () => {
    expect(follows.inputs).to.include({ pauseSeconds: 7 });
    expect(follows.env).to.deep.include({ name: 'PAUSE_SECONDS', value: '7' });
  });

  it('takes as many files as the documents say: the declaration, and the file that uses it', () => {
    expect(filesToEdit('A setting', '<area>', 'drain')).to.deep.equal([DECLARATION, 'src/steps/<step>/decide.ts']);
    for (const page of ['docs/extending.md', 'CONTRIBUTING.md'])
      expect(readFileSync(page, 'utf8')).to.match(/A setting takes two files/);
  });
});
