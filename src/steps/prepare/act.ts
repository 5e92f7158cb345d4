import type { Reading } from '../../upgrade/reading.ts';
import { imageProblems, imageScript, parseImages, type NodeImages } from '../../upgrade/prepare/images.ts';
import { judgeNodeCheck, type NodeCheckVerdict } from '../../upgrade/prepare/node-check.ts';
import { unitPrefixOf } from '../../upgrade/host/node-job.ts';
import { holdScript } from '../../upgrade/host/node-packages.ts';
import {
  packageProblems,
  packageScript,
  parsePackages,
  rotatedKey,
  type NodePackages,
} from '../../upgrade/prepare/packages.ts';
import { permanent, type Problem } from '../../upgrade/prepare/script-output.ts';
import { shadowWarnings } from '../../upgrade/prepare/shadows.ts';
import { refused, StepError, tryAgain, unexpected } from '../runtime/step-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Remote, RemoteCommand, RemoteHost } from '../ports/remote.ts';
import {
  clusterProblems,
  conclude,
  describe,
  imagesFor,
  notBegun,
  notHeld,
  nothingToFetch,
  type NodeProblems,
  type NodeResult,
} from './decide.ts';
import type { PrepareInput } from './contract.ts';
import { checkNode, type NodeToPrepare, type PrepareFacts } from './observe.ts';

interface PrepareClients {
  /** Behind the fence. */
  readonly remote: Remote;
  readonly clock: Clock;
  readonly log: Log;
}

/** Nodes at the same time. The mirror and the registry serve other clients too. */
const CONCURRENCY = 5;
const POLL_SECONDS = 10;

/** Prepares every node. Throws with every problem of all nodes when one of them is not ready. */
export async function prepareNodes(facts: PrepareFacts, input: PrepareInput, clients: PrepareClients): Promise<void> {
  const general = clusterProblems(facts);
  const problems = general.length > 0 ? general : await prepareEach(facts, input, clients);
  const conclusion = conclude(problems, facts.nodes.length, input.target);
  if (conclusion.kind === 'refuse') throw refused(conclusion.because);
  if (conclusion.kind === 'try-again') throw tryAgain(conclusion.because);
  clients.log(conclusion.because);
}

async function prepareEach(facts: PrepareFacts, input: PrepareInput, clients: PrepareClients): Promise<Problem[]> {
  const { clock, log } = clients;
  const untilMs = clock.now() + input.patienceSeconds * 1000;
  const prepared = await mapConcurrently(facts.nodes, async (node): Promise<NodeResult> => {
    if (clock.now() >= untilMs) return { problems: [notBegun(node, input.patienceSeconds)] };
    const { host } = node;
    const done = host.known
      ? await prepareNode({ node, host: host.value, facts, input, clients }).catch(asProblem)
      : { problems: [permanent(`${host.reason} Start a new run.`)] };
    ('problems' in done ? done.problems.map(({ text }) => text) : [done.summary]).forEach(log);
    return done;
  });
  return prepared.flatMap((each) => ('problems' in each ? each.problems : []));
}

/** Returns the results in the order of `items`. */
async function mapConcurrently<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [place, item] of queue) done[place] = await work(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return done;
}

/** An error on one node is reported beside the problems of the others. */
function asProblem(error: unknown): NodeResult {
  if (!(error instanceof StepError)) throw error;
  return { problems: [{ text: error.message, mayPass: error.exitCode === tryAgain('').exitCode }] };
}

/** What the work on one node needs. */
interface NodeWork {
  readonly node: NodeToPrepare;
  readonly host: RemoteHost;
  readonly facts: PrepareFacts;
  readonly input: PrepareInput;
  readonly clients: PrepareClients;
}

