import { join, resolve } from 'node:path';
import { loadNamed, SettingsError } from '../cluster/load.ts';
import { readSettings } from '../cluster/read.ts';
import { contextOf } from '../contract/run-context.ts';
import type { Params, StepContract, ValuesOf } from '../contract/step-contract.ts';
import { readInputs } from '../steps/runtime/inputs.ts';
import type { RunContext } from '../steps/runtime/run-step.ts';
import { keepSnapshot } from '../steps/catalog.ts';
import type { Template } from '../synth/argo/types.ts';
import { doctorStep } from '../synth/doctor-step.ts';
import { resetStep } from '../synth/operations/reset.ts';
import { planRollbackStep } from '../synth/operations/rollback.ts';
import { keySteps } from '../synth/operations/rotate.ts';
import { INCOMING, keepEnv } from '../synth/keep-env.ts';
import { NAMESPACE, STEP_LABEL } from '../synth/names.ts';
import { reportSteps } from '../synth/report-steps.ts';
import { withRelease, type ClusterSettings } from '../synth/settings.ts';
import { nodeSteps, runSteps } from '../synth/steps.ts';

export type Env = Readonly<Record<string, string | undefined>>;

const ROOT = resolve(import.meta.dirname, '../..');

/** Run context of a step that is started from the command line. */
export const BY_HAND: Env = { RUN_NAME: 'by-hand', RUN_UID: 'by-hand', POD_NAME: 'by-hand', NAMESPACE };

/** The defaults of the schema need an address for images, and nothing here asks it for one. */
const NO_IMAGES = 'images: { repository: localhost/none }\n';

/** Loads the settings of a name in clusters/ or of a path; without either, the defaults. Throws SettingsError. */
export function settingsFor(cluster: string | undefined): ClusterSettings {
  if (cluster !== undefined) return withRelease(loadNamed(cluster, join(ROOT, 'clusters')), 'none');
  const { settings, problems } = readSettings(NO_IMAGES, 'the defaults');
  if (settings === undefined) throw new SettingsError(problems);
  return withRelease({ name: 'by-hand', ...settings }, 'none');
}

/** Every template of a step that the settings can lead to. The first group that has the step counts. */
const groupsOf = (settings: ClusterSettings): readonly (readonly Template[])[] =>
  [
    [
      ...Object.values(runSteps(settings, 'all-nodes')),
      ...Object.values(nodeSteps(settings, 'worker')),
      doctorStep(settings),
    ],
    [resetStep(settings), planRollbackStep(settings), ...Object.values(keySteps(settings))],
    Object.values(reportSteps(settings)),
  ].map((group) => group.map(({ template }) => template));

/**
 * What the settings give to the pods of a step. Left out are references to other steps, and what differs between several
 * templates of one step (add a key or remove it): a person says those.
 */
export function envFromSettings(step: StepContract, settings: ClusterSettings): Env {
  const found = [...groupsOf(settings).map((group) => envsIn(group, step)), backupEnvs(step, settings)];
  const [first = {}, ...others] = found.find((envs) => envs.length > 0) ?? [];
  const agreed = Object.entries(first).filter(([name, value]) => others.every((env) => env[name] === value));
  return Object.fromEntries(agreed.filter(([, value]) => value !== undefined && !value.includes('{{')));
}

const envsIn = (templates: readonly Template[], step: StepContract): Env[] =>
  templates
    .filter(({ metadata }) => metadata?.labels[STEP_LABEL] === step.name)
    .map(({ container }) => Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value])));

/** The CronJob that backs up etcd is no workflow. */
const backupEnvs = (step: StepContract, settings: ClusterSettings): Env[] =>
  step.name === keepSnapshot.name
    ? [undefined, INCOMING].map((incoming) =>
        Object.fromEntries(keepEnv(settings, incoming).map(({ name, value }) => [name, value])),
      )
    : [];

/** Returns the inputs as the step reads them. `more`: outputs of other steps, or values from an operator. */
export const inputsOf = <I extends Params>(
  step: StepContract<I>,
  settings: ClusterSettings,
  more: Env,
): ValuesOf<I> & RunContext =>
  readInputs(
    { ...contextOf(step as unknown as StepContract), ...step.inputs },
    { ...BY_HAND, ...envFromSettings(step as unknown as StepContract, settings), ...more },
  ) as ValuesOf<I> & RunContext;
