import { STEPS } from '../steps/catalog.ts';
import { doctor } from '../steps/doctor/contract.ts';
import { bundleName } from './ca-bundle.ts';
import { loginList } from './logins.ts';
import { permissionRulesOf } from './permissions.ts';
import type { ClusterSettings } from './settings.ts';
import { stepTemplate } from './step-template.ts';

/** Inputs of the doctor that no contract can fill in. A step may not know the others: what they must be allowed travels as an input. */
export const doctorInputs = (settings: ClusterSettings) => ({
  serverLogins: loginList(settings),
  certificateAuthorities: bundleName(settings),
  permissions: STEPS.flatMap((step) => permissionRulesOf(step, settings)),
});

export const doctorStep = (settings: ClusterSettings) =>
  stepTemplate(doctor, { settings, fixed: doctorInputs(settings) });
