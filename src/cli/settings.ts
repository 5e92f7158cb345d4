import { join, resolve } from 'node:path';
import { loadNamed } from '../cluster/load.ts';
import { contextOf } from '../contract/run-context.ts';
import { envName, type Params, type StepContract, type ValuesOf } from '../contract/step-contract.ts';
import { readInputs } from '../steps/runtime/inputs.ts';
import type { RunContext } from '../contract/run-context.ts';
import { defaultSettings } from '../settings/cluster.ts';
import { envFor } from '../synth/inputs-for.ts';
import { NAMESPACE } from '../synth/names.ts';
import { withRelease, type ClusterSettings } from '../synth/settings.ts';

export type Env = Readonly<Record<string, string | undefined>>;

const ROOT = resolve(import.meta.dirname, '../..');

/** Run context of a step that is started from the command line. */
export const BY_HAND: Env = { RUN_NAME: 'by-hand', RUN_UID: 'by-hand', POD_NAME: 'by-hand', NAMESPACE };

/** No image is pulled from here. */
const DEFAULTS = { name: 'by-hand', ...defaultSettings({ repository: 'localhost/none' }) };

/** Loads the settings of a name in clusters/ or of a path; without either, the defaults. Throws SettingsError. */
export function settingsFor(cluster: string | undefined): ClusterSettings {
  return withRelease(cluster === undefined ? DEFAULTS : loadNamed(cluster, join(ROOT, 'clusters')), 'none');
}

/** Inputs that the workflow of an upgrade sets. Without other values, a step that is started here is a step of an upgrade. */
const AN_UPGRADE: Readonly<Record<string, string>> = { scope: 'all-nodes', direction: 'forward' };

/** Returns the environment that the settings give to the pods of a step in an upgrade. Other steps, or an operator, give the rest. */
export const envFromSettings = (step: StepContract, settings: ClusterSettings): Env => ({
  ...Object.fromEntries(
    Object.entries(AN_UPGRADE).flatMap(([name, value]) => (name in step.inputs ? [[envName(name), value]] : [])),
  ),
  ...envFor(step, settings),
});

/** Returns the inputs of a step as the step reads them. `more`: values that other steps, or an operator, would give. */
export const inputsOf = <I extends Params>(
  step: StepContract<I>,
  settings: ClusterSettings,
  more: Env,
): ValuesOf<I> & RunContext =>
  readInputs(
    { ...contextOf(step as unknown as StepContract), ...step.inputs },
    { ...BY_HAND, ...envFromSettings(step as unknown as StepContract, settings), ...more },
  ) as ValuesOf<I> & RunContext;
