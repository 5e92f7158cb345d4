import { tryAgain } from '../../../src/steps/runtime/step-error.ts';
import type { PackageRepository } from '../../../src/steps/ports/packages.ts';
import type { OfferedRelease } from '../../../src/upgrade/kubernetes/package-list.ts';
import { parseKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';

/** A repository in memory: minor → versions, and when their packages were published. */
export class FakePackages implements PackageRepository {
  readonly #minors = new Map<string, OfferedRelease[]>();
  readonly #dates = new Map<string, number>();
  /** Every question, in order: `has 1.35`. */
  readonly asked: string[] = [];
  /** Answers no question: each is worth another try. */
  down = false;

  offer(minor: string, versions: readonly string[], publishedAtMs?: number): this {
    const releases = versions.map((version) => ({ version: parseKubeVersion(version), file: fileOf(version) }));
    this.#minors.set(minor, [...(this.#minors.get(minor) ?? []), ...releases]);
    if (publishedAtMs !== undefined) for (const version of versions) this.#dates.set(fileOf(version), publishedAtMs);
    return this;
  }

  folderOf(minor: string): string {
    return `https://packages.example.com/v${minor}/deb`;
  }

  async has(minor: string): Promise<boolean> {
    this.#ask(`has ${minor}`);
    return this.#minors.has(minor);
  }

  async kubeadm(minor: string): Promise<readonly OfferedRelease[]> {
    this.#ask(`kubeadm ${minor}`);
    const releases = this.#minors.get(minor);
    if (releases === undefined) throw tryAgain(`GET ${this.folderOf(minor)}/Packages: HTTP 404`);
    return releases;
  }

  async publishedAtMs(_minor: string, file: string): Promise<number | undefined> {
    this.#ask(`date ${file}`);
    return this.#dates.get(file);
  }

  #ask(question: string): void {
    this.asked.push(question);
    if (this.down) throw tryAgain(`could not ask: ${question}`);
  }
}

const fileOf = (version: string): string => `amd64/kubeadm_${version}-1.1_amd64.deb`;
