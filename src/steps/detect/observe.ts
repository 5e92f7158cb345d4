import { sshHost } from '../../upgrade/node/ssh-host.ts';
import {
  formatKubeVersion,
  formatMinor,
  kubeTag,
  newest,
  oldest,
  type KubeVersion,
} from '../../upgrade/kubernetes/kube-version.ts';
import { inJoinOrder } from '../../upgrade/node/order.ts';
import { unreadableLines } from '../../upgrade/node/readings.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { ignoredUpgradeRecordOf, leftOutLines } from '../../upgrade/node/states.ts';
import { KEY_REPLACED, NO_SOURCE_EXIT_CODE, offeredPackages } from '../../upgrade/host/offered-packages.ts';
import { parseMadison, type OfferedRelease } from '../../upgrade/kubernetes/package-list.ts';
import { settledReadings } from '../guards/node-readings.ts';
import { refused, StepError, tryAgain } from '../runtime/step-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { NodeReads } from '../ports/cluster.ts';
import type { Quiesced } from '../ports/deployments.ts';
import type { Log } from '../ports/log.ts';
import type { PackageRepository } from '../ports/packages.ts';
import type { Remote, RemoteHost } from '../ports/remote.ts';
import type { PackageSourceInput } from './contract.ts';
import { capitalize, formatOffer } from './offers.ts';
import { apiServers } from './skew.ts';
import type { DetectFacts, Detection, Offer, Question, DetectDecision } from './detection.ts';

