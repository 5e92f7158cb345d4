import type { Construct } from 'constructs';
import { text } from '../../contract/param.ts';
import { proveSshKey } from '../../steps/prove-ssh-key/contract.ts';
import { sshKey } from '../../steps/ssh-key/contract.ts';
import { switchSshKey } from '../../steps/switch-ssh-key/contract.ts';
import { after, call, dag, outputOf, type Callable, type NoOutputs } from '../argo/dag.ts';
import { workflowParameter } from '../argo/ref.ts';
import { ROTATE } from '../names.ts';
import type { ClusterSettings } from '../settings.ts';
import { afterBegin } from '../steps.ts';
import { stepTemplate, waiting } from '../step-template.ts';
import { workflowSpec, workflowTemplate } from '../workflow-template.ts';
import { beginOperation, finishOf } from './steps.ts';

/** Added to the refresh interval, for the time that the External Secrets Operator takes. */
const REFRESH_SLACK_SECONDS = 60;
const UNITS = { h: 3600, m: 60, s: 1 } as const;

/** The schema accepts numbers with these units only. */
const secondsOf = (duration: string): number =>
  // Bound: the schema accepts three numbers of five digits.
  [...duration.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNITS[unit as keyof typeof UNITS],
    0,
  );

/** Returns a pause that is longer than the refresh interval of the controller that writes the Secret. */
export function settleSeconds({ ssh: { rotation }, secrets: { externalSecret } }: ClusterSettings): number {
  if (externalSecret === undefined) return rotation.settleSeconds;
  return Math.max(rotation.settleSeconds, secondsOf(externalSecret.refreshInterval) + REFRESH_SLACK_SECONDS);
}

/** The steps that change the SSH key of every node. */
const keySteps = (settings: ClusterSettings) => ({
  addKey: stepTemplate(sshKey, {
    settings,
    as: 'add-key',
    fixed: { action: 'add', oldPublic: undefined, newPublic: undefined },
  }),
  removeKey: stepTemplate(sshKey, {
    settings,
    as: 'remove-key',
    global: true,
    fixed: { action: 'remove' },
  }),
  proveNext: stepTemplate(proveSshKey, {
    settings,
    as: 'prove-next',
    fixed: { which: 'next', otherwise: 'refuse' },
  }),
  awaitSwitch: stepTemplate(proveSshKey, {
    settings,
    as: 'await-switch',
    retry: waiting(settings.ssh.rotation.waitSeconds),
    fixed: { which: 'present', otherwise: 'wait' },
  }),
  provePresent: stepTemplate(proveSshKey, {
    settings,
    as: 'prove-present',
    fixed: { which: 'present', otherwise: 'refuse' },
  }),
  switchKey: stepTemplate(switchSshKey, {
    settings,
    fixed: { by: workflowParameter('switch') },
  }),
});

/** Adds the new key to every node. Removes the old key only after new pods get the new key, also after a pause. */
export function rotateTemplate(scope: Construct, settings: ClusterSettings): void {
  const { addKey, proveNext, switchKey, awaitSwitch, provePresent, removeKey } = keySteps(settings);
  const begin = beginOperation(settings);
  const finish = finishOf(settings, 'ssh-key-rotation');
  const settle: Callable<NoOutputs, NoOutputs> = {
    template: { name: 'settle', suspend: { duration: `${settleSeconds(settings)}s` } },
    inputs: {},
    outputs: {},
  };
  const key = (doc: string) => text({ doc, example: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI…' });
  const afterwards = dag({
    name: 'switch-and-remove',
    inputs: { oldPublic: key('The public key that goes.'), newPublic: key('The public key that comes.') },
    tasks: ({ oldPublic, newPublic }) => {
      const expected = { expected: newPublic };
      const proven = call('prove-next', proveNext, expected);
      const switched = call('switch', switchKey, { oldPublic, newPublic }, { depends: after(proven) });
      const seen = call('await-switch', awaitSwitch, expected, { depends: after(switched) });
      const settled = call('settle', settle, {}, { depends: after(seen) });
      const again = call('look-again', provePresent, expected, { depends: after(settled) });
      const removed = call('remove', removeKey, { oldPublic, newPublic }, { depends: after(again) });
      const proved = call('prove', provePresent, expected, { depends: after(removed) });
      return [proven, switched, seen, settled, again, removed, proved];
    },
  });
  const rotation = dag({
    name: 'rotation',
    inputs: {},
    tasks: () => {
      const added = call('add', addKey, {});
      const keys = { oldPublic: outputOf(added, 'oldPublic'), newPublic: outputOf(added, 'newPublic') };
      return [added, call('switch-and-remove', afterwards, keys, { depends: after(added) })];
    },
  });
  const main = dag({
    name: 'main',
    inputs: {},
    tasks: () => {
      const began = call('begin', begin, {});
      return [began, call('rotation', rotation, {}, afterBegin(began))];
    },
  });
  const metadata = {
    name: ROTATE,
    title: 'Rotate the SSH key',
    description:
      'Lets a new SSH key in on every node, waits until fresh pods are given it, and lets the old one in no longer.',
    parameters: [
      {
        name: 'switch',
        description:
          'Who puts the new key into the Secret: the operator, at its source; or the workflow, where nothing else writes the Secret.',
        // An ExternalSecret overwrites changes to its Secret, so only its source counts.
        enum: settings.secrets.externalSecret === undefined ? ['operator', 'workflow'] : ['operator'],
        value: 'operator',
      },
    ],
  };
  const all = [
    main,
    rotation,
    afterwards,
    begin,
    addKey,
    proveNext,
    switchKey,
    awaitSwitch,
    settle,
    provePresent,
    removeKey,
  ];
  workflowTemplate(scope, metadata, workflowSpec(settings, { main, finish, all }));
}
