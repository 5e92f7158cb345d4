import { formatKubeVersion, tryParseKubeVersion, type KubeVersion } from '../kubernetes/kube-version.ts';

/**
 * What a Node records about its last upgrade, in the annotation `<prefix>last-upgrade`: the previous version and the
 * duration.
 */
export interface LastUpgrade {
  /** UID of the Workflow. */
  readonly run: string;
  readonly from: KubeVersion;
  readonly to: KubeVersion;
  readonly finishedAtMs: number;
  /** Seconds from before the cordon until after the soak. Absent when another run finished the upgrade later. */
  readonly seconds?: number;
}

/** Maximum duration in seconds, one week. A longer value is not the duration of an upgrade. */
const LONGEST_SECONDS = 604_800;

/** JSON allows numbers such as 1e999, which JavaScript parses as Infinity. */
export const isDuration = (seconds: unknown): seconds is number =>
  typeof seconds === 'number' && seconds >= 0 && seconds <= LONGEST_SECONDS;

export const lastUpgradeAnnotation = (prefix: string): string => `${prefix}last-upgrade`;

export const formatLastUpgrade = ({ run, from, to, finishedAtMs, seconds }: LastUpgrade): string =>
  JSON.stringify({
    run,
    from: formatKubeVersion(from),
    to: formatKubeVersion(to),
    finishedAt: new Date(finishedAtMs).toISOString(),
    ...(seconds === undefined ? {} : { seconds }),
  });

/** Returns undefined for a record that cannot be read. The record only decides how long a node may take. */
export function tryParseLastUpgrade(text: string): LastUpgrade | undefined {
  try {
    const { run, from, to, finishedAt, seconds } = Object(JSON.parse(text)) as Record<string, unknown>;
    const [fromVersion, toVersion] = [from, to].map((each) => tryParseKubeVersion(String(each)));
    const finishedAtMs = Date.parse(String(finishedAt));
    if (typeof run !== 'string' || fromVersion === undefined || toVersion === undefined) return undefined;
    if (Number.isNaN(finishedAtMs)) return undefined;
    const memory = { run, from: fromVersion, to: toVersion, finishedAtMs };
    if (seconds === undefined) return memory;
    return isDuration(seconds) ? { ...memory, seconds } : undefined;
  } catch {
    return undefined;
  }
}
