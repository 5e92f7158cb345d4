import { Gauge, Registry } from 'prom-client';
import {
  CLUSTER_LABEL,
  GAUGES,
  LAST_RUN_JOB,
  lastRunSamples,
  UPGRADE_JOB,
  upgradeSamples,
  VERSION_CHECK_JOB,
  versionCheckSamples,
  type Sample,
} from '../../signals/gauges.ts';
import { describe, isTransient } from '../runtime/retry.ts';
import type { Clock } from '../ports/clock.ts';
import type { ReadCredentials } from '../ports/credentials.ts';
import type { Gauges } from '../ports/gauges.ts';
import type { Log } from '../ports/log.ts';
import { noCredentials, send } from './http.ts';

export interface PushgatewayOptions {
  /** Without a slash at its end. undefined: there is none, and nothing is pushed. */
  readonly url: string | undefined;
  /** The name of the cluster. It is part of the grouping key, so that clusters which share a Pushgateway keep their gauges apart. */
  readonly cluster: string;
  readonly credentials?: ReadCredentials;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeoutSeconds?: number;
  /** How long a push is tried again while the Pushgateway is away: we drain it ourselves, so it may just be moving. */
  readonly patienceSeconds?: number;
}

const TIMEOUT_SECONDS = 5;
const PATIENCE_SECONDS = 60;
const PAUSE_SECONDS = 5;

/**
 * https://github.com/prometheus/pushgateway#api: POST replaces the gauges of a group that it names, PUT all of the group.
 * Writers of the upgrade's group know different parts of it, so POST; the others are PUT, since a label set that is not
 * pushed again would stay for ever beside the new one.
 */
const METHOD = { [UPGRADE_JOB]: 'POST', [VERSION_CHECK_JOB]: 'PUT', [LAST_RUN_JOB]: 'PUT' } as const;
type Job = keyof typeof METHOD;

export function pushgateway({ url, ...options }: PushgatewayOptions): Gauges {
  const push = url === undefined ? () => Promise.resolve() : pushTo(url, options);
  return {
    upgrade: (values) => push(UPGRADE_JOB, upgradeSamples(values)),
    versionCheck: (values) => push(VERSION_CHECK_JOB, versionCheckSamples(values)),
    lastRun: (values) => push(LAST_RUN_JOB, lastRunSamples(values)),
  };
}

/**
 * The path of a group. Pushgateway adds the labels of the grouping key to every series of the group. A value with other
 * characters than these is sent in base64, since `/`, `.` and `..` have a meaning in a path. `=` stands for an empty value.
 */
function groupPath(job: Job, cluster: string): string {
  const label = /^[A-Za-z0-9_-]+$/.test(cluster)
    ? `${CLUSTER_LABEL}/${cluster}`
    : `${CLUSTER_LABEL}@base64/${Buffer.from(cluster).toString('base64url') || '='}`;
  return `/metrics/job/${job}/${label}`;
}

type Push = (job: Job, samples: readonly Sample[]) => Promise<void>;

/**
 * Does not use the Pushgateway client of prom-client. It takes a redirect for success, and its errors have no status.
 * Its time-out does not end a slow answer, and its use of url.parse prints DEP0169 into the log of every step.
 */
function pushTo(url: string, options: Omit<PushgatewayOptions, 'url'>): Push {
  const {
    cluster,
    clock,
    credentials = noCredentials,
    timeoutSeconds = TIMEOUT_SECONDS,
    patienceSeconds = PATIENCE_SECONDS,
  } = options;
  let said = '';
  const say = (line: string): void => {
    if (line !== said) options.log((said = line));
  };

  return async (job, samples) => {
    const untilMs = clock.now() + patienceSeconds * 1000;
    for (;;) {
      try {
        const address = `${url}${groupPath(job, cluster)}`;
        const { text: body, type } = await exposed(samples);
        const signal = clock.timeout(timeoutSeconds);
        await send(address, { method: METHOD[job], type, body, signal, credentials, quotesAnswer: true });
        return;
      } catch (error) {
        if (!isTransient(error) || clock.now() + PAUSE_SECONDS * 1000 > untilMs) {
          say(notPushed(job, url, why(error, timeoutSeconds)));
          return;
        }
        await clock.sleep(PAUSE_SECONDS);
      }
    }
  };
}

/** The text that Prometheus reads; a registry of its own, so that no gauge is in a push that was not asked for. */
async function exposed(samples: readonly Sample[]): Promise<{ text: string; type: string }> {
  const registry = new Registry();
  for (const [name, all] of Map.groupBy(samples, ({ gauge }) => gauge)) {
    const labelNames = Object.keys(all[0]?.labels ?? {});
    const gauge = new Gauge({ name, help: GAUGES[name], labelNames, registers: [registry] });
    for (const { labels, value } of all) gauge.set(labels, value);
  }
  return { text: await registry.metrics(), type: registry.contentType };
}

const why = (error: unknown, timeoutSeconds: number): string =>
  error instanceof Error && error.name === 'TimeoutError' ? `no answer within ${timeoutSeconds} s` : describe(error);

const notPushed = (job: Job, url: string, because: string): string =>
  `The gauges of ${job} could not be pushed to ${url} (${because.replace(/\s+/g, ' ').trim()}); the step continues without them. Check the Pushgateway and metrics.pushgatewayUrl.`;
