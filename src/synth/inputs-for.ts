import { valuesFromSettings } from '../contract/from-settings.ts';
import { contextOf } from '../contract/run-context.ts';
import { envName, type Params, type StepContract } from '../contract/step-contract.ts';
import { doctor } from '../steps/doctor/contract.ts';
import { STEPS } from '../steps/catalog.ts';
import { serverEnv } from './mounts.ts';
import { permissionRulesOf } from './permissions.ts';
import { bundleName, loginList } from './servers.ts';
import type { ClusterSettings } from './settings.ts';

/** Inputs of the doctor that its contract cannot derive from the settings, because a step does not know the other steps. */
export const doctorInputs = (settings: ClusterSettings) => ({
  serverLogins: loginList(settings),
  certificateAuthorities: bundleName(settings),
  permissions: STEPS.flatMap((step) => permissionRulesOf(step, settings)),
});

type Values = Readonly<Record<string, unknown>>;

/** The value of each input of a step that follows from the settings of the cluster. */
export const inputsFor = (step: StepContract, settings: ClusterSettings): Values => ({
  ...valuesFromSettings({ ...contextOf(step), ...step.inputs }, settings),
  ...(step.name === doctor.name ? doctorInputs(settings) : {}),
});

/** The environment variables that follow from the settings: these inputs, and how to reach servers. */
export function envFor(step: StepContract, settings: ClusterSettings): Readonly<Record<string, string>> {
  const params: Params = { ...contextOf(step), ...step.inputs };
  const ofInputs = Object.entries(inputsFor(step, settings)).flatMap(([name, value]) => {
    const param = params[name];
    return param === undefined ? [] : [[envName(name), param.format(value)] as const];
  });
  const ofServers = serverEnv(step, settings).map(({ name, value = '' }) => [name, value] as const);
  return Object.fromEntries([...ofInputs, ...ofServers]);
}
