import type { Alert } from '../../signals/alert-gate.ts';
import { inert } from '../../text/inert.ts';
import { unexpected } from '../runtime/step-error.ts';
import { shown } from './shown.ts';

/**
 * An alert without a name cannot be judged, and is not passed over. Its labels are inert from here on, so that those of the
 * baseline, which leave a step, equal those that fire later.
 */
export function toAlert(raw: unknown, from: string): Alert {
  const { labels } = Object(raw) as { labels?: unknown };
  const texts = Object.entries(Object(labels) as Record<string, unknown>).flatMap(([label, value]) =>
    typeof value === 'string' ? [[label, inert(value)] as const] : [],
  );
  const all = Object.fromEntries(texts);
  const name = all['alertname'];
  if (name === undefined || name === '') throw unexpected(`${from} has an alert without a name: ${shown(raw)}`);
  return { name, labels: all };
}
