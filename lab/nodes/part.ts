import { kubectl, must } from '../campaign/commands.ts';
import type { CampaignRecord } from '../campaign/record.ts';
import { applySecret } from '../campaign/secret.ts';
import { renderSettings, RENDERED_CLUSTER, type Overrides } from './settings.ts';

/** A part of the campaign, on a cluster of its own that nobody has touched. */
export interface Part {
  readonly name: string;
  readonly title: string;
  readonly shape: Shape;
  readonly body: (record: CampaignRecord) => Promise<void>;
}

export interface Shape {
  readonly controlPlanes: number;
  readonly workers: number;
  /** What it runs at first; the only version that the repository offers then. */
  readonly version: string;
  /** REPORTED=SOURCE words for the versions that it can be offered; undefined: those of versions.env. */
  readonly builds?: string;
  readonly settings?: Overrides;
}

/** The campaign has many short steps: the controller looks every 2 s, as the docs recommend. */
const REQUEUE = '2s';

export async function bringUp({ controlPlanes, workers, version, builds, settings = {} }: Shape): Promise<void> {
  const environment = {
    CPS: String(controlPlanes),
    WS: String(workers),
    V0: `v${version}`,
    DEFAULT_REQUEUE_TIME: REQUEUE,
  };
  Object.assign(process.env, environment);
  if (builds === undefined) delete process.env['KUBERNETES_BUILDS'];
  else process.env['KUBERNETES_BUILDS'] = builds;
  await must('lab/down.sh', ['--purge']);
  await must('lab/up.sh', []);
  await must('lab/publish.sh', ['--only', `v${version}`]);
  await must('lab/step-images.sh', []);
  await renderSettings(settings);
  await kubectl('apply', '-f', `${RENDERED_CLUSTER}/Namespace.k8s-upgrade.yaml`);
  await applySecret();
  await kubectl('apply', '-f', RENDERED_CLUSTER);
}
