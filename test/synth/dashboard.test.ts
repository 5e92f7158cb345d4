import { expect } from 'chai';
import { EVERYTHING, MINIMAL, render, type KubeObject } from './support/render.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly datasource: object;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly refId: string; readonly expr: string; readonly datasource: object }[];
}
interface Model {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly object[] };
  readonly panels: readonly Panel[];
}

const METRICS = "metrics: { pushgatewayUrl: 'http://pushgateway:9091' }\n";
const WITH = `${MINIMAL}${METRICS}dashboard: {}\n`;

const found = (yaml: string): (KubeObject & { data: Record<string, string> }) | undefined =>
  render(yaml).objects.find(({ metadata }) => metadata.name === 'k8s-upgrade-dashboard') as never;
const model = (yaml: string): Model => JSON.parse(found(yaml)?.data['k8s-upgrade-dashboard.json'] ?? '') as Model;

describe('the dashboard', () => {
  it('is there only where it is asked for, labelled so that the sidecar of Grafana finds it', () => {
    expect(found(`${MINIMAL}${METRICS}`)).to.be.undefined;
    expect(found(WITH)?.kind).to.equal('ConfigMap');
    expect(found(WITH)?.metadata).to.deep.include({
      namespace: 'k8s-upgrade',
      labels: { grafana_dashboard: '1', 'app.kubernetes.io/part-of': 'argo-kubeadm-upgrade' },
    });
    expect(found(WITH)?.metadata.annotations).to.not.have.property('grafana_folder');
  });

  it('goes where the settings say', () => {
    expect(found(EVERYTHING)?.metadata).to.deep.include({
      namespace: 'grafana',
      labels: { grafana_dashboard: 'yes', 'app.kubernetes.io/part-of': 'argo-kubeadm-upgrade' },
    });
    expect(found(EVERYTHING)?.metadata.annotations?.['grafana_folder']).to.equal('Kubernetes upgrades');
  });

  it('tells the story of a night and of the versions', () => {
    expect(model(WITH).panels.map(({ type, title }) => `${type}: ${title}`)).to.deep.equal([
      'state-timeline: Runs',
      'table: Newer version',
      'stat: Since the last version check',
      'stat: Upgrade under way for',
      'stat: Since its last progress',
      'stat: Its etcd snapshot',
      'state-timeline: Alerts',
      'state-timeline: Version of each node',
      'table: API servers',
      'timeseries: Nodes at each version',
      'timeseries: Since each kubelet started',
      'table: How the last run ended',
      'stat: Since the last run',
      'timeseries: Time in each phase',
      'timeseries: Time for each node',
    ]);
  });

  it('asks the Prometheus that its reader chooses, and no other', () => {
    const { templating, panels } = model(WITH);
    expect(templating.list).to.deep.include({
      ...{ name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', refresh: 1 },
    });
    const chosen = { type: 'prometheus', uid: '${datasource}' };
    for (const { datasource, targets } of panels) {
      expect(datasource).to.deep.equal(chosen);
      for (const target of targets) expect(target.datasource).to.deep.equal(chosen);
    }
  });

  it('shows the gauges and alerts of the cluster that its reader chooses, first of its own', () => {
    const { templating, panels } = model(WITH);
    expect(templating.list[1]).to.deep.include({
      ...{ name: 'cluster', label: 'Cluster', type: 'query', refresh: 1 },
      definition: 'label_values(k8s_version_check_last_run_timestamp, cluster)',
      current: { text: 'lab', value: 'lab' },
    });
    for (const { expr } of panels.flatMap(({ targets }) => targets))
      for (const [series] of expr.matchAll(/(?:k8s_\w+|ALERTS)(?:\{[^}]*\})?/g))
        expect(series).to.include('cluster="$cluster"');
  });

  it('is in the classic model that Grafana 11 and 12 read, its panels and queries numbered', () => {
    const { schemaVersion, panels, uid } = model(WITH);
    expect([schemaVersion, uid]).to.deep.equal([41, 'k8s-upgrade-dashboard']);
    expect(panels.map(({ id }) => id)).to.deep.equal(panels.map((_, place) => place + 1));
    for (const { targets } of panels)
      expect(targets.map(({ refId }) => refId).join('')).to.equal('ABCD'.slice(0, targets.length));
  });

  it('lays no panel over another, and none beyond the edge', () => {
    const cells = model(WITH).panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).to.equal(cells.length);
    expect(cells.filter((cell) => Number(cell.split(',')[0]) >= 24)).to.deep.equal([]);
  });

  it('warns from where the alerts do', () => {
    const text = JSON.stringify(model(EVERYTHING));
    expect(text).to.include('{"color":"orange","value":612000}').and.to.include('{"color":"orange","value":60}');
  });
});
