import { kubectl } from '../../../kit/commands.ts';
import { nodeLines, readyNodes } from '../../../kit/nodes.ts';
import { logsOf, PodWatch, stepOf, type StepPod, targetOf } from '../../../kit/pods.ts';
import { check, checkSays, noteLines } from '../../../kit/record.ts';
import type { Scenario } from '../../../kit/runner.ts';
import { endOf, messageOf, noteMessage, startNight, whenEnded } from '../../../kit/runs.ts';
import { BY_HAND, NEXT, RUNNING, windowOf } from '../cluster.ts';
import { checkInert, EXPRESSION } from './expressions.ts';
import { annotate, asKubelet, checkWrite, forging } from './kubelet.ts';
import { Loot, placeKey } from './loot.ts';
import { checkHooks, createDeployer, createHook, createOwnHook, WITH_OWN_HOOK } from './restore-hook.ts';
import { patchCoreDns, rightsWorthEverything } from './rights.ts';
import { CANARY_LABEL, PREFER_W1, withSettings } from './scenario.ts';

const LIMIT_SECONDS = 2400;
const WINDOW_HOURS = 3;
const CLAIMED_RUNTIME = 'containerd://1.99.0';

/** A window that is open for two more hours. */
const openWindow = (): object => windowOf(Date.now() - 3_600_000, Date.now() + (WINDOW_HOURS - 1) * 3_600_000);

const memory = (seconds: number | string): string =>
  `{"run":${JSON.stringify(EXPRESSION)},"from":"1.34.8","to":"1.34.9","finishedAt":"2026-01-01T00:00:00Z","seconds":${seconds}}`;

/**
 * The cluster is upgraded while w1 claims whatever it can: a duration of almost the whole window, the place of a canary, a
 * newer container runtime. The settings name the operator's restore hook; a deployer has created the ConfigMap that release
 * 0.1.0 ran without a setting. Root on w1 looks for keys and tokens.
 */
export const upgradeBesideClaims: Scenario = async () => {
  const settings = {
    nightly: BY_HAND,
    maintenance: { windows: [openWindow()], assumedNodeSeconds: 60 },
    controlPlane: WITH_OWN_HOOK,
    workers: { canary: { labels: [CANARY_LABEL] } },
  };
  await withSettings(settings, claiming);
};

async function claiming(): Promise<void> {
  const seconds = Math.round(WINDOW_HOURS * 3600 * 0.95);
  const long = `w1 claims that its last upgrade took ${seconds} s, 95 % of the maintenance window`;
  checkWrite(long, 'allowed', await annotate('w1', 'last-upgrade', memory(seconds)));
  const endless = 'w2 claims that its last upgrade took 1e300 s';
  checkWrite(endless, 'allowed', await annotate('w2', 'last-upgrade', memory('1e300')));
  checkWrite(`w1 labels itself ${CANARY_LABEL}`, 'refused', await asKubelet('w1', 'label', 'node', 'w1', CANARY_LABEL));
  await createOwnHook();
  await createDeployer();
  const former = 'a deployer creates a ConfigMap with the name of the restore hook of release 0.1.0';
  checkWrite(former, 'allowed', await createHook());
  const runtime = { nodeInfo: { containerRuntimeVersion: CLAIMED_RUNTIME } };
  await forging('w1', { what: `w1 reports ${CLAIMED_RUNTIME}`, status: runtime, untilUpgraded: true }, upgraded);
}

async function upgraded(): Promise<void> {
  // An administrator chooses w2 as the canary: settings that name a canary need one.
  await kubectl('label', 'node', 'w2', CANARY_LABEL);
  await kubectl('taint', 'node', 'w2', `${PREFER_W1}=true:PreferNoSchedule`);
  const loot = await Loot.start('w1');
  const onPurpose = await placeKey('w1');
  const watch = new PodWatch();
  const name = await startNight();
  const ended = await whenEnded(name, LIMIT_SECONDS);
  const keyPods = (await watch.stop()).filter(mountsKey);
  await loot.stop();

  // The duration that w1 claims keeps w1 alone from being begun in this window.
  check('the run beside all of that ends', 'Succeeded, paused', endOf(ended));
  check('… the nodes', (await readyNodes(NEXT)).replace(`w1 v${NEXT}`, `w1 v${RUNNING}`), await nodeLines());
  checkSays('… the message says why', messageOf(ended), 'w1 usually takes 171 min');
  await checkInert(ended);
  noteMessage(ended);
  const log = await logsOf(name, 'upgrade-node');
  check('… the steps mention the claimed runtime', 'no', log.includes('1.99.0') ? 'yes' : 'no');
  await checkHooks();
  checkKeys(await loot.keys(), onPurpose, keyPods);
  await checkTokens(await loot.tokens());
}

/** A Secret that is mounted whole holds the key as well. */
const mountsKey = ({ spec }: StepPod): boolean =>
  (spec.volumes ?? [])
    .flatMap((volume) => [volume, ...(volume.projected?.sources ?? [])])
    .some(({ secret }) => secret !== undefined && (secret.items?.some(({ key }) => key === 'ssh_key') ?? true));

/** Only the upgrade of the one control-plane node may run elsewhere: no step runs on the node that it drains. */
function checkKeys(found: readonly string[], onPurpose: string, keyPods: readonly StepPod[]): void {
  const control = found.includes(onPurpose) ? 'found' : 'not found';
  check('root on w1 looks for private keys: that of a pod that is there on purpose', 'found', control);
  const podOf = (uid: string): StepPod | undefined => keyPods.find(({ metadata }) => metadata.uid === uid);
  const worksOnCp1 = (pod: StepPod | undefined): boolean => pod !== undefined && targetOf(pod) === 'cp1';
  const others = found.filter((uid) => uid !== onPurpose && !worksOnCp1(podOf(uid)));
  const named = others.map((uid) => describe(podOf(uid)) ?? uid);
  check('… keys of other pods', 'none', named.join(', ') || 'none');
  const wrong = keyPods.filter((pod) => pod.spec.nodeName !== 'cp1' && !worksOnCp1(pod)).map(describe);
  const expected = 'those that work on cp1, the only control plane';
  check('… steps with the key that ran on a worker', expected, wrong.join(', ') || expected);
  noteLines(keyPods.map((pod) => `with the key: ${describe(pod) ?? ''}`));
}

/** `upgrade-node of cp1 on w1`. Undefined for a pod that the watch did not see. */
export function describe(pod: StepPod | undefined): string | undefined {
  if (pod === undefined) return undefined;
  const target = targetOf(pod);
  return `${stepOf(pod)}${target === undefined ? '' : ` of ${target}`} on ${pod.spec.nodeName ?? 'no node'}`;
}

async function checkTokens(tokens: ReadonlyMap<string, string>): Promise<void> {
  noteLines(`Tokens that root on w1 found: ${[...tokens.keys()].sort().join(', ')}`);
  const ours = [...tokens].filter(([account]) => account.startsWith('k8s-upgrade:')).sort();
  check('… tokens of steps that were on w1', 'some', ours.length > 0 ? 'some' : 'none');
  const rights = await Promise.all(ours.map(([, token]) => rightsWorthEverything(token)));
  const worth = [...new Set(rights.flat())].join('; ') || 'none';
  // The lock of kured is an annotation of its DaemonSet: docs/security.md says what that right is worth.
  check('… rights of these that are worth cluster-admin or root', 'patch apps/daemonsets in kube-system', worth);
  for (const [account, token] of ours) {
    const { exitCode } = await patchCoreDns(token);
    if (exitCode === 0) check(`… ${account} patches the Deployment coredns`, 'refused', 'allowed');
  }
}
