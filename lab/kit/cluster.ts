import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { apply, bash, kubectl, must, REPO } from './commands.ts';
import { note } from './record.ts';

/** The switch of the lab: balancer, package repository, and the servers that a campaign starts. */
export const SWITCH = '10.210.0.1';
/** The only control plane of a lab that has one. */
export const CP1 = '10.210.0.11';
export const REPOSITORY = `http://${SWITCH}:8080/core:/stable:`;
/** An image that every machine has: Node, and a program that is not started. */
export const IMAGE = 'lab.invalid/argo-kubeadm-upgrade/finish:0.1.0';

/** Sections of the settings, merged over those of the campaign's cluster. */
export type Overrides = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The settings of a campaign's cluster: `<folder>/<name>.yaml`, and what a scenario wants otherwise. */
export class CampaignSettings {
  readonly #name: string;
  readonly #source: string;

  constructor(name: string, folder = `lab/campaigns/${name}/clusters`) {
    this.#name = name;
    this.#source = join(REPO, folder, `${name}.yaml`);
  }

  /** Where the manifests are after {@link render}. */
  get folder(): string {
    return `build/${this.#name}-dist/${this.#name}`;
  }

  /** The settings file that was rendered last. */
  get file(): string {
    return `build/${this.#name}-clusters/${this.#name}.yaml`;
  }

  async render(overrides: Overrides = {}): Promise<void> {
    const base = parse(readFileSync(this.#source, 'utf8')) as Overrides;
    const sections = new Set([...Object.keys(base), ...Object.keys(overrides)]);
    const merged = Object.fromEntries([...sections].map((name) => [name, { ...base[name], ...overrides[name] }]));
    const folder = `build/${this.#name}-clusters`;
    mkdirSync(join(REPO, folder), { recursive: true });
    writeFileSync(join(REPO, this.file), stringify(merged));
    await synth(folder, `build/${this.#name}-dist`);
  }

  /** Renders the settings and applies them to the cluster. */
  async apply(overrides: Overrides = {}): Promise<void> {
    await this.render(overrides);
    await kubectl('apply', '-f', this.folder);
  }
}

export const synth = (clusters: string, out: string): Promise<string> =>
  must('npm', ['run', '-s', 'synth', '--', '--clusters', clusters, '--out', out]);

export interface Shape {
  /** 1 when undefined. */
  readonly controlPlanes?: number;
  /** 2 when undefined. */
  readonly workers?: number;
  /** What the cluster runs at first. */
  readonly version: string;
  /** Versions that the repository offers from the start, beside the one that runs. */
  readonly offers?: readonly string[];
  /** REPORTED=SOURCE words for the versions that the cluster can be offered; undefined: those of versions.env. */
  readonly builds?: string;
  readonly settings?: Overrides;
  /** Further keys of the product's Secret. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Works on the cluster before any manifest of this project is applied. */
  readonly beforeInstall?: () => Promise<void>;
}

/** A campaign has many short steps: the controller looks every 2 s, as the docs recommend. */
const REQUEUE = '2s';

/** {@link Shape.builds} of versions that are compiled from their own source. */
export const buildsOf = (...versions: readonly string[]): string =>
  versions.map((version) => `v${version}=v${version}`).join(' ');

/** Makes a new cluster with the manifests of this project. `npm run bundle` has made the programs of its images. */
export async function bringUp(shape: Shape, settings: CampaignSettings): Promise<void> {
  const { controlPlanes = 1, workers = 2, version, offers = [], builds } = shape;
  Object.assign(process.env, {
    CPS: String(controlPlanes),
    WS: String(workers),
    V0: `v${version}`,
    DEFAULT_REQUEUE_TIME: REQUEUE,
  });
  if (builds === undefined) delete process.env['KUBERNETES_BUILDS'];
  else process.env['KUBERNETES_BUILDS'] = builds;
  await must('lab/down.sh', ['--purge']);
  await must('lab/up.sh', []);
  await must('lab/publish.sh', ['--only', ...[version, ...offers].map((each) => `v${each}`)]);
  await must('lab/step-images.sh', []);
  const also = offers.map((each) => `; the repository offers v${each} too`).join('');
  note(`The lab is up: ${controlPlanes + workers} nodes at v${version}${also}.`);
  await shape.beforeInstall?.();
  await settings.render(shape.settings);
  await kubectl('apply', '-f', `${settings.folder}/00-namespace.yaml`);
  await applySecret(shape.secrets);
  await kubectl('apply', '-f', settings.folder);
}

/** The pipeline's Secret, with the key that every machine of the lab accepts. */
async function applySecret(others: Readonly<Record<string, string>> = {}): Promise<void> {
  const key = await bash('cat "$(dirname "$KUBECONFIG")/ssh_key"');
  await apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'k8s-upgrade-creds', namespace: 'k8s-upgrade' },
    stringData: { ssh_key: `${key}\n`, ...others },
  });
}

/** Adds versions to the package repository. */
export const publish = (...versions: readonly string[]): Promise<string> =>
  must(
    'lab/publish.sh',
    versions.map((version) => `v${version}`),
  );

/** Builds a tool of the lab. Returns the path of its program. */
export const built = async (tool: string): Promise<string> =>
  (await must('lab/tools.sh', [tool])).split('\n').at(-1) ?? '';
