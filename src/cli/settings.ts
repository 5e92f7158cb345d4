import { join, resolve } from 'node:path';
import { loadCluster, SettingsError } from '../cluster/load.ts';
import { readSettings } from '../cluster/read.ts';
import { runContext } from '../contract/run-context.ts';
import type { Params, StepContract, ValuesOf } from '../contract/step-contract.ts';
import { readInputs } from '../steps/harness/inputs.ts';
import type { RunContext } from '../steps/harness/run-step.ts';
import { doctorStep } from '../synth/doctor.ts';
import { NAMESPACE, STEP_LABEL } from '../synth/names.ts';
import { withRelease, type ClusterSettings } from '../synth/settings.ts';
import { nodeSteps, runSteps } from '../synth/steps.ts';

export type Env = Readonly<Record<string, string | undefined>>;

const ROOT = resolve(import.meta.dirname, '../..');

/** Whose run it is when it is nobody's. */
export const BY_HAND: Env = { RUN_NAME: 'by-hand', RUN_UID: 'by-hand', POD_NAME: 'by-hand', NAMESPACE };

/** The defaults of the schema need an address for images, and nothing here asks it for one. */
const NO_IMAGES = 'images: { repository: localhost/none }\n';

/** Of the name of a file in clusters/, or of a path; those of the schema for none. Throws what is wrong with them. */
export function settingsFor(cluster: string | undefined): ClusterSettings {
  if (cluster !== undefined) {
    const file = cluster.endsWith('.yaml') ? cluster : join(ROOT, 'clusters', `${cluster}.yaml`);
    return withRelease(loadCluster(file), 'none');
  }
  const { settings, problems } = readSettings(NO_IMAGES, 'the defaults');
  if (settings === undefined) throw new SettingsError(problems);
  return withRelease({ name: 'by-hand', ...settings }, 'none');
}

/** What the step's pods would be given, references to other steps left out: those are for a person to say. */
export function envFromSettings(step: StepContract, settings: ClusterSettings): Env {
  const templates = [
    ...Object.values(runSteps(settings, 'all-nodes')),
    ...Object.values(nodeSteps(settings, 'worker')),
    doctorStep(settings),
  ];
  const found = templates.find(({ template }) => template.metadata?.labels[STEP_LABEL] === step.name);
  const env = found?.template.container?.env ?? [];
  return Object.fromEntries(
    env.flatMap(({ name, value }) => (value === undefined || value.includes('{{') ? [] : [[name, value]])),
  );
}

/** The same, read as the step reads it; `more` is what other steps would have said, or a person. */
export const inputsOf = <I extends Params>(
  step: StepContract<I>,
  settings: ClusterSettings,
  more: Env,
): ValuesOf<I> & RunContext =>
  readInputs(
    { ...runContext, ...step.inputs },
    { ...BY_HAND, ...envFromSettings(step as unknown as StepContract, settings), ...more },
  );
