import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { kubectl, must, REPO } from './commands.ts';

/** Sections of the settings, merged over those of the campaign's cluster. */
export type Overrides = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The settings of a campaign's cluster: `lab/campaigns/<name>/clusters/<name>.yaml`, and what a scenario wants otherwise. */
export class CampaignSettings {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
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
    const base = parse(
      readFileSync(join(REPO, `lab/campaigns/${this.#name}/clusters/${this.#name}.yaml`), 'utf8'),
    ) as Overrides;
    const sections = new Set([...Object.keys(base), ...Object.keys(overrides)]);
    const merged = Object.fromEntries([...sections].map((name) => [name, { ...base[name], ...overrides[name] }]));
    mkdirSync(join(REPO, `build/${this.#name}-clusters`), { recursive: true });
    writeFileSync(join(REPO, this.file), stringify(merged));
    await must('npm', [
      ...['run', '-s', 'synth', '--', '--clusters', `build/${this.#name}-clusters`],
      ...['--out', `build/${this.#name}-dist`],
    ]);
  }

  /** Renders the settings and applies them to the cluster. */
  async apply(overrides: Overrides = {}): Promise<void> {
    await this.render(overrides);
    await kubectl('apply', '-f', this.folder);
  }
}
