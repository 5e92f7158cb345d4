import { kubectl, must } from './commands.ts';
import { applySecret } from './secret.ts';
import type { CampaignSettings, Overrides } from './settings.ts';

export interface Shape {
  readonly controlPlanes: number;
  readonly workers: number;
  /** What it runs at first; the only version that the repository offers then. */
  readonly version: string;
  /** REPORTED=SOURCE words for the versions that it can be offered; undefined: those of versions.env. */
  readonly builds?: string;
  readonly settings?: Overrides;
}

/** A campaign has many short steps: the controller looks every 2 s, as the docs recommend. */
const REQUEUE = '2s';

/** A new cluster with the manifests of this project. */
export async function bringUp(
  { controlPlanes, workers, version, builds, settings = {} }: Shape,
  cluster: CampaignSettings,
  secrets: Readonly<Record<string, string>> = {},
): Promise<void> {
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
  await cluster.render(settings);
  await kubectl('apply', '-f', `${cluster.folder}/00-namespace.yaml`);
  await applySecret(secrets);
  await kubectl('apply', '-f', cluster.folder);
}
