import { publish } from '../../kit/cluster.ts';
import { resetKillSwitch, throwKillSwitch } from '../../kit/namespace.ts';
import { fingerprint, touchedSince } from '../../kit/nodes.ts';
import { check, checkSays } from '../../kit/record.ts';
import { messageOf, night, noteMessage, phaseOf, runOf } from '../../kit/runs.ts';
import { installAddon, installCilium, uninstallAddon, uninstallCilium } from '../../kit/workloads.ts';
import { NEXT, SETTINGS } from './cluster.ts';
import { checkEnd } from './ends.ts';
import { alarm, PROMETHEUS, Restartable } from './monitoring.ts';

const LIMIT_SECONDS = 600;

/** Every end that a run can have without a node being touched, one after the other: each leaves its mark on the next. */
export async function nothingTouched(prometheus: Restartable): Promise<void> {
  const before = await fingerprint();

  const idle = await night(LIMIT_SECONDS);
  await checkEnd('nothing newer', idle, { end: 'Succeeded, nothing-to-do', gauges: 'unknown → none' });

  await publish(NEXT);
  await installCilium('1.18.2');
  const blocked = { end: 'Succeeded, blocked', gauges: 'none → blocked', told: ['blocked'] };
  await checkEnd('an addon that is not ready for the next minor', await night(LIMIT_SECONDS), blocked);
  await uninstallCilium();

  await installAddon('Deployment', 'gpu-operator', 'nvcr.io/nvidia/gpu-operator:v24.6.2');
  const pin = { name: 'gpu-operator', pin: { reason: 'driver 570 until May' } };
  await SETTINGS.apply({ compatibility: { addons: [pin], deprecatedApis: { lookbackHours: 0 } } });
  const held = { end: 'Succeeded, held', gauges: 'blocked → held' };
  await checkEnd('an addon that an operator has pinned', await night(LIMIT_SECONDS), held);
  await uninstallAddon('Deployment', 'gpu-operator');
  await SETTINGS.apply();

  const jump = await runOf('k8s-upgrade', LIMIT_SECONDS, 'target=1.36.0');
  const refused = { end: 'Succeeded, refused', gauges: 'held → none', told: ['refused'] };
  await checkEnd('by hand, three minors at once', jump, refused);
  const dry = await runOf('k8s-upgrade', LIMIT_SECONDS, 'detectionDryRun=true');
  await checkEnd('a dry run of detection', dry, { end: 'Succeeded, detected', gauges: 'none', told: ['detected'] });

  await throwKillSwitch('the storage team is at work');
  const halted = { end: 'Succeeded, halted', gauges: 'none', told: ['halted'] };
  await checkEnd('the kill switch is thrown', await night(LIMIT_SECONDS), halted);
  await resetKillSwitch();

  const day = new Date().toISOString().slice(0, 10);
  await SETTINGS.apply({ maintenance: { freezes: [{ from: day, to: day, reason: 'month end' }] } });
  const paused = { end: 'Succeeded, paused', gauges: 'none', told: ['paused'] };
  await checkEnd('a freeze', await night(LIMIT_SECONDS), paused);
  await SETTINGS.apply();

  await alarm('LabBefore', true);
  const alerted = await night(LIMIT_SECONDS);
  const failed = { end: 'Failed, failed', gauges: 'none → failed', told: ['failed'] };
  await checkEnd('an alert fires before the run', alerted, failed);
  checkSays('… the message names the alert', messageOf(alerted), 'LabBefore');
  await alarm('LabBefore', false);

  await prometheus.stop();
  const blind = await night(LIMIT_SECONDS);
  await prometheus.start();
  check('Prometheus is away before the run: it ends', 'Failed', phaseOf(blind));
  checkSays('… the message names it', messageOf(blind), PROMETHEUS);
  noteMessage(blind);

  check('after all these runs: touched', 'nothing', await touchedSince(before));
}