async function prepareNode(work: NodeWork): Promise<NodeResult> {
  const { node, facts, input, clients } = work;
  const { name } = node.task;
  const found = node.touched ? await holdThenCheck(work) : await waitUntilIdle(work);
  if (found.kind === 'under-way') return { summary: found.because };
  if (found.problems.length > 0) return { problems: found.problems };
  if (node.nothingToInstall) return { summary: nothingToFetch(name, input.target) };
  const packages = await fetchPackages(work);
  if ('problems' in packages) return packages;
  const rotated = rotatedKey(name, packages, input.keyringFile);
  if (rotated !== undefined) clients.log(`Warning: ${rotated}`);
  for (const warning of shadowWarnings(name, packages.shadows)) clients.log(`Warning: ${warning}`);
  const chosen = imagesFor(node, facts, packages, input);
  if ('problems' in chosen) return chosen;
  if (input.images === 'off') return { summary: describe(name, packages, undefined) };
  const images = await getImages(work, chosen.needed, input.images);
  return 'problems' in images ? images : { summary: describe(name, packages, images) };
}

type IdleVerdict = Exclude<NodeCheckVerdict, { kind: 'wait' }>;

/** Holds the packages that an earlier attempt left unheld, and checks the node before and after. */
async function holdThenCheck(work: NodeWork): Promise<IdleVerdict> {
  const { node, host, clients } = work;
  const found = await waitUntilIdle(work);
  if (found.kind === 'under-way' || found.problems.length > 0) return found;
  const command = { script: holdScript(), timeoutSeconds: HOLD_SECONDS };
  const { exitCode, stdout, stderr } = await clients.remote.run(host, command);
  if (exitCode === 0) return waitUntilIdle({ ...work, node: { ...node, touched: false } });
  return { kind: 'seen', problems: [notHeld(host.node, `${stdout}\n${stderr}`.trim() || `exit code ${exitCode}`)] };
}

/** Longer than the script waits for another package manager. */
const HOLD_SECONDS = 900;

/** Waits until no other process works on the node. Returns the problems, or that the work there belongs to this run. */
async function waitUntilIdle({ node, host, input, clients }: NodeWork): Promise<IdleVerdict> {
  const { nothingToInstall, touched, first } = node;
  const { remote, clock, log } = clients;
  const attachesTo = first ? unitPrefixOf(input.target) : undefined;
  const minimum = { rootMiB: input.minimumFreeRootMiB, varLibMiB: input.minimumFreeVarLibMiB };
  const options = { nothingToInstall, touched, attachesTo, minimum };
  const beganMs = clock.now();
  let logged = '';
  for (;;) {
    const seen = await checkNode(remote, host);
    if (!seen.known) return { kind: 'seen', problems: [permanent(`${seen.reason}.`)] };
    const verdict = judgeNodeCheck(host.node, seen.value, options, Math.floor((clock.now() - beganMs) / 1000));
    if (verdict.kind !== 'wait') return verdict;
    if (verdict.because !== logged) log(verdict.because);
    logged = verdict.because;
    await clock.sleep(POLL_SECONDS);
  }
}

async function fetchPackages(work: NodeWork): Promise<NodePackages | NodeProblems> {
  const { node, facts, input } = work;
  const imageRepository = facts.images?.known === true ? facts.images.value.repository : undefined;
  const options = { ...input, direction: node.direction, imageRepository };
  const command = { script: packageScript(options), timeoutSeconds: input.packagesTimeoutSeconds };
  const packages = await runAndParse(work, command, parsePackages);
  const problems = packageProblems(node.task.name, packages, options);
  return problems.length > 0 ? { problems } : packages;
}

async function getImages(
  work: NodeWork,
  needed: readonly string[],
  mode: 'pull' | 'check',
): Promise<NodeImages | NodeProblems> {
  const command = { script: imageScript(needed, mode), timeoutSeconds: work.input.imagesTimeoutSeconds };
  const images = await runAndParse(work, command, parseImages);
  const problems = imageProblems(work.node.task.name, images, needed);
  return problems.length > 0 ? { problems } : images;
}

/** Throws `unexpected` with the last line of stderr when the script does not reach its end. */
async function runAndParse<T>(
  { host, clients }: NodeWork,
  command: RemoteCommand,
  parse: (stdout: string, node: string) => Reading<T>,
): Promise<T> {
  const { exitCode, stdout, stderr } = await clients.remote.run(host, command);
  const parsed = parse(stdout, host.node);
  if (parsed.known) return parsed.value;
  throw unexpected(`${parsed.reason}: ${stderr.trim().split('\n').at(-1) || `exit code ${exitCode}`}`);
}
