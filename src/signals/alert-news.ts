import { alertsDuring, formatAlert, newAlerts, type Alert, type AlertScope } from './alert-gate.ts';
import { formatPassed, splitByWork, type OwnWork, type PassedAlert } from './own-work.ts';
import type { Reading } from '../upgrade/reading.ts';

/** What stands between a run that has begun and what it would do next. `off`: nobody is asked. */
export type AlertNews =
  | { readonly kind: 'off' }
  | { readonly kind: 'quiet'; readonly passed?: readonly PassedAlert[] }
  | { readonly kind: 'firing'; readonly alerts: readonly Alert[] }
  | { readonly kind: 'unknown'; readonly reason: string };

/** `firing`: undefined when nobody is asked. `work`: what may explain alerts; undefined when the nodes cannot be read. */
export function newsOf(
  firing: Reading<readonly Alert[]> | undefined,
  scope: AlertScope,
  baseline: readonly Alert[],
  work: OwnWork | undefined,
): AlertNews {
  if (firing === undefined) return { kind: 'off' };
  if (!firing.known) return { kind: 'unknown', reason: firing.reason };
  const { counted, passed } = splitByWork(alertsDuring(firing.value, scope), work, scope);
  const alerts = newAlerts(baseline, counted);
  if (alerts.length > 0) return { kind: 'firing', alerts };
  return passed.length === 0 ? { kind: 'quiet' } : { kind: 'quiet', passed };
}

/** ` Alerts passed: …`, to follow a sentence. Empty when no alert was passed. */
export const alsoPassed = (news: AlertNews): string =>
  news.kind === 'quiet' && news.passed !== undefined ? ` Alerts ${formatPassed(news.passed)}.` : '';

const MOST_NAMED = 10;

/** For a person: a storm of alerts is counted, not read. */
export function formatAlerts(alerts: readonly Alert[]): string {
  const more = alerts.length - MOST_NAMED;
  return [...alerts.slice(0, MOST_NAMED).map(formatAlert), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

export const ALERT_REMEDY =
  'Put their cause right, or name them in monitoring.alerts.ignore when they say nothing about upgrades.';

// ---- what fired when the run began -----------------------------------------------------------------------------------

export const baselineAnnotation = (prefix: string): string => `${prefix}alert-baseline`;

/** All annotations of an object share 256 KiB. What is left out counts as new: the careful side. */
const MOST_CHARACTERS = 32_768;

export function formatBaseline(run: string, alerts: readonly Alert[]): string {
  const kept: Alert['labels'][] = [];
  let characters = 0;
  for (const { name, labels } of alerts) {
    const whole = { ...labels, alertname: name };
    characters += JSON.stringify(whole).length + 1;
    if (characters > MOST_CHARACTERS) break;
    kept.push(whole);
  }
  return JSON.stringify({ run, alerts: kept });
}

/** undefined when it is another run's, when nobody wrote it, or when it cannot be read: then everything is news. */
export function baselineOf(
  annotations: Readonly<Record<string, string>>,
  prefix: string,
  run: string,
): readonly Alert[] | undefined {
  try {
    const { run: whose, alerts } = Object(JSON.parse(annotations[baselineAnnotation(prefix)] ?? '')) as {
      readonly run?: unknown;
      readonly alerts?: unknown;
    };
    if (whose !== run || !Array.isArray(alerts) || !alerts.every(isLabels)) return undefined;
    return alerts.map((labels) => ({ name: labels['alertname'] ?? '', labels }));
  } catch {
    return undefined;
  }
}

const isLabels = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === 'object' &&
  value !== null &&
  'alertname' in value &&
  Object.values(value).every((text) => typeof text === 'string');
