import { formatMoment, nextOpening, windowState, type Maintenance } from './maintenance-window.ts';

/** Verdicts of preflight about a cluster. `begin` follows them. */
export const PREFLIGHT_VERDICTS = ['clear', 'pause', 'halt'] as const;
export type PreflightVerdict = (typeof PREFLIGHT_VERDICTS)[number];

/** Returns why no node may begin now, and when one may; undefined when one may. */
export function whyClosed(maintenance: Maintenance, nowMs: number): string | undefined {
  const state = windowState(maintenance, nowMs);
  if (state.open) return undefined;
  const from = formatMoment(state.opensAtMs, maintenance.timezone);
  if (state.freeze === undefined) return `Outside the maintenance windows: the next one opens ${from}.`;
  const { to, reason } = state.freeze;
  return `Frozen up to and including ${to} (${reason}): nodes may begin again ${from}.`;
}

interface Duration {
  /** Duration of earlier upgrades; undefined when none is known. */
  readonly usualSeconds: number | undefined;
  /** Used when no duration is known. */
  readonly assumedSeconds: number;
}

/**
 * Returns why a node's upgrade would not end before the window closes; undefined when it would. A node that usually
 * takes longer than this whole window uses the assumed duration. Otherwise it would wait forever.
 */
export function whyTooLong(
  name: string,
  { usualSeconds, assumedSeconds }: Duration,
  maintenance: Maintenance,
  nowMs: number,
): string | undefined {
  const state = windowState(maintenance, nowMs);
  if (!state.open || state.untilMs === undefined) return undefined;
  const { sinceMs = -Infinity, untilMs } = state;
  const usual = usualSeconds !== undefined && usualSeconds * 1000 <= untilMs - sinceMs ? usualSeconds : undefined;
  const left = Math.floor((untilMs - nowMs) / 1000);
  if ((usual ?? assumedSeconds) <= left) return undefined;
  const takes =
    usual === undefined
      ? `${name} is assumed to take ${inMinutes(assumedSeconds)}`
      : `${name} usually takes ${inMinutes(usual)}`;
  const { timezone } = maintenance;
  const next = formatMoment(nextOpening(maintenance, untilMs), timezone);
  return `${takes}, and the maintenance window closes in ${inMinutes(left)}, ${formatMoment(untilMs, timezone)}. The next one opens ${next}.`;
}

const inMinutes = (seconds: number): string => (seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`);
