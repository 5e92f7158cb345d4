import { kubectl } from '../../../kit/commands.ts';
import { said, type CampaignRecord } from '../../../kit/record.ts';
import { nodeLines } from '../../../kit/nodes.ts';
import { readyNodes } from '../night.ts';
import { endOf, logsOf, messageOf, startNight, whenEnded } from '../../../kit/runs.ts';
import { BY_HAND } from '../settings.ts';
import { A, B } from '../versions.ts';
import { createDeployer, createHook, createOwnHook, WITH_OWN_HOOK } from './deployer.ts';
import { checkInert, EXPRESSION } from './expressions.ts';
import { KeyPodWatch, type KeyPod } from './key-pods.ts';
import { annotate, asKubelet, checkWrite, forging } from './kubelet.ts';
import { Loot, placeKey } from './loot.ts';
import { checkHooks } from './restore-hook.ts';
import { patchCoreDns, rightsWorthEverything } from './rights.ts';
import { CANARY_LABEL, PREFER_W1, withSettings, type Scenario } from './scenario.ts';
import { noteMessage } from './dry-run.ts';

const LIMIT_SECONDS = 2400;
const WINDOW_HOURS = 3;
const CLAIMED_RUNTIME = 'containerd://1.99.0';

/** A window that is open for two more hours. */
function openWindow(): object {
  const time = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
  const start = Date.now() - 3_600_000;
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  return { days, start: time(start), end: time(start + WINDOW_HOURS * 3_600_000) };
}

const memory = (seconds: number | string): string =>
  `{"run":${JSON.stringify(EXPRESSION)},"from":"1.34.8","to":"1.34.9","finishedAt":"2026-01-01T00:00:00Z","seconds":${seconds}}`;

/**
 * The cluster is upgraded while w1 claims whatever it can: a duration of almost the whole window, the place of a canary, a
 * newer container runtime. The settings name the operator's restore hook; a deployer has created the ConfigMap that release
 * 0.1.0 ran without a setting. Root on w1 looks for keys and tokens.
 */
export const upgradeBesideClaims: Scenario = async (record) => {
  const settings = {
    nightly: BY_HAND,
    maintenance: { windows: [openWindow()], assumedNodeSeconds: 60 },
    controlPlane: WITH_OWN_HOOK,
    workers: { canary: { labels: [CANARY_LABEL] } },
  };
  await withSettings(settings, () => claiming(record));
};

async function claiming(record: CampaignRecord): Promise<void> {
  const seconds = Math.round(WINDOW_HOURS * 3600 * 0.95);
  const long = `w1 claims that its last upgrade took ${seconds} s, 95 % of the maintenance window`;
  checkWrite(record, long, 'allowed', await annotate('w1', 'last-upgrade', memory(seconds)));
  const endless = 'w2 claims that its last upgrade took 1e300 s';
  checkWrite(record, endless, 'allowed', await annotate('w2', 'last-upgrade', memory('1e300')));
  checkWrite(
    record,
    `w1 labels itself ${CANARY_LABEL}`,
    'refused',
    await asKubelet('w1', 'label', 'node', 'w1', CANARY_LABEL),
  );
  await createOwnHook();
  await createDeployer();
  const former = 'a deployer creates a ConfigMap with the name of the restore hook of release 0.1.0';
  checkWrite(record, former, 'allowed', await createHook());
  const runtime = { nodeInfo: { containerRuntimeVersion: CLAIMED_RUNTIME } };
  await forging(record, 'w1', { what: `w1 reports ${CLAIMED_RUNTIME}`, status: runtime, untilUpgraded: true }, () =>
    upgraded(record),
  );
}

async function upgraded(record: CampaignRecord): Promise<void> {
  // An administrator chooses w2 as the canary: settings that name a canary need one.
  await kubectl('label', 'node', 'w2', CANARY_LABEL);
  await kubectl('taint', 'node', 'w2', `${PREFER_W1}=true:PreferNoSchedule`);
  const loot = await Loot.start('w1');
  const onPurpose = await placeKey('w1');
  const watch = new KeyPodWatch();
  const name = await startNight();
  const ended = await whenEnded(name, LIMIT_SECONDS);
  const keyPods = await watch.stop();
  await loot.stop();

  // The duration that w1 claims keeps w1 alone from being begun in this window.
  record.check('the run beside all of that ends', 'Succeeded, paused', endOf(ended));
  record.check('… the nodes', (await readyNodes(B)).replace(`w1 v${B}`, `w1 v${A}`), await nodeLines());
  record.check('… the message says why', ...said(messageOf(ended), 'w1 usually takes 171 min'));
  await checkInert(record, ended);
  noteMessage(record, messageOf(ended));
  const log = await logsOf(name, 'upgrade-node');
  record.check('… the steps mention the claimed runtime', 'no', log.includes('1.99.0') ? 'yes' : 'no');
  await checkHooks(record);
  checkKeys(record, await loot.keys(), onPurpose, keyPods);
  await checkTokens(record, await loot.tokens());
}

/** Only the upgrade of the one control-plane node may run elsewhere: no step runs on the node that it drains. */
function checkKeys(
  record: CampaignRecord,
  found: readonly string[],
  onPurpose: string,
  keyPods: readonly KeyPod[],
): void {
  const control = found.includes(onPurpose) ? 'found' : 'not found';
  record.check('root on w1 looks for private keys: that of a pod that is there on purpose', 'found', control);
  const others = found.filter((uid) => uid !== onPurpose);
  const stepOf = (uid: string): string => {
    const pod = keyPods.find((each) => each.uid === uid);
    return pod === undefined ? uid : describe(pod);
  };
  const allowed = others.filter((uid) => keyPods.some((pod) => pod.uid === uid && pod.target === 'cp1'));
  record.check(
    '… keys of other pods',
    'none',
    others
      .filter((uid) => !allowed.includes(uid))
      .map(stepOf)
      .join(', ') || 'none',
  );
  record.check(
    '… steps with the key that ran on a worker',
    'those that work on cp1, the only control plane',
    elsewhere(keyPods),
  );
  for (const pod of keyPods) record.note(`  with the key: ${describe(pod)}`);
}

const describe = ({ step, ranOn, target }: KeyPod): string =>
  `${step}${target === undefined ? '' : ` of ${target}`} on ${ranOn}`;

function elsewhere(pods: readonly KeyPod[]): string {
  const wrong = pods.filter(({ ranOn, target }) => ranOn !== 'cp1' && target !== 'cp1');
  return wrong.map(describe).join(', ') || 'those that work on cp1, the only control plane';
}

async function checkTokens(record: CampaignRecord, tokens: ReadonlyMap<string, string>): Promise<void> {
  record.note(`  Tokens that root on w1 found: ${[...tokens.keys()].sort().join(', ')}`);
  const ours = [...tokens].filter(([account]) => account.startsWith('k8s-upgrade:')).sort();
  record.check('… tokens of steps that were on w1', 'some', ours.length > 0 ? 'some' : 'none');
  const rights = await Promise.all(ours.map(([, token]) => rightsWorthEverything(token)));
  const worth = [...new Set(rights.flat())].join('; ') || 'none';
  // The lock of kured is an annotation of its DaemonSet: docs/security.md says what that right is worth.
  record.check('… rights of these that are worth cluster-admin or root', 'patch apps/daemonsets in kube-system', worth);
  for (const [account, token] of ours) {
    const { exitCode } = await patchCoreDns(token);
    if (exitCode === 0) record.check(`… ${account} patches the Deployment coredns`, 'refused', 'allowed');
  }
}
