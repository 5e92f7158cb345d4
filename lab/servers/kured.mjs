// Plays kured in the pods of its DaemonSet, one per node, for a lab in which no machine can reboot. Where SENTINEL is there it
// takes the lock by kured's rules (https://github.com/kubereboot/kured/blob/main/internal/daemonsetlock/daemonsetlock.go):
// only when the lock has no holder or has expired, and by the revision that it has read. Then it cordons the node, is away for
// AWAY_SECONDS, uncordons it and gives the lock back. Whatever it does is a line of HISTORY.
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';

const { NODE, NAMESPACE, DAEMON_SET, LOCK, SENTINEL, HISTORY, AWAY_SECONDS } = process.env;
const API = `https://${process.env.KUBERNETES_SERVICE_HOST}:${process.env.KUBERNETES_SERVICE_PORT}`;
const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const OWN = `/apis/apps/v1/namespaces/${NAMESPACE}/daemonsets/${DAEMON_SET}`;
const NANOSECONDS_PER_MS = 1_000_000;

let last;
/** What is said again and again is a line once. */
function tell(what) {
  if (what !== last) appendFileSync(HISTORY, `${new Date().toISOString()} ${what}\n`);
  last = what;
}
const sleep = (seconds) => new Promise((wake) => setTimeout(wake, seconds * 1000));

async function ask(method, path, body, type = 'application/json') {
  const authorization = `Bearer ${readFileSync(TOKEN, 'utf8')}`;
  const headers = { authorization, 'content-type': type };
  const answer = await fetch(API + path, { method, headers, body: body && JSON.stringify(body) });
  if (answer.ok) return answer.json();
  throw new Error(`${method} ${path}: HTTP ${answer.status}`);
}

const cordon = (unschedulable) =>
  ask('PATCH', `/api/v1/nodes/${NODE}`, { spec: { unschedulable } }, 'application/merge-patch+json');

/** Takes the lock; answers who has it, when that is not this node. */
async function acquire() {
  const daemonSet = await ask('GET', OWN);
  const text = daemonSet.metadata.annotations?.[LOCK];
  if (text !== undefined) {
    const { nodeID, created, TTL } = JSON.parse(text);
    const lasts = TTL === 0 || Date.now() < Date.parse(created) + TTL / NANOSECONDS_PER_MS;
    if (lasts) return nodeID === NODE ? undefined : nodeID;
  }
  await write(daemonSet, { nodeID: NODE, metadata: { unschedulable: false }, created: new Date(), TTL: 0 });
  return undefined;
}

async function release() {
  const daemonSet = await ask('GET', OWN);
  await write(daemonSet, undefined);
}

async function write(daemonSet, lock) {
  daemonSet.metadata.annotations = { ...daemonSet.metadata.annotations, [LOCK]: lock && JSON.stringify(lock) };
  await ask('PUT', OWN, daemonSet);
}

/** An API server that is away, or a revision that is no longer, is met again a second later. */
async function untilDone(work) {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      tell(`asks again: ${error.cause?.message ?? error.message}`);
      await sleep(1);
    }
  }
}

for (; ; await sleep(1)) {
  if (!existsSync(SENTINEL)) continue;
  const other = await untilDone(acquire);
  if (other !== undefined) {
    tell(`waits for ${other}`);
    continue;
  }
  tell('rolls');
  await untilDone(() => cordon(true));
  await sleep(Number(AWAY_SECONDS));
  await untilDone(() => cordon(null));
  rmSync(SENTINEL);
  await untilDone(release);
  tell('is back');
}
