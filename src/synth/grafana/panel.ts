/**
 * The classic model, which Grafana 11, 12 and 13 read:
 * https://grafana.com/docs/grafana/latest/visualizations/dashboards/build-dashboards/view-dashboard-json-model/
 */
export const SCHEMA_VERSION = 41;

/** The Prometheus that the reader of the dashboard chooses. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

export interface Query {
  readonly expr: string;
  /** What a series is called; Grafana fills in the labels. */
  readonly legend?: string;
}

interface Titled {
  readonly title: string;
  readonly description: string;
  readonly queries: readonly Query[];
  readonly width: number;
  readonly height: number;
}

/** What of a value is worth a colour or a word. */
interface Look {
  readonly unit?: string;
  readonly noValue?: string;
  /** Texts for the values 0 and 1, in that order. */
  readonly flag?: readonly [Mapped, Mapped];
  /** From this value on it is orange. */
  readonly warnFrom?: number;
}
interface Mapped {
  readonly text: string;
  readonly color: 'green' | 'orange' | 'red' | 'blue' | 'text';
}

export type Panel =
  | (Titled & Look & { readonly kind: 'stat' })
  | (Titled & Look & { readonly kind: 'state-timeline' })
  | (Titled & Look & { readonly kind: 'timeseries'; readonly stacked?: true })
  /** One row per series, its labels as columns, in this order. */
  | (Titled & { readonly kind: 'table'; readonly columns: Readonly<Record<string, string>> });

interface Place {
  readonly x: number;
  readonly y: number;
}
const COLUMNS = 24;

/** Left to right and then down, as one reads. Panels of one row are of one height. */
export function layOut(panels: readonly Panel[]): readonly object[] {
  let [x, y, rowHeight] = [0, 0, 0];
  return panels.map((panel, index) => {
    if (x + panel.width > COLUMNS) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const place = { x, y };
    [x, rowHeight] = [x + panel.width, Math.max(rowHeight, panel.height)];
    return rendered(panel, place, index + 1);
  });
}

function rendered(panel: Panel, { x, y }: Place, id: number): object {
  const { kind, title, description, queries, width, height } = panel;
  return {
    ...{ id, type: kind, title, description, datasource: DATASOURCE },
    gridPos: { h: height, w: width, x, y },
    targets: queries.map((query, index) => target(query, index, kind)),
    ...byKind(panel),
  };
}

const target = ({ expr, legend }: Query, index: number, kind: Panel['kind']): object => ({
  refId: String.fromCharCode('A'.charCodeAt(0) + index),
  datasource: DATASOURCE,
  editorMode: 'code',
  expr,
  legendFormat: legend ?? '__auto',
  ...(kind === 'table' ? { format: 'table', instant: true, range: false } : { instant: false, range: true }),
});

function byKind(panel: Panel): object {
  switch (panel.kind) {
    case 'stat':
      return {
        fieldConfig: { defaults: defaults(panel), overrides: [] },
        options: {
          reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
          colorMode: 'value',
          graphMode: 'none',
        },
      };
    case 'state-timeline':
      return {
        fieldConfig: { defaults: { ...defaults(panel), custom: { fillOpacity: 80, lineWidth: 0 } }, overrides: [] },
        options: {
          mergeValues: true,
          showValue: 'never',
          alignValue: 'left',
          rowHeight: 0.9,
          legend: { showLegend: false },
        },
      };
    case 'timeseries':
      return {
        fieldConfig: {
          defaults: {
            ...defaults(panel),
            color: { mode: 'palette-classic' },
            custom: panel.stacked
              ? {
                  drawStyle: 'line',
                  lineInterpolation: 'stepAfter',
                  fillOpacity: 40,
                  stacking: { mode: 'normal', group: 'A' },
                }
              : { drawStyle: 'line', lineInterpolation: 'linear', fillOpacity: 0 },
          },
          overrides: [],
        },
        options: {
          legend: { showLegend: true, displayMode: 'list', placement: 'bottom' },
          tooltip: { mode: 'multi', sort: 'none' },
        },
      };
    case 'table':
      return {
        fieldConfig: { defaults: {}, overrides: [] },
        options: { showHeader: true, cellHeight: 'sm' },
        transformations: [
          { id: 'filterFieldsByName', options: { include: { names: Object.keys(panel.columns) } } },
          {
            id: 'organize',
            options: {
              renameByName: panel.columns,
              indexByName: Object.fromEntries(Object.keys(panel.columns).map((name, place) => [name, place])),
            },
          },
        ],
      };
  }
}

const defaults = ({ unit, noValue, flag, warnFrom }: Look): object => ({
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
      : [
          {
            type: 'value',
            options: Object.fromEntries(flag.map((mapped, value) => [String(value), { ...mapped, index: value }])),
          },
        ],
});
