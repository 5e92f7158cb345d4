import { createHash } from 'node:crypto';
import { type Ended, kubectl, onNode, tryKubectl } from '../../../kit/commands.ts';
import { fingerprint, touchedSince } from '../../../kit/nodes.ts';
import { check, checkSays } from '../../../kit/record.ts';
import type { Scenario } from '../../../kit/runner.ts';
import { endOf, messageOf, night, noteMessage } from '../../../kit/runs.ts';
import { checkWrite } from './kubelet.ts';
import { withSettings } from './scenario.ts';

const NAME = 'helm-deployer';
const NAMESPACE = 'kube-system';
/** The ConfigMap that release 0.1.0 ran without a setting. */
const FORMER_HOOK = 'apiserver-oidc-restore';
const OWN_HOOK = 'lab-restore';
/** What the script of the deployer leaves on a machine that runs it. */
const MARK = '/root/hook-ran';
/** What the script of the operator leaves on a machine that runs it. */
const OWN_MARK = '/root/own-hook-ran';
const SCRIPT = `touch ${MARK}`;
const OWN_SCRIPT = `touch ${OWN_MARK}`;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const SHA256 = sha256(SCRIPT);
const OWN_SHA256 = sha256(OWN_SCRIPT);

/** `controlPlane` with the script of the operator, in a ConfigMap that the deployer does not write. */
export const WITH_OWN_HOOK = { restoreHook: { configMap: `${NAMESPACE}/${OWN_HOOK}`, sha256: OWN_SHA256 } };
/** `controlPlane` with the script of the operator, in the ConfigMap that the deployer writes. */
const WITH_WRITTEN_HOOK = { restoreHook: { configMap: `${NAMESPACE}/${FORMER_HOOK}`, sha256: OWN_SHA256 } };

/** A ServiceAccount that may create ConfigMaps in kube-system, as many tools that deploy charts may. */
export async function createDeployer(): Promise<void> {
  const namespace = ['-n', NAMESPACE];
  await kubectl('create', 'serviceaccount', NAME, ...namespace);
  await kubectl('create', 'role', NAME, '--verb=get,create', '--resource=configmaps', ...namespace);
  await kubectl('create', 'rolebinding', NAME, `--role=${NAME}`, `--serviceaccount=${NAMESPACE}:${NAME}`, ...namespace);
}

function creating(name: string, script: string): readonly string[] {
  const literal = `--from-literal=restore.sh=${script}`;
  return ['create', 'configmap', name, '-n', NAMESPACE, literal];
}

/** The deployer creates the ConfigMap that release 0.1.0 ran as root on every control-plane node. */
export const createHook = (): Promise<Ended> =>
  tryKubectl('--as', `system:serviceaccount:${NAMESPACE}:${NAME}`, ...creating(FORMER_HOOK, SCRIPT));

export const createOwnHook = (): Promise<string> => kubectl(...creating(OWN_HOOK, OWN_SCRIPT));

export async function removeDeployer(): Promise<void> {
  for (const hook of [FORMER_HOOK, OWN_HOOK])
    await kubectl('delete', 'configmap', hook, '-n', NAMESPACE, '--ignore-not-found');
  for (const kind of ['rolebinding', 'role', 'serviceaccount'])
    await kubectl('delete', kind, NAME, '-n', NAMESPACE, '--ignore-not-found');
}

const LIMIT_SECONDS = 900;

/** A deployer has written another script into the ConfigMap that the settings name: the run stops before any drain. */
export const hookOfAnother: Scenario = () =>
  withSettings({ controlPlane: WITH_WRITTEN_HOOK }, async () => {
    await createDeployer();
    const what = 'a deployer writes another script into the ConfigMap of controlPlane.restoreHook';
    checkWrite(what, 'allowed', await createHook());
    const before = await fingerprint();
    const ended = await night(LIMIT_SECONDS);
    check('… the run ends', 'Failed, failed', endOf(ended));
    checkSays('… the message has the SHA-256 of that script', messageOf(ended), SHA256);
    checkSays('… and the SHA-256 of the settings', messageOf(ended), OWN_SHA256);
    noteMessage(ended);
    check('… touched', 'nothing', await touchedSince(before));
    await checkRan(MARK, '… the script of the deployer on cp1', 'did not run');
  });

/** After an upgrade under {@link WITH_OWN_HOOK}. */
export async function checkHooks(): Promise<void> {
  await checkRan(MARK, '… the script of the deployer on cp1', 'did not run');
  const own = `… the script of ${WITH_OWN_HOOK.restoreHook.configMap}, which the settings name, on cp1`;
  await checkRan(OWN_MARK, own, 'ran');
}

async function checkRan(mark: string, what: string, expected: 'ran' | 'did not run'): Promise<void> {
  check(what, expected, await onNode('cp1', `[ -e ${mark} ] && echo ran || echo did not run`));
}
