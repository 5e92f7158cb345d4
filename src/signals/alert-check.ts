import { alertsDuring, formatAlert, newAlerts, type Alert, type AlertScope } from './alert-gate.ts';
import { formatPassed, splitByWork, type OwnWork, type PassedAlert } from './own-work.ts';
import type { Reading } from '../upgrade/reading.ts';

/** The result of the alert check during a run. `off`: no server is queried. */
export type AlertCheck =
  | { readonly kind: 'off' }
  | { readonly kind: 'quiet'; readonly passed?: readonly PassedAlert[] }
  | { readonly kind: 'firing'; readonly alerts: readonly Alert[] }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * `firing`: undefined when no server is queried. `work`: what may explain alerts; undefined when the nodes cannot be
 * read.
 */
export function checkAlerts(
  firing: Reading<readonly Alert[]> | undefined,
  scope: AlertScope,
  baseline: readonly Alert[],
  work: OwnWork | undefined,
): AlertCheck {
  if (firing === undefined) return { kind: 'off' };
  if (!firing.known) return { kind: 'unknown', reason: firing.reason };
  const { counted, passed } = splitByWork(alertsDuring(firing.value, scope), work, scope);
  const alerts = newAlerts(baseline, counted);
  if (alerts.length > 0) return { kind: 'firing', alerts };
  return passed.length === 0 ? { kind: 'quiet' } : { kind: 'quiet', passed };
}

/** Returns ` Alerts passed: …`, which follows a sentence. Empty when no alert was passed. */
export const passedAlertsText = (check: AlertCheck): string =>
  check.kind === 'quiet' && check.passed !== undefined ? ` Alerts ${formatPassed(check.passed)}.` : '';

/** Returns the clause for a check that stops a run; undefined for a check that stops none. */
export function alertProblem(check: AlertCheck): string | undefined {
  switch (check.kind) {
    case 'off':
    case 'quiet':
      return undefined;
    case 'firing':
      return `alerts fire that are new in this run: ${formatAlerts(check.alerts)}`;
    case 'unknown':
      return `nobody says which alerts fire: ${check.reason}`;
  }
}

const MOST_NAMED = 10;

/** Returns alerts for a person. It counts the alerts of a long list. */
export function formatAlerts(alerts: readonly Alert[]): string {
  const more = alerts.length - MOST_NAMED;
  return [...alerts.slice(0, MOST_NAMED).map(formatAlert), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

export const ALERT_REMEDY =
  'Fix their cause, or name them in monitoring.alerts.ignore when they do not concern upgrades.';

// ---- what fired when the run began -----------------------------------------------------------------------------------

export const baselineAnnotation = (prefix: string): string => `${prefix}alert-baseline`;

/**
 * Maximum length of the annotation in characters; all annotations of an object share 256 KiB. An alert that does not
 * fit counts as new, which is the safe side.
 */
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

/**
 * undefined when another run wrote the annotation, when it is missing, or when it cannot be read. Then every alert is
 * new.
 */
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
