/**
 * The classic model, which Grafana 11, 12 and 13 read:
 * https://grafana.com/docs/grafana/latest/visualizations/dashboards/build-dashboards/view-dashboard-json-model/
 */
export const SCHEMA_VERSION = 41;

/** The Prometheus that the reader of the dashboard chooses. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

export interface Query {
  readonly expr: string;
  /** Name of a series. Grafana fills in the labels. */
  readonly legend?: string;
}

export interface Panel {
  readonly type: 'stat' | 'state-timeline' | 'timeseries' | 'table';
  readonly title: string;
  readonly description: string;
  readonly queries: readonly Query[];
  readonly size: Size;
  /** The fields of the model that depend on the type. */
  readonly view: object;
}

/** Width and height, in cells of a grid of 24 columns. */
type Size = readonly [width: number, height: number];

interface Sized {
  readonly size: Size;
}

/** How a value is shown. */
interface Format {
  readonly unit?: string;
  readonly noValue?: string;
  /** Texts and colours of the values 0 and 1, in this order. */
  readonly flag?: readonly [Mapped, Mapped];
  /** A value of at least this is orange. */
  readonly warnFrom?: number;
}
interface Mapped {
  readonly text: string;
  readonly color: 'green' | 'orange' | 'red' | 'blue' | 'text';
}

/** The last value of one series. */
export const stat = (title: string, description: string, expr: string, { size, ...format }: Sized & Format): Panel => ({
  type: 'stat',
  title,
  description,
  queries: [{ expr }],
  size,
  view: {
    fieldConfig: { defaults: defaults(format), overrides: [] },
    options: {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      colorMode: 'value',
      graphMode: 'none',
    },
  },
});

/** A row per series, with a colour for each value over time. */
export const stateTimeline = (
  title: string,
  description: string,
  queries: readonly Query[],
  { size, ...format }: Sized & Format,
): Panel => ({
  type: 'state-timeline',
  title,
  description,
  queries,
  size,
  view: {
    fieldConfig: { defaults: { ...defaults(format), custom: { fillOpacity: 80, lineWidth: 0 } }, overrides: [] },
    options: {
      mergeValues: true,
      showValue: 'never',
      alignValue: 'left',
      rowHeight: 0.9,
      legend: { showLegend: false },
    },
  },
});

const LINE = { drawStyle: 'line', lineInterpolation: 'linear', fillOpacity: 0 };
const STACKED = {
  drawStyle: 'line',
  lineInterpolation: 'stepAfter',
  fillOpacity: 40,
  stacking: { mode: 'normal', group: 'A' },
};

/** A line per series. */
export const timeSeries = (
  title: string,
  description: string,
  query: Query,
  { size, stacked = false, ...format }: Sized & Format & { readonly stacked?: boolean },
): Panel => ({
  type: 'timeseries',
  title,
  description,
  queries: [query],
  size,
  view: {
    fieldConfig: {
      defaults: { ...defaults(format), color: { mode: 'palette-classic' }, custom: stacked ? STACKED : LINE },
      overrides: [],
    },
    options: {
      legend: { showLegend: true, displayMode: 'list', placement: 'bottom' },
      tooltip: { mode: 'multi', sort: 'none' },
    },
  },
});

/** A row per series. `columns`: label → title, in the order of the columns. */
export const table = (
  title: string,
  description: string,
  expr: string,
  { size, columns }: Sized & { readonly columns: Readonly<Record<string, string>> },
): Panel => ({
  type: 'table',
  title,
  description,
  queries: [{ expr }],
  size,
  view: {
    fieldConfig: { defaults: {}, overrides: [] },
    options: { showHeader: true, cellHeight: 'sm' },
    transformations: [
      { id: 'filterFieldsByName', options: { include: { names: Object.keys(columns) } } },
      {
        id: 'organize',
        options: {
          renameByName: columns,
          indexByName: Object.fromEntries(Object.keys(columns).map((name, place) => [name, place])),
        },
      },
    ],
  },
});

const defaults = ({ unit, noValue, flag, warnFrom }: Format): object => ({
  ...(unit === undefined ? {} : { unit }),
  ...(noValue === undefined ? {} : { noValue }),
  color: { mode: 'thresholds' },
  thresholds: {
    mode: 'absolute',
    steps: [{ color: 'green', value: null }, ...(warnFrom === undefined ? [] : [{ color: 'orange', value: warnFrom }])],
  },
  mappings:
    flag === undefined
      ? []
      : [{ type: 'value', options: Object.fromEntries(flag.map((mapped, index) => [index, { ...mapped, index }])) }],
});

const COLUMNS = 24;

/** Places the panels from left to right, then down. Panels of one row have one height. */
export function layOut(panels: readonly Panel[]): readonly object[] {
  let [x, y, rowHeight] = [0, 0, 0];
  return panels.map(({ type, title, description, queries, size: [w, h], view }, index) => {
    if (x + w > COLUMNS) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const gridPos = { h, w, x, y };
    [x, rowHeight] = [x + w, Math.max(rowHeight, h)];
    const targets = queries.map((query, place) => target(query, place, type));
    return { id: index + 1, type, title, description, datasource: DATASOURCE, gridPos, targets, ...view };
  });
}

const target = ({ expr, legend }: Query, index: number, type: Panel['type']): object => ({
  refId: String.fromCharCode('A'.charCodeAt(0) + index),
  datasource: DATASOURCE,
  editorMode: 'code',
  expr,
  legendFormat: legend ?? '__auto',
  ...(type === 'table' ? { format: 'table', instant: true, range: false } : { instant: false, range: true }),
});
