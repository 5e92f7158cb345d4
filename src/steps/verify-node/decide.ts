import { ALERT_REMEDY, passedAlertsText, formatAlerts } from '../../signals/alert-news.ts';
import { act, done, refuse, wait, type Decision } from '../../upgrade/decision.ts';
import { kubeTag, sameVersion, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { CONTROL_PLANE_COMPONENTS } from '../../upgrade/node/node.ts';
import { imageOf } from '../../upgrade/node/unknown-version.ts';
import type { NodeFacts, VerifyFacts } from './observe.ts';

export interface VerifyWish {
  readonly target: KubeVersion;
  readonly readyTimeoutSeconds: number;
  readonly soakSeconds: number;
  readonly alertSilenceSeconds: number;
}

export type VerifyAction = 'give-back' | 'close-ledger';

const POLL_SECONDS = 3;

/** Ready at target → given back → its daemons ready and well for the soak → ledger closed. */
export function decide(facts: VerifyFacts, wish: VerifyWish, elapsedSeconds: number): Decision<VerifyAction> {
  const { node, stopped } = facts;
  if (stopped !== undefined) return done(`${node.name} was given back as it was found. ${stopped}`);
  const objection = node.upgradeRecord?.phase === 'soaking' ? alertObjection(facts, wish) : undefined;
  if (objection !== undefined) return refuse(`${objection} ${whatIsLeft(facts)}`);
  const wrong = ailments(facts, wish.target);
  const patience = 2 * wish.readyTimeoutSeconds + wish.soakSeconds;
  const givenBack = node.upgradeRecord === undefined || node.upgradeRecord.phase === 'soaking';
  if (wrong.length > 0) {
    const limit = givenBack ? patience : wish.readyTimeoutSeconds;
    const because = `${node.name}: ${wrong.join('; ')}.`;
    return elapsedSeconds < limit
      ? wait(POLL_SECONDS, because)
      : refuse(`${because} Waited ${elapsedSeconds} s. ${whatIsLeft(facts)}`);
  }
  if (node.upgradeRecord === undefined) return done(`${node.name} is Ready at ${kubeTag(wish.target)}.`);
  if (!givenBack) return act('give-back', `${node.name} is Ready at ${kubeTag(wish.target)}: ${giveBack(facts)}.`);
  if (facts.news.kind === 'unknown')
    return wait(
      POLL_SECONDS,
      `${node.name}: its soak stands still, nobody says which alerts fire: ${facts.news.reason}.`,
    );
  const passed = passedAlertsText(facts.news);
  if (facts.wellSeconds < wish.soakSeconds)
    return wait(POLL_SECONDS, `${node.name}: soaking for ${wish.soakSeconds} s.${passed}`);
  return act('close-ledger', `${node.name}: well for ${wish.soakSeconds} s; closing its ledger.${passed}`);
}

/** The node is healthy; the cluster is not, or its state is not known. */
function alertObjection({ node, news, silentSeconds }: VerifyFacts, wish: VerifyWish): string | undefined {
  switch (news.kind) {
    case 'off':
    case 'quiet':
      return undefined;
    case 'firing':
      return `${node.name}: alerts fire that are new in this run: ${formatAlerts(news.alerts)}. ${ALERT_REMEDY}`;
    case 'unknown':
      return silentSeconds < wish.alertSilenceSeconds
        ? undefined
        : `${node.name}: for ${silentSeconds} s nobody says which alerts fire: ${news.reason}.`;
  }
}

/** Everything that is wrong with the node now; empty when nothing is. */
export function ailments({ node, pods }: NodeFacts, target: KubeVersion): string[] {
  const soaking = node.upgradeRecord === undefined || node.upgradeRecord.phase === 'soaking';
  return [
    ...(node.ready ? [] : ['not Ready']),
    ...(sameVersion(node.kubelet, target)
      ? []
      : [`its kubelet says ${kubeTag(node.kubelet)}, expected ${kubeTag(target)}`]),
    ...(node.controlPlane ? controlPlaneAilments(node, target) : []),
    ...(soaking ? daemonAilments(pods) : []),
  ];
}

function controlPlaneAilments(node: VerifyFacts['node'], target: KubeVersion): string[] {
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

function daemonAilments(pods: VerifyFacts['pods']): string[] {
  const sick = pods.filter((pod) => pod.daemonSet && !pod.ready).map((pod) => `${pod.namespace}/${pod.name}`);
  return sick.length === 0 ? [] : [`DaemonSet pods not ready: ${sick.sort().join(', ')}`];
}

const giveBack = ({ node }: VerifyFacts): string =>
  node.upgradeRecord?.cordonedByUs === true ? 'uncordoning it' : 'it stays cordoned, as it was found';

const whatIsLeft = ({ node }: VerifyFacts): string =>
  node.unschedulable ? `${node.name} stays cordoned.` : `${node.name} takes pods; its ledger stays open.`;
