import { alertProblem, ALERT_REMEDY, passedAlertsText } from '../../signals/alert-check.ts';
import { refuse, wait, type Decision } from '../../upgrade/decision.ts';
import { kubeTag } from '../../upgrade/kubernetes/kube-version.ts';
import { needsUpgrade } from '../../upgrade/node/order.ts';
import { CONTROL_PLANE_COMPONENTS, type ClusterNode } from '../../upgrade/node/node.ts';
import { formatCount, neededRatio, ratioOf } from '../../upgrade/drain/pod-readiness.ts';
import { imageOf } from '../../upgrade/node/unknown-version.ts';
import type { PostflightFacts } from './observe.ts';
import type { PostflightInput } from './contract.ts';

interface PostflightResult {
  /** undefined: the pods were not counted. */
  readonly podsReady: string | undefined;
}

const POLL_SECONDS = 10;

/** Waits for pods to return and for alerts to clear. Then the message names every problem. */
export function decide(
  facts: PostflightFacts,
  input: PostflightInput,
  elapsedSeconds: number,
): Decision<never, PostflightResult> {
  const left = nodesLeft(facts.nodes, input);
  if (left.length > 0 && facts.stopped !== undefined)
    return well(undefined, `Not checked, because this run did not upgrade every node. ${facts.stopped}`);
  const wrong = [...left, ...healthProblems(facts, input)];
  const alerts = [alertProblem(facts.alertCheck)].filter((problem) => problem !== undefined);
  if (wrong.length + alerts.length === 0 && facts.pods.known) {
    const podsReady = formatCount(facts.pods.value);
    return well(
      podsReady,
      `The cluster is healthy at ${kubeTag(input.target)}; pods ready: ${podsReady}.${passedAlertsText(facts.alertCheck)}`,
    );
  }
  const all = [...wrong, ...alerts].map((each) => `${each}.`);
  const patience = wrong.length > 0 ? input.settleSeconds : Math.max(input.settleSeconds, input.alertWaitSeconds);
  if (elapsedSeconds < patience) return wait(POLL_SECONDS, `Not healthy yet: ${all.join(' ')}`);
  return refuse(
    `Every node is at ${kubeTag(input.target)}, and the cluster is not healthy after ${elapsedSeconds} s. ${all.join(' ')}${alerts.length > 0 ? ` ${ALERT_REMEDY}` : ''}`,
  );
}

const well = (podsReady: string | undefined, because: string): Decision<never, PostflightResult> => ({
  kind: 'done',
  value: { podsReady },
  because,
});

/** Returns every reason why the cluster is not healthy. */
function healthProblems(facts: PostflightFacts, input: PostflightInput): string[] {
  return [
    ...facts.nodes.filter(({ ready }) => !ready).map(({ name }) => `${name} is not Ready`),
    ...facts.nodes.filter(({ controlPlane }) => controlPlane).flatMap(controlPlaneTrouble),
    ...apiServerTrouble(facts.apiServers),
    ...dnsTrouble(facts.dns, input),
    ...podTrouble(facts, input),
  ];
}

function nodesLeft(nodes: readonly ClusterNode[], { target, only }: PostflightInput): string[] {
  const inScope = nodes.filter(({ name }) => only.length === 0 || only.includes(name));
  return [
    ...inScope
      .filter((node) => needsUpgrade(node, target))
      .map((node) => `${node.name} is not upgraded: ${seenOf(node)}`),
    ...only.filter((name) => !nodes.some((node) => node.name === name)).map((name) => `there is no node ${name}`),
  ];
}

const seenOf = ({ kubelet, upgradeRecord }: ClusterNode): string =>
  `its kubelet reports ${kubeTag(kubelet)}${upgradeRecord === undefined ? '' : `, and its upgrade record is open (${upgradeRecord.phase})`}`;

function controlPlaneTrouble({ name, staticPods }: ClusterNode): string[] {
  return CONTROL_PLANE_COMPONENTS.flatMap((component) => {
    const pod = staticPods.find((candidate) => candidate.component === component);
    if (pod === undefined) return [`the ${component} of ${name} does not exist`];
    if (pod.version === undefined) return [`the ${component} of ${name} shows no version (${imageOf(pod)})`];
    return pod.ready ? [] : [`the ${component} of ${name} is not ready`];
  });
}

function apiServerTrouble(servers: PostflightFacts['apiServers']): string[] {
  if (!servers.known) return [`the state of the API servers is not known: ${servers.reason}`];
  return servers.value.flatMap(({ server, trouble }) => trouble.map((each) => `API server ${server}: ${each}`));
}

const dnsTrouble = (dns: PostflightFacts['dns'], { dnsName = '' }: PostflightInput): string[] =>
  dns === undefined || dns.known ? [] : [`the cluster DNS does not resolve ${dnsName}: ${dns.reason}`];

const MOST_NAMED = 10;

function podTrouble({ pods, podsBefore }: PostflightFacts, { minimumReadyPercent }: PostflightInput): string[] {
  if (!pods.known) return [`the pods could not be counted: ${pods.reason}`];
  const needed = neededRatio(minimumReadyPercent, podsBefore);
  if (ratioOf(pods.value) >= needed) return [];
  const { notReady } = pods.value;
  const more = notReady.length - MOST_NAMED;
  const named = [...notReady.slice(0, MOST_NAMED), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
  const before = podsBefore === undefined ? '' : `, ${formatCount(podsBefore)} when the run began`;
  return [
    `pods ready: ${formatCount(pods.value)}${before}, expected at least ${needed.toFixed(2)}; not ready: ${named}`,
  ];
}
