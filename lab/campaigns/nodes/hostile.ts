import { publish } from '../../kit/cluster.ts';
import { run, tryKubectl } from '../../kit/commands.ts';
import { startChat, WEBHOOKS, withDaemon, withPushgateway } from '../../kit/daemons.ts';
import { resetKillSwitch } from '../../kit/namespace.ts';
import { check } from '../../kit/record.ts';
import { attempt, type Part, type Scenario } from '../../kit/runner.ts';
import { NEXT, RUNNING } from './cluster.ts';
import { controllerRestarts } from './hostile/expressions.ts';
import { forgedAddresses, machineIds, ownLabels } from './hostile/identity.ts';
import { jobOutput } from './hostile/job-output.ts';
import { PREFIX, reportRarely } from './hostile/kubelet.ts';
import { leavesItselfOut } from './hostile/left-out.ts';
import { removeKey } from './hostile/loot.ts';
import { hookOfAnother, removeDeployer } from './hostile/restore-hook.ts';
import { OWN_LABEL, PREFER_W1, SETTINGS_OVERRIDES } from './hostile/scenario.ts';
import { alertText, killSwitchText, ledgerText, versionText } from './hostile/text.ts';
import { upgradeBesideClaims } from './hostile/upgrade.ts';
import { kubeletVersions, ledgerVersions, staticPod } from './hostile/versions.ts';

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'an expression in a ledger': ledgerText,
  'an expression as a kubelet version': versionText,
  'an expression in the kill switch': killSwitchText,
  'expressions in alerts': alertText,
  'versions in a ledger': ledgerVersions,
  'a static pod of a worker': staticPod,
  'kubelet versions': kubeletVersions,
  'a worker that leaves itself out': leavesItselfOut,
  addresses: forgedAddresses,
  'machine IDs': machineIds,
  labels: ownLabels,
  'a restore hook of another': hookOfAnother,
  'an upgrade beside false claims': upgradeBesideClaims,
  'an expression in the output of a job': jobOutput,
};

/** What a worker's own kubelet, and others who hold little, write for the product to read. */
export const hostile: Part = {
  name: 'hostile',
  title:
    'Written by a worker’s own kubelet: expressions, ledgers, versions, addresses, labels; alerts, a hook, a search for keys',
  shape: { version: RUNNING, settings: SETTINGS_OVERRIDES, secrets: WEBHOOKS },
  body: () =>
    withPushgateway(() =>
      withDaemon(startChat, async () => {
        await publish(NEXT);
        await everyScenario();
      }),
    ),
};

async function everyScenario(): Promise<void> {
  await reportRarely('w1');
  for (const [what, scenario] of Object.entries(SCENARIOS)) {
    await attempt(what, scenario);
    await cleanUp();
  }
  check('restarts of Argo’s controller after all of that', '0', await controllerRestarts());
}

/** Removes what a scenario leaves behind when it breaks off, so that the next one begins as if it had not been there. */
async function cleanUp(): Promise<void> {
  const words = ['ledger', 'last-upgrade'].map((name) => `${PREFIX}${name}-`);
  await tryKubectl('annotate', 'node', 'w1', ...words);
  await tryKubectl('label', 'node', 'w1', `${OWN_LABEL.split('=')[0] ?? ''}-`);
  await run('lab/on-node.sh', ['w1', 'rm', '-f', '/etc/kubernetes/manifests/kube-apiserver.yaml']);
  await tryKubectl('taint', 'node', 'w2', `${PREFER_W1}-`);
  await resetKillSwitch();
  await removeDeployer();
  await removeKey();
}
