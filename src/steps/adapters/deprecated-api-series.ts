import type { DeprecatedApiSeries } from '../../upgrade/gate/boundary/removed-apis.ts';
import { unexpected } from '../runtime/step-error.ts';
import { shown } from './shown.ts';

export const METRIC = 'apiserver_requested_deprecated_apis';

/** Prometheus leaves out a label whose value is empty: the core group, no subresource, no removal planned. */
export function toSeries(labels: Readonly<Record<string, unknown>>, from: string): DeprecatedApiSeries {
  const label = (name: string): string => (typeof labels[name] === 'string' ? labels[name] : '');
  const [version, resource] = [label('version'), label('resource')];
  if (version === '' || resource === '') {
    throw unexpected(`${from} has a series of ${METRIC} without version or resource: ${shown(labels)}`);
  }
  const [group, subresource] = [label('group'), label('subresource')];
  return { group, version, resource, subresource, removedRelease: label('removed_release') };
}

/** Returns each API once, although several servers report it. */
export function distinct(series: readonly DeprecatedApiSeries[]): DeprecatedApiSeries[] {
  const keyed = new Map(series.map((each) => [keyOf(each), each]));
  return [...keyed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

const keyOf = ({ group, version, resource, subresource, removedRelease }: DeprecatedApiSeries): string =>
  JSON.stringify([group, version, resource, subresource, removedRelease]);
