import type { Reading } from '../../upgrade/reading.ts';
import { imageProblems, imageScript, parseImages, type NodeImages } from '../../upgrade/prepare/images.ts';
import { judgeLook, type LookVerdict } from '../../upgrade/prepare/node-check.ts';
import { unitPrefixOf } from '../../upgrade/host/node-job.ts';
import { holdScript } from '../../upgrade/host/node-packages.ts';
import {
  packageProblems,
  packageScript,
  parsePackages,
  rotatedKey,
  type NodePackages,
} from '../../upgrade/prepare/packages.ts';
import type { Problem } from '../../upgrade/prepare/script-output.ts';
import { shadowWarnings } from '../../upgrade/prepare/shadows.ts';
import { refused, StepError, tryAgain, unexpected } from '../runtime/step-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Remote, RemoteHost } from '../ports/remote.ts';
import {
  clusterProblems,
  conclude,
  describe,
  final,
  imagesFor,
  isProblem,
  notBegun,
  notHeld,
  nothingToFetch,
  notReachable,
  type Prepared,
  type PrepareWish,
} from './decide.ts';
import type { NodeToDo, PrepareFacts } from './facts.ts';
import { look } from './observe.ts';

export interface Tools {
  /** Behind the fence. */
  readonly remote: Remote;
  readonly clock: Clock;
  readonly log: Log;
}

/** The mirror and the registry have other customers. */
const AT_ONCE = 5;
const POLL_SECONDS = 10;

/** Prepares every node; throws when any of them is not ready, with every problem of all of them. */
export async function prepareNodes(facts: PrepareFacts, wish: PrepareWish, tools: Tools): Promise<void> {
  const general = clusterProblems(facts);
  const problems = general.length > 0 ? general : await prepareEach(facts, wish, tools);
  const conclusion = conclude(problems, facts.nodes.length, wish.target);
  if (conclusion.kind === 'refuse') throw refused(conclusion.because);
  if (conclusion.kind === 'try-again') throw tryAgain(conclusion.because);
  tools.log(conclusion.because);
}

async function prepareEach(facts: PrepareFacts, wish: PrepareWish, tools: Tools): Promise<Problem[]> {
  const { clock, log } = tools;
  const untilMs = clock.now() + wish.patienceSeconds * 1000;
  const prepared = await sideBySide(facts.nodes, async (node): Promise<Prepared> => {
    if (clock.now() >= untilMs) return { problems: [notBegun(node, wish.patienceSeconds)] };
    const done = await prepareNode(node, facts, wish, tools).catch(asProblem);
    (isProblem(done) ? done.problems.map(({ text }) => text) : [done.told]).forEach(log);
    return done;
  });
  return prepared.flatMap((each) => (isProblem(each) ? each.problems : []));
}

/** In the order of `items`, however long each takes. */
async function sideBySide<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [place, item] of queue) done[place] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return done;
}

/** What keeps us out of one node is told beside what is found on the others. */
function asProblem(error: unknown): Prepared {
  if (!(error instanceof StepError)) throw error;
  return { problems: [{ text: error.message, mayPass: error.exitCode === tryAgain('').exitCode }] };
}

async function prepareNode(node: NodeToDo, facts: PrepareFacts, wish: PrepareWish, tools: Tools): Promise<Prepared> {
  const { host, task, nothingToInstall } = node;
  if (host === undefined) return { problems: [notReachable(node)] };
  const found = node.touched ? await whenHeld(node, host, wish, tools) : await whenIdle(node, host, wish, tools);
  if (found.kind === 'under-way') return { told: found.told };
  if (found.problems.length > 0) return { problems: found.problems };
  if (nothingToInstall) return { told: nothingToFetch(task.name, wish.target) };
  const packages = await fetchPackages(host, facts, { ...wish, direction: node.direction }, tools);
  if ('problems' in packages) return packages;
  const rotated = rotatedKey(task.name, packages, wish.keyringFile);
  if (rotated !== undefined) tools.log(`Warning: ${rotated}`);
  for (const warning of shadowWarnings(task.name, packages.shadows)) tools.log(`Warning: ${warning}`);
  const chosen = imagesFor(node, facts, packages, wish);
  if ('problems' in chosen) return chosen;
  if (wish.images === 'off') return { told: describe(task.name, packages, undefined) };
  const images = await getImages(host, chosen.needed, wish.images, wish, tools);
  return 'problems' in images ? images : { told: describe(task.name, packages, images) };
}

/** What stands in the way once the packages are held that an attempt left unheld, and dpkg's journal is taken in. */
async function whenHeld(...[node, host, wish, tools]: Parameters<typeof whenIdle>): ReturnType<typeof whenIdle> {
  const found = await whenIdle(node, host, wish, tools);
  if (found.kind === 'under-way' || found.problems.length > 0) return found;
  const command = { script: holdScript(), timeoutSeconds: HOLD_SECONDS };
  const { exitCode, stdout, stderr } = await tools.remote.run(host, command);
  if (exitCode === 0) return whenIdle({ ...node, touched: false }, host, wish, tools);
  return { kind: 'seen', problems: [notHeld(host.node, `${stdout}\n${stderr}`.trim() || `exit code ${exitCode}`)] };
}

/** Longer than the script waits for another package manager. */
const HOLD_SECONDS = 900;

/** Waits until no other process works on the node. Returns the problems, or that the work there belongs to this run. */
async function whenIdle(
  { nothingToInstall, touched, first }: NodeToDo,
  host: RemoteHost,
  { target, minimumFreeRootMiB: rootMiB, minimumFreeVarLibMiB: varLibMiB }: PrepareWish,
  { remote, clock, log }: Tools,
): Promise<Exclude<LookVerdict, { kind: 'wait' }>> {
  const attachesTo = first ? unitPrefixOf(target) : undefined;
  const wish = { nothingToInstall, touched, attachesTo, minimum: { rootMiB, varLibMiB } };
  const beganMs = clock.now();
  let said = '';
  for (;;) {
    const seen = await look(remote, host);
    if (!seen.known) return { kind: 'seen', problems: [final(`${seen.reason}.`)] };
    const verdict = judgeLook(host.node, seen.value, wish, Math.floor((clock.now() - beganMs) / 1000));
    if (verdict.kind !== 'wait') return verdict;
    if (verdict.because !== said) log((said = verdict.because));
    await clock.sleep(POLL_SECONDS);
  }
}

async function fetchPackages(
  host: RemoteHost,
  { images }: PrepareFacts,
  wish: PrepareWish,
  { remote }: Tools,
): Promise<NodePackages | { readonly problems: readonly Problem[] }> {
  const imageRepository = images?.known === true ? images.value.repository : undefined;
  const script = packageScript({ ...wish, imageRepository });
  const packages = await run(remote, host, script, wish.packagesTimeoutSeconds, parsePackages);
  const problems = packageProblems(host.node, packages, { ...wish, imageRepository });
  return problems.length > 0 ? { problems } : packages;
}

async function getImages(
  host: RemoteHost,
  needed: readonly string[],
  mode: 'pull' | 'check',
  { imagesTimeoutSeconds }: PrepareWish,
  { remote }: Tools,
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
