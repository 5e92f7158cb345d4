import { gunzipSync } from 'node:zlib';
import { parsePackages, type OfferedRelease } from '../../upgrade/kubernetes/package-list.ts';
import { tryAgain } from '../runtime/step-error.ts';
import type { PackageRepository } from '../ports/packages.ts';
import { httpClient, withoutCredentials, type Answer, type Http, type HttpOptions } from './packages/http.ts';

export interface PackageRepositoryOptions extends HttpOptions {
  /** Base URL, without the minor and without a slash at its end. */
  readonly repository: string;
}

/** https://wiki.debian.org/DebianRepository/Format, in the folders of pkgs.k8s.io: `<repository>/v1.34/deb/`. */
export function packageRepository({ repository, ...options }: PackageRepositoryOptions): PackageRepository {
  const http = httpClient(options);
  const folder = (minor: string): string => `${repository}/v${minor}/deb`;
  return {
    folderOf: (minor) => withoutCredentials(folder(minor)),
    has: async (minor) => isThere(await http('HEAD', `${folder(minor)}/Release`)),
    kubeadm: async (minor) => releasesIn(await packagesOf(http, folder(minor))),
    publishedAtMs: async (minor, file) => {
      // apt-ftparchive, with which mirrors are made, begins every path with it.
      const path = file.replace(/^\.\//, '');
      return isPlainPath(path) ? lastModifiedMs(await http('HEAD', `${folder(minor)}/${path}`)) : undefined;
    },
  };
}

/** pkgs.k8s.io answers 403 for what it does not have. Every other answer is no answer to our question. */
function isThere(answer: Answer): boolean {
  if (answer.status === 200) return true;
  if (answer.status === 403 || answer.status === 404) return false;
  throw tryAgain(`${answer.asked}: HTTP ${answer.status}, expected 200, 403 or 404.`);
}

async function packagesOf(http: Http, folder: string): Promise<Answer> {
  const plain = await http('GET', `${folder}/Packages`);
  if (isThere(plain)) return plain;
  const packed = await http('GET', `${folder}/Packages.gz`);
  if (isThere(packed)) return packed;
  throw tryAgain(
    `${plain.asked}: HTTP ${plain.status}, and Packages.gz beside it: HTTP ${packed.status}. Is packages.repository right?`,
  );
}

function releasesIn(answer: Answer): readonly OfferedRelease[] {
  const text = textOf(answer);
  if (text.trim() === '') throw nonsense(answer, 'an empty body');
  const releases = parsePackages(text, 'kubeadm');
  if (releases !== undefined) return releases;
  if (text.trimStart().startsWith('<')) throw nonsense(answer, 'a page of HTML or XML');
  throw nonsense(answer, /^Package:/im.test(text) ? 'stanzas of other packages only' : 'something else');
}

/** By what comes, not by its name: some servers unpack a .gz on the way. */
function textOf(answer: Answer): string {
  const { body } = answer;
  if (body[0] !== 0x1f || body[1] !== 0x8b) return body.toString('utf8');
  try {
    return gunzipSync(body, { maxOutputLength: MOST_BYTES_UNPACKED }).toString('utf8');
  } catch (error) {
    throw tryAgain(`${answer.asked}: it cannot be unpacked: ${error instanceof Error ? error.message : ''}.`, error);
  }
}

/** A minor of pkgs.k8s.io is below 1 MB; a mirror may hold more than Kubernetes. */
const MOST_BYTES_UNPACKED = 64 * 1024 * 1024;

const nonsense = ({ asked, status }: Answer, seen: string): Error =>
  tryAgain(`${asked}: HTTP ${status} with ${seen}, expected stanzas with "Package: kubeadm".`);

function lastModifiedMs(answer: Answer): number | undefined {
  if (!isThere(answer)) return undefined;
  const ms = Date.parse(answer.lastModified ?? '');
  return Number.isFinite(ms) ? ms : undefined;
}

/** What a list names is below its own folder, or it is not asked for. */
const isPlainPath = (file: string): boolean =>
  /^[A-Za-z0-9._+~-]+(\/[A-Za-z0-9._+~-]+)*$/.test(file) && !/(^|\/)\.\.?(\/|$)/.test(file);
