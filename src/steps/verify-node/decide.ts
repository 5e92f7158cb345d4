import { ALERT_REMEDY, passedAlertsText, formatAlerts } from '../../signals/alert-check.ts';
import { act, done, refuse, wait, type Decision } from '../../upgrade/decision.ts';
import { kubeTag, sameVersion, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { CONTROL_PLANE_COMPONENTS } from '../../upgrade/node/node.ts';
import { imageOf } from '../../upgrade/node/unknown-version.ts';
import type { VerifyInput } from './contract.ts';
import type { NodeFacts, VerifyFacts } from './observe.ts';

export type VerifyAction = 'uncordon' | 'close-record';

const POLL_SECONDS = 3;

/** Ready at target → given back → its daemons ready and well for the soak → upgrade record closed. */
export function decide(facts: VerifyFacts, input: VerifyInput, elapsedSeconds: number): Decision<VerifyAction> {
  const { node, stopped } = facts;
  if (stopped !== undefined) return done(`${node.name} was restored as it was found. ${stopped}`);
  const problem = node.upgradeRecord?.phase === 'soaking' ? alertProblem(facts, input) : undefined;
  if (problem !== undefined) return refuse(`${problem} ${nodeState(facts)}`);
  const problems = healthProblems(facts, input.target);
  const limitAfterUncordon = 2 * input.readyTimeoutSeconds + input.soakSeconds;
  const isUncordoned = node.upgradeRecord === undefined || node.upgradeRecord.phase === 'soaking';
  if (problems.length > 0) {
    const limit = isUncordoned ? limitAfterUncordon : input.readyTimeoutSeconds;
    const because = `${node.name}: ${problems.join('; ')}.`;
    return elapsedSeconds < limit
      ? wait(POLL_SECONDS, because)
      : refuse(`${because} Waited ${elapsedSeconds} s. ${nodeState(facts)}`);
  }
  if (node.upgradeRecord === undefined) return done(`${node.name} is Ready at ${kubeTag(input.target)}.`);
  if (!isUncordoned) return act('uncordon', `${node.name} is Ready at ${kubeTag(input.target)}: ${uncordon(facts)}.`);
  if (facts.alertCheck.kind === 'unknown')
    return wait(
      POLL_SECONDS,
      `${node.name}: its soak is paused, since the firing alerts are not known: ${facts.alertCheck.reason}.`,
    );
  const passed = passedAlertsText(facts.alertCheck);
  if (facts.healthySeconds < input.soakSeconds)
    return wait(POLL_SECONDS, `${node.name}: soaking for ${input.soakSeconds} s.${passed}`);
  return act('close-record', `${node.name}: healthy for ${input.soakSeconds} s; closing its upgrade record.${passed}`);
}

/** The node is healthy; the cluster is not, or its state is not known. */
function alertProblem({ node, alertCheck, unansweredSeconds }: VerifyFacts, input: VerifyInput): string | undefined {
  switch (alertCheck.kind) {
    case 'off':
    case 'quiet':
      return undefined;
    case 'firing':
      return `${node.name}: alerts fire that are new in this run: ${formatAlerts(alertCheck.alerts)}. ${ALERT_REMEDY}`;
    case 'unknown':
      return unansweredSeconds < input.alertSilenceSeconds
        ? undefined
        : `${node.name}: for ${unansweredSeconds} s the firing alerts are not known: ${alertCheck.reason}.`;
  }
}

/** Health problems of the node; empty when it is healthy. */
export function healthProblems({ node, pods }: NodeFacts, target: KubeVersion): string[] {
  const soaking = node.upgradeRecord === undefined || node.upgradeRecord.phase === 'soaking';
  return [
    ...(node.ready ? [] : ['not Ready']),
    ...(sameVersion(node.kubelet, target)
      ? []
      : [`its kubelet says ${kubeTag(node.kubelet)}, expected ${kubeTag(target)}`]),
    ...(node.controlPlane ? controlPlaneProblems(node, target) : []),
    ...(soaking ? daemonProblems(pods) : []),
  ];
}

function controlPlaneProblems(node: VerifyFacts['node'], target: KubeVersion): string[] {
  return CONTROL_PLANE_COMPONENTS.flatMap((component) => {
    const pod = node.staticPods.find((candidate) => candidate.component === component);
    if (pod === undefined) return [`its ${component} is not there`];
    if (pod.version === undefined)
      return [`its ${component} shows no version (${imageOf(pod)}), expected ${kubeTag(target)}`];
    if (!sameVersion(pod.version, target))
      return [`its ${component} is at ${kubeTag(pod.version)}, expected ${kubeTag(target)}`];
    return pod.ready ? [] : [`its ${component} is not ready`];
  });
}

function daemonProblems(pods: VerifyFacts['pods']): string[] {
  const notReady = pods.filter((pod) => pod.daemonSet && !pod.ready).map((pod) => `${pod.namespace}/${pod.name}`);
  return notReady.length === 0 ? [] : [`DaemonSet pods not ready: ${notReady.sort().join(', ')}`];
}

const uncordon = ({ node }: VerifyFacts): string =>
  node.upgradeRecord?.cordonedByUs === true ? 'uncordoning it' : 'it stays cordoned, as it was found';

const nodeState = ({ node }: VerifyFacts): string =>
  node.unschedulable ? `${node.name} stays cordoned.` : `${node.name} is schedulable; its upgrade record stays open.`;
