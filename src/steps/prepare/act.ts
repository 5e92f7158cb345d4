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
import type { Remote, RemoteHost } from '../ports/remote.ts';
import {
  clusterProblems,
  conclude,
  describe,
  imagesFor,
  hasProblems,
  notBegun,
  notHeld,
  nothingToFetch,
  notReachable,
  type NodeResult,
} from './decide.ts';
import type { PrepareInput } from './contract.ts';
import type { NodeToPrepare, PrepareFacts } from './facts.ts';
import { checkNode } from './observe.ts';

export interface PrepareClients {
  /** Behind the fence. */
  readonly remote: Remote;
  readonly clock: Clock;
  readonly log: Log;
}

/** The mirror and the registry have other customers. */
const CONCURRENCY = 5;
const POLL_SECONDS = 10;

/** Prepares every node; throws when any of them is not ready, with every problem of all of them. */
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
    const done = await prepareNode(node, facts, input, clients).catch(asProblem);
    (hasProblems(done) ? done.problems.map(({ text }) => text) : [done.summary]).forEach(log);
    return done;
  });
  return prepared.flatMap((each) => (hasProblems(each) ? each.problems : []));
}

/** In the order of `items`, however long each takes. */
async function mapConcurrently<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [place, item] of queue) done[place] = await work(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return done;
}

/** What keeps us out of one node is told beside what is found on the others. */
function asProblem(error: unknown): NodeResult {
  if (!(error instanceof StepError)) throw error;
  return { problems: [{ text: error.message, mayPass: error.exitCode === tryAgain('').exitCode }] };
}

async function prepareNode(
  node: NodeToPrepare,
  facts: PrepareFacts,
  input: PrepareInput,
  clients: PrepareClients,
): Promise<NodeResult> {
  const { host, task, nothingToInstall } = node;
  if (host === undefined) return { problems: [notReachable(node)] };
  const found = node.touched
    ? await holdThenCheck(node, host, input, clients)
    : await waitUntilIdle(node, host, input, clients);
  if (found.kind === 'under-way') return { summary: found.because };
  if (found.problems.length > 0) return { problems: found.problems };
  if (nothingToInstall) return { summary: nothingToFetch(task.name, input.target) };
  const packages = await fetchPackages(host, facts, { ...input, direction: node.direction }, clients);
  if ('problems' in packages) return packages;
  const rotated = rotatedKey(task.name, packages, input.keyringFile);
  if (rotated !== undefined) clients.log(`Warning: ${rotated}`);
  for (const warning of shadowWarnings(task.name, packages.shadows)) clients.log(`Warning: ${warning}`);
  const chosen = imagesFor(node, facts, packages, input);
  if ('problems' in chosen) return chosen;
  if (input.images === 'off') return { summary: describe(task.name, packages, undefined) };
  const images = await getImages(host, chosen.needed, input.images, input, clients);
  return 'problems' in images ? images : { summary: describe(task.name, packages, images) };
}

/** What stands in the way once the packages are held that an attempt left unheld, and dpkg's journal is taken in. */
async function holdThenCheck(
  ...[node, host, input, clients]: Parameters<typeof waitUntilIdle>
): ReturnType<typeof waitUntilIdle> {
  const found = await waitUntilIdle(node, host, input, clients);
  if (found.kind === 'under-way' || found.problems.length > 0) return found;
  const command = { script: holdScript(), timeoutSeconds: HOLD_SECONDS };
  const { exitCode, stdout, stderr } = await clients.remote.run(host, command);
  if (exitCode === 0) return waitUntilIdle({ ...node, touched: false }, host, input, clients);
  return { kind: 'seen', problems: [notHeld(host.node, `${stdout}\n${stderr}`.trim() || `exit code ${exitCode}`)] };
}

/** Longer than the script waits for another package manager. */
const HOLD_SECONDS = 900;

/** Waits until no other process works on the node. Returns the problems, or that the work there belongs to this run. */
async function waitUntilIdle(
  { nothingToInstall, touched, first }: NodeToPrepare,
  host: RemoteHost,
  { target, minimumFreeRootMiB: rootMiB, minimumFreeVarLibMiB: varLibMiB }: PrepareInput,
  { remote, clock, log }: PrepareClients,
): Promise<Exclude<NodeCheckVerdict, { kind: 'wait' }>> {
  const attachesTo = first ? unitPrefixOf(target) : undefined;
  const options = { nothingToInstall, touched, attachesTo, minimum: { rootMiB, varLibMiB } };
  const beganMs = clock.now();
  let said = '';
  for (;;) {
    const seen = await checkNode(remote, host);
    if (!seen.known) return { kind: 'seen', problems: [permanent(`${seen.reason}.`)] };
    const verdict = judgeNodeCheck(host.node, seen.value, options, Math.floor((clock.now() - beganMs) / 1000));
    if (verdict.kind !== 'wait') return verdict;
    if (verdict.because !== said) log((said = verdict.because));
    await clock.sleep(POLL_SECONDS);
  }
}

async function fetchPackages(
  host: RemoteHost,
  { images }: PrepareFacts,
  input: PrepareInput & Pick<NodeToPrepare, 'direction'>,
  { remote }: PrepareClients,
): Promise<NodePackages | { readonly problems: readonly Problem[] }> {
  const imageRepository = images?.known === true ? images.value.repository : undefined;
  const script = packageScript({ ...input, imageRepository });
  const packages = await run(remote, host, script, input.packagesTimeoutSeconds, parsePackages);
  const problems = packageProblems(host.node, packages, { ...input, imageRepository });
  return problems.length > 0 ? { problems } : packages;
}

async function getImages(
  host: RemoteHost,
  needed: readonly string[],
  mode: 'pull' | 'check',
  { imagesTimeoutSeconds }: PrepareInput,
  { remote }: PrepareClients,
): Promise<NodeImages | { readonly problems: readonly Problem[] }> {
  const images = await run(remote, host, imageScript(needed, mode), imagesTimeoutSeconds, parseImages);
  const problems = imageProblems(host.node, images, needed);
  return problems.length > 0 ? { problems } : images;
}

/** A script that does not come to its end says why on the way. */
async function run<T>(
  remote: Remote,
  host: RemoteHost,
  script: string,
  timeoutSeconds: number,
  parse: (stdout: string, node: string) => Reading<T>,
): Promise<T> {
  const { exitCode, stdout, stderr } = await remote.run(host, { script, timeoutSeconds });
  const said = parse(stdout, host.node);
  if (said.known) return said.value;
  throw unexpected(`${said.reason}: ${stderr.trim().split('\n').at(-1) || `exit code ${exitCode}`}`);
}
