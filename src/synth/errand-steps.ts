import { begin, finish, planRollback, proveSshKey, reset, sshKey, switchSshKey } from '../steps/catalog.ts';
import type { Operation } from '../upgrade/operation.ts';
import { workflowOutput, workflowParameter } from './argo/ref.ts';
import type { ClusterSettings } from './settings.ts';
import { stepTemplate, waiting } from './step-template.ts';
import { beginning, ending, metrics, quiesce, ssh } from './step-settings.ts';
import { ALWAYS, runSteps, type Asked } from './steps.ts';

/** The steps of what an operator has done by hand that is no upgrade, with this cluster's settings. */
export function errandSteps(settings: ClusterSettings, errand: Operation, asked: Partial<Asked> = {}) {
  // The images of an older version are nothing that a worker would start.
  const withoutImages = { ...settings, prepare: { ...settings.prepare, images: 'off' as const } };
  const run = runSteps(withoutImages, 'named-nodes', { only: [], detectionDryRun: false, ...asked });
  return {
    ...run,
    begin: stepTemplate(begin, {
      settings,
      global: true,
      fixed: { ...beginning(settings), ...ALWAYS, ...NO_PREFLIGHT, target: undefined },
    }),
    reset: stepTemplate(reset, {
      settings,
      global: true,
      fixed: {
        ...ssh(settings),
        ...metrics(settings),
        ...quiesce(settings),
        evenUnseen: workflowParameter('evenUnseen'),
      },
    }),
    planRollback: stepTemplate(planRollback, {
      settings,
      global: true,
      fixed: { node: workflowParameter('node'), requestedTarget: workflowParameter('target') },
    }),
    addKey: stepTemplate(sshKey, {
      settings,
      as: 'add-key',
      fixed: { ...ssh(settings), action: 'add', oldPublic: undefined, newPublic: undefined },
    }),
    removeKey: stepTemplate(sshKey, {
      settings,
      as: 'remove-key',
      global: true,
      fixed: { ...ssh(settings), action: 'remove' },
    }),
    proveNext: stepTemplate(proveSshKey, {
      settings,
      as: 'prove-next',
      fixed: { ...ssh(settings), which: 'next', otherwise: 'refuse' },
    }),
    awaitSwitch: stepTemplate(proveSshKey, {
      settings,
      as: 'await-switch',
      retry: waiting(settings.ssh.rotation.waitSeconds),
      fixed: { ...ssh(settings), which: 'present', otherwise: 'wait' },
    }),
    provePresent: stepTemplate(proveSshKey, {
      settings,
      as: 'prove-present',
      fixed: { ...ssh(settings), which: 'present', otherwise: 'refuse' },
    }),
    switchKey: stepTemplate(switchSshKey, {
      settings,
      fixed: { by: workflowParameter('switch'), secretName: settings.secrets.name },
    }),
    finish: stepTemplate(finish, {
      settings,
      fixed: {
        ...ending(settings),
        ...NO_UPGRADE,
        errand,
        result: workflowOutput('result'),
        target: errand === 'rollback' ? workflowOutput('target') : undefined,
        beginVerdict: workflowOutput('beginVerdict'),
        beginMessage: workflowOutput('beginMessage'),
        only: asked.only ?? [],
      },
    }),
  };
}

/** What the cluster is like says nothing against taking back, clearing or a new key: those may be what puts it right. */
const NO_PREFLIGHT = {
  preflightVerdict: 'clear',
  preflightMessage: 'No upgrade begins: preflight was not asked.',
} as const;

/** What the exit handler of an upgrade is told beside. */
const NO_UPGRADE = {
  ...{ verdict: undefined, reason: undefined, gateVerdict: undefined, gateMessage: undefined },
  ...{ approval: undefined, planVerdict: undefined, planDigest: undefined, planMessage: undefined },
  ...{ gateAgainVerdict: undefined, gateAgainMessage: undefined },
  ...{ podsReady: undefined },
  detectionDryRun: false,
};
