import { must } from '../../kit/commands.ts';
import { said, type CampaignRecord } from '../../kit/record.ts';
import { fingerprint, touchedSince } from '../../kit/nodes.ts';
import { install, uninstall } from '../../kit/addons.ts';
import { resetKillSwitch, throwKillSwitch } from '../../kit/namespace.ts';
import { messageOf, night, submit, whenEnded } from '../../kit/runs.ts';
import { NEXT, RUNNING, SETTINGS } from './cluster.ts';
import { checkEnd } from './ends.ts';
import { alarm, type Restartable } from './monitoring.ts';

const LIMIT_SECONDS = 600;

/** Every end that a run can have without a node being touched, one after the other: each leaves its mark on the next. */
export async function nothingTouched(record: CampaignRecord, prometheus: Restartable): Promise<void> {
  const before = await fingerprint();

  const idle = await night(LIMIT_SECONDS);
  await checkEnd(record, 'nothing newer', idle, {
    ...{ end: 'Succeeded, nothing-to-do', gauges: 'unknown → none', inFlight: 'nobody', told: [] },
  });

  await must('lab/publish.sh', ['--only', `v${RUNNING}`, `v${NEXT}`]);
  await install('Deployment', 'cilium-operator', 'quay.io/cilium/operator-generic:v1.18.2');
  const blocked = await night(LIMIT_SECONDS);
  await checkEnd(record, 'an addon that is not ready for the next minor', blocked, {
    ...{ end: 'Succeeded, blocked', gauges: 'none → blocked', inFlight: 'nobody', told: ['blocked'] },
  });
  await uninstall('Deployment', 'cilium-operator');

  await install('Deployment', 'gpu-operator', 'nvcr.io/nvidia/gpu-operator:v24.6.2');
  const pin = { name: 'gpu-operator', pin: { reason: 'driver 570 until May' } };
  await SETTINGS.apply({ compatibility: { addons: [pin], deprecatedApis: { lookbackHours: 0 } } });
  const held = await night(LIMIT_SECONDS);
  await checkEnd(record, 'an addon that an operator has pinned', held, {
    ...{ end: 'Succeeded, held', gauges: 'blocked → held', inFlight: 'nobody', told: [] },
  });
  await uninstall('Deployment', 'gpu-operator');
  await SETTINGS.apply();

  const refused = await whenEnded(await submit('workflowtemplate/k8s-upgrade', 'target=1.36.0'), LIMIT_SECONDS);
  await checkEnd(record, 'by hand, three minors at once', refused, {
    ...{ end: 'Succeeded, refused', gauges: 'held → none', inFlight: 'nobody', told: ['refused'] },
  });
  const detected = await whenEnded(await submit('workflowtemplate/k8s-upgrade', 'detectionDryRun=true'), LIMIT_SECONDS);
  await checkEnd(record, 'a dry run of detection', detected, {
    ...{ end: 'Succeeded, detected', gauges: 'none', inFlight: 'nobody', told: ['detected'] },
  });

  await throwKillSwitch('the storage team is at work');
  const halted = await night(LIMIT_SECONDS);
  await checkEnd(record, 'the kill switch is thrown', halted, {
    ...{ end: 'Succeeded, halted', gauges: 'none', inFlight: 'nobody', told: ['halted'] },
  });
  await resetKillSwitch();

  const day = new Date().toISOString().slice(0, 10);
  await SETTINGS.apply({ maintenance: { freezes: [{ from: day, to: day, reason: 'month end' }] } });
  const paused = await night(LIMIT_SECONDS);
  await checkEnd(record, 'a freeze', paused, {
    ...{ end: 'Succeeded, paused', gauges: 'none', inFlight: 'nobody', told: ['paused'] },
  });
  await SETTINGS.apply();

  await alarm('LabBefore', true);
  const alerted = await night(LIMIT_SECONDS);
  await checkEnd(record, 'an alert fires before the run', alerted, {
    ...{ end: 'Failed, failed', gauges: 'none → failed', inFlight: 'nobody', told: ['failed'] },
  });
  record.check('… the message names the alert', ...said(messageOf(alerted), 'LabBefore'));
  await alarm('LabBefore', false);

  await prometheus.stop();
  const blind = await night(LIMIT_SECONDS);
  await prometheus.start();
  record.check('Prometheus is away before the run: it ends', 'Failed', blind.status.phase ?? '');
  record.check('… the message names it', ...said(messageOf(blind), 'http://10.210.0.1:9090'));
  for (const line of messageOf(blind).split('\n')) record.note(`  ${line}`);

  record.check('after all these runs: touched', 'nothing', await touchedSince(before));
}
