/** How a panel shows its queries. */
export type PanelKind = 'timeseries' | 'stat';

/** Units of Grafana that panels of the kit use. */
export type PanelUnit = 'short' | 'reqps' | 's' | 'percentunit' | 'bytes' | 'ops';

/** A query of a panel. */
export interface PanelQuery {
  readonly expr: string;
  /** Name of each series, in Grafana's notation: `{{job}}`. */
  readonly legend: string;
}

/** One panel. */
export interface Panel {
  readonly title: string;
  /** What it tells, for the help text of the panel. */
  readonly description: string;
  readonly kind: PanelKind;
  readonly unit: PanelUnit;
  readonly queries: readonly PanelQuery[];
}

/** Panels under a heading. */
export interface PanelRow {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A value that the viewer chooses, read from the labels of series. */
export interface DashboardVariable {
  readonly name: string;
  readonly label: string;
  /** The series that have the values. */
  readonly selector: string;
  /** The label that has them. */
  readonly valueLabel: string;
  /** What is taken of a value: the first group. */
  readonly pattern: string;
}

/** A dashboard. */
export interface Dashboard {
  /** Stable identifier: at most 40 letters, digits, dashes and underscores. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly DashboardVariable[];
  readonly rows: readonly PanelRow[];
}

const DATA_SOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

// Grafana's grid has 24 columns.
const COLUMNS = 24;
const PANEL_WIDTH = 8;
const PANEL_HEIGHT = 8;

/** Prints a dashboard as Grafana stores it. */
export function printDashboard(dashboard: Dashboard): string {
  const json = {
    uid: dashboard.uid,
    title: dashboard.title,
    description: dashboard.description,
    tags: ['prometheus-tenancy-kit'],
    schemaVersion: 39,
    editable: false,
    refresh: '1m',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: [dataSourceVariable(), ...dashboard.variables.map(printVariable)] },
    panels: layOut(dashboard.rows),
  };
  return `${JSON.stringify(json, null, 1)}\n`;
}

function dataSourceVariable(): object {
  return { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' };
}

function printVariable(variable: DashboardVariable): object {
  return {
    name: variable.name,
    label: variable.label,
    type: 'query',
    datasource: DATA_SOURCE,
    query: {
      qryType: 1,
      query: `label_values(${variable.selector},${variable.valueLabel})`,
      refId: variable.name,
    },
    regex: variable.pattern,
    refresh: 2,
    sort: 1,
    // One value, always: selectors compare it for equality.
    multi: false,
    includeAll: false,
  };
}

// Row by row, from the top; panels fill a row from the left.
function layOut(rows: readonly PanelRow[]): object[] {
  const perLine = COLUMNS / PANEL_WIDTH;
  const placed: object[] = [];
  let y = 0;
  for (const row of rows) {
    placed.push({
      id: placed.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
    });
    for (const [index, panel] of row.panels.entries()) {
      const x = (index % perLine) * PANEL_WIDTH;
      const line = Math.floor(index / perLine);
      const gridPos = { x, y: y + 1 + line * PANEL_HEIGHT, w: PANEL_WIDTH, h: PANEL_HEIGHT };
      placed.push({ id: placed.length + 1, ...printPanel(panel), gridPos });
    }
    y += 1 + Math.ceil(row.panels.length / perLine) * PANEL_HEIGHT;
  }
  return placed;
}

function printPanel(panel: Panel): object {
  const isInstant = panel.kind !== 'timeseries';
  return {
    type: panel.kind,
    title: panel.title,
    description: panel.description,
    datasource: DATA_SOURCE,
    fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
    options: {},
    targets: panel.queries.map(({ expr, legend }, index) => ({
      refId: String.fromCodePoint('A'.charCodeAt(0) + index),
      datasource: DATA_SOURCE,
      expr,
      legendFormat: legend,
      instant: isInstant,
      range: !isInstant,
    })),
  };
}

/** A panel of lines over time. */
export function graph(
  title: string,
  unit: PanelUnit,
  description: string,
  ...queries: readonly (readonly [expr: string, legend: string])[]
): Panel {
  return panelOf('timeseries', { title, unit, description }, queries);
}

/** A panel of one number for each series, as of now. */
export function stat(
  title: string,
  unit: PanelUnit,
  description: string,
  ...queries: readonly (readonly [expr: string, legend: string])[]
): Panel {
  return panelOf('stat', { title, unit, description }, queries);
}

function panelOf(
  kind: PanelKind,
  head: Pick<Panel, 'title' | 'unit' | 'description'>,
  queries: readonly (readonly [expr: string, legend: string])[],
): Panel {
  return { kind, ...head, queries: queries.map(([expr, legend]) => ({ expr, legend })) };
}