export interface DetectClients {
  readonly cluster: NodeReads;
  readonly quiesced: Pick<Quiesced, 'held'>;
  readonly remote: Remote;
  readonly packages: PackageRepository;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Observes and decides, and asks each question that the decision needs, until there is a verdict. An unreachable
 * repository matters only to a decision that needs it.
 */
export async function observe(
  clients: DetectClients,
  source: PackageSourceInput,
  decide: (facts: DetectFacts) => DetectDecision,
): Promise<Detection> {
  const { nodes, unreadable, excluded, rolesUnknown } = await settledReadings(clients.cluster);
  if (nodes.length === 0 && unreadable.length > 0) throw refused(unreadableLines(unreadable).join('\n'));
  const heldDeployments = await clients.quiesced.held();
  const nowMs = clients.clock.now();
  let facts: DetectFacts = { nodes, unreadable, rolesUnknown, heldDeployments, nowMs, dates: new Map() };
  const lines = [...leftOutLines(excluded), ...unreadableLines(unreadable), ...nodes.flatMap(ignoredUpgradeRecordOf)];
  for (const line of [describeCluster(nodes), ...lines]) clients.log(line);
  for (;;) {
    const decision = decide(facts);
    if ('unreadable' in decision) throw tryAgain(decision.unreadable);
    if ('verdict' in decision) return decision;
    try {
      facts = { ...facts, ...(await answer(decision, facts, clients, source)) };
    } catch (error) {
      if (decision.otherwise === undefined || !(error instanceof StepError)) throw error;
      clients.log(`${error.message} The run continues with what it can do without this answer.`);
      return decision.otherwise;
    }
  }
}

async function answer(
  question: Question,
  facts: DetectFacts,
  clients: DetectClients,
  source: PackageSourceInput,
): Promise<Partial<DetectFacts>> {
  switch (question.ask) {
    case 'node':
      return { onNode: logOffer(await askNode(facts.nodes, clients, source), clients.log) };
    case 'repository':
      return { inRepository: logOffer(await askRepository(question.minor, clients), clients.log) };
    case 'next minor':
      return { nextMinor: logOffer(await askNextMinor(question.minor, question.running, clients), clients.log) };
    case 'date':
      return askDate(question.of, facts, clients);
  }
}

function logOffer(offer: Offer, log: Log): Offer {
  log(`${capitalize(offer.by)} offers kubeadm ${formatOffer(offer)}.`);
  return offer;
}

async function askNode(
  nodes: readonly ClusterNode[],
  { remote, log }: DetectClients,
  source: PackageSourceInput,
): Promise<Offer> {
  const { sourceFile, packagesTimeoutSeconds } = source;
  const host = firstControlPlane(nodes);
  log(`Asking ${host.node} (${host.address}) which kubeadm packages its repository offers.`);
  const { exitCode, stdout, stderr } = await remote.run(host, {
    script: offeredPackages(sourceFile),
    timeoutSeconds: packagesTimeoutSeconds,
  });
  if (exitCode === NO_SOURCE_EXIT_CODE) throw refused(noSource(host.node, sourceFile, stderr));
  if (exitCode !== 0) {
    throw tryAgain(
      `The Kubernetes package list could not be refreshed on ${host.node}: ${oneLine(stderr)} Check ${sourceFile} there: apt-get update -o Dir::Etc::sourcelist=${sourceFile} -o Dir::Etc::sourceparts=-`,
    );
  }
  if (stderr.includes(KEY_REPLACED))
    log(
      `Warning: the key on ${host.node} does not verify its Kubernetes repository, the key that the repository serves does. An upgrade replaces the key.`,
    );
  const releases = parseMadison(stdout, 'kubeadm').map((version) => ({ version }));
  return { by: `the package source of ${host.node}`, releases };
}

async function askRepository(minor: string, { packages, log }: DetectClients): Promise<Offer> {
  log(`Asking ${packages.folderOf(minor)} which kubeadm packages of ${minor} there are.`);
  return { by: packages.folderOf(minor), releases: await packages.kubeadm(minor) };
}

/** A repository without the running minor is the wrong one. Its answer would hide every next minor. */
async function askNextMinor(minor: string, running: string, clients: DetectClients): Promise<Offer> {
  const { packages, log } = clients;
  log(`Asking ${packages.folderOf(minor)} whether ${minor} is released.`);
  if (await packages.has(minor)) return askRepository(minor, clients);
  if (await packages.has(running)) return { by: packages.folderOf(minor), releases: [] };
  throw tryAgain(
    `There is neither ${packages.folderOf(minor)} nor ${packages.folderOf(running)}, the minor that the cluster runs. Check packages.repository.`,
  );
}

async function askDate(
  version: KubeVersion,
  facts: DetectFacts,
  clients: DetectClients,
): Promise<Partial<DetectFacts>> {
  const { packages, log } = clients;
  const [minor, tag] = [formatMinor(version), formatKubeVersion(version)];
  const seen = [...(facts.nextMinor?.releases ?? []), ...(facts.inRepository?.releases ?? [])];
  const isIt = (release: OfferedRelease): boolean => formatKubeVersion(release.version) === tag;
  // The package list of a node names no files, so the repository is asked for them once.
  const asked = seen.some((release) => formatMinor(release.version) === minor)
    ? undefined
    : logOffer(await askRepository(minor, clients), log);
  const file = [...seen, ...(asked?.releases ?? [])].find(isIt)?.file;
  log(`Asking ${packages.folderOf(minor)} when v${tag} was published.`);
  const publishedAtMs = file === undefined ? undefined : await packages.publishedAtMs(minor, file);
  log(`v${tag} ${publishedAtMs === undefined ? 'has no date there' : `was published at ${dateOf(publishedAtMs)}`}.`);
  const dates = new Map(facts.dates).set(tag, publishedAtMs);
  return asked === undefined ? { dates } : { dates, inRepository: asked };
}

const dateOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function firstControlPlane(nodes: readonly ClusterNode[]): RemoteHost {
  const node = inJoinOrder(nodes.filter((candidate) => candidate.controlPlane)).at(0);
  if (node === undefined) {
    throw refused(
      'No node carries the label node-role.kubernetes.io/control-plane. Check whether this is a kubeadm cluster.',
    );
  }
  const host = sshHost(node);
  if (!host.known) throw refused(`Node ${node.name} ${host.reason}.`);
  return host.value;
}

function describeCluster(nodes: readonly ClusterNode[]): string {
  const running = oldest(nodes.map(({ kubelet }) => kubelet));
  const [low, high] = [oldest(apiServers(nodes)), newest(apiServers(nodes))];
  const kubelets = `The oldest kubelet of ${nodes.length} is at ${running === undefined ? 'no version' : kubeTag(running)}`;
  if (low === undefined || high === undefined) return `${kubelets}; no API server shows its version.`;
  const servers = [...new Set([kubeTag(low), kubeTag(high)])].join(' to ');
  return `${kubelets}; the API servers are at ${servers}.`;
}

const MOST_CHARACTERS = 1000;
const oneLine = (output: string): string =>
  output.trim().replaceAll(/\s+/g, ' ').slice(0, MOST_CHARACTERS) || 'it gave no message.';

function noSource(node: string, sourceFile: string, files: string): string {
  const seen = files.trim().split(/\s+/).join(', ').slice(0, MOST_CHARACTERS) || 'no file';
  return `${node} has no ${sourceFile}, which packages.sourceFile names. A Kubernetes repository is named there by: ${seen}. Set packages.sourceFile to the file of that repository, or packages.source: repository.`;
}
