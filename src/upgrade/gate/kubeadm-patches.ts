import type { Reading } from '../reading.ts';

/** One file of the directory in the setting `kubeadm.patches`, as it is on a node. */
export interface PatchFile {
  readonly name: string;
  /** Whether root owns the file and only root can write it. */
  readonly secure: boolean;
  /** Documents of the file, as parsed YAML. */
  readonly documents: Reading<readonly unknown[]>;
}

/** The directory in the setting `kubeadm.patches`. kubeadm does not follow a link to it. */
export type PatchFolder =
  | { readonly kind: 'absent' | 'no-directory' }
  | { readonly kind: 'directory'; readonly secure: boolean; readonly files: readonly PatchFile[] };

/** Targets of the newest kubeadm. An older kubeadm ignores a file for a target that it does not know. */
const PATCH_TARGETS = [
  ...(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const),
  ...(['kubeletconfiguration', 'corednsdeployment'] as const),
] as const;
const PATCH_TYPES = ['json', 'merge', 'strategic'] as const;
export type PatchType = (typeof PATCH_TYPES)[number];

type PatchName =
  | { readonly kind: 'patch'; readonly target: (typeof PATCH_TARGETS)[number]; readonly type: PatchType }
  /** `ignored`: kubeadm prints a message and continues. `refused`: kubeadm fails. */
  | { readonly kind: 'ignored' | 'refused' };

// Bound: the target is one of a few words. The rest is read once, because a dot or a plus sign ends it.
const NAME = new RegExp(`^(${PATCH_TARGETS.join('|')})([^.+\\n]*)(\\+)?(${PATCH_TYPES.join('|')})?`);

/** https://github.com/kubernetes/kubernetes/blob/v1.34.10/cmd/kubeadm/app/util/patches/patches.go, parseFilename */
export function parsePatchName(name: string): PatchName {
  const [, target, , plus, type] = NAME.exec(name) ?? [];
  const known = PATCH_TARGETS.find((each) => each === target);
  if (known === undefined || !/.\.(json|yaml)$/.test(name)) return { kind: 'ignored' };
  if (plus !== undefined && type === undefined) return { kind: 'refused' };
  return { kind: 'patch', target: known, type: PATCH_TYPES.find((each) => each === type) ?? 'strategic' };
}

/** A patch that kubeadm reads. */
export interface Patch {
  readonly file: string;
  readonly type: PatchType;
  readonly document: unknown;
}

/** Returns the patches of one target, in the order in which kubeadm applies them. */
export function patchesFor(folder: PatchFolder | undefined, target: string): readonly Patch[] {
  if (folder?.kind !== 'directory') return [];
  return folder.files.flatMap((file) => {
    const name = parsePatchName(file.name);
    if (name.kind !== 'patch' || name.target !== target || !file.documents.known) return [];
    return file.documents.value.map((document): Patch => ({ file: file.name, type: name.type, document }));
  });
}

/** Returns why kubeadm fails with this directory; undefined when it does not fail. */
export function folderTrouble(folder: PatchFolder): string | undefined {
  if (folder.kind === 'absent') return 'no such directory';
  if (folder.kind !== 'directory') return 'something that is no directory (kubeadm follows no link)';
  const insecure = folder.files.filter(({ secure }) => !secure).map(({ name }) => name);
  if (!folder.secure) return 'a directory that another user than root owns or can write to';
  if (insecure.length > 0) return `files that another user than root owns or can write to: ${insecure.join(', ')}`;
  const refused = folder.files.filter(({ name }) => parsePatchName(name).kind === 'refused').map(({ name }) => name);
  if (refused.length > 0) return `file names without a patch type after "+": ${refused.join(', ')}`;
  const broken = folder.files.find(
    (file) => parsePatchName(file.name).kind === 'patch' && troubleIn(file) !== undefined,
  );
  return broken === undefined ? undefined : `the file ${broken.name}: ${troubleIn(broken) ?? ''}`;
}

function troubleIn({ name, documents }: PatchFile): string | undefined {
  if (!documents.known) return documents.reason;
  const parsed = parsePatchName(name);
  const isJsonPatch = parsed.kind === 'patch' && parsed.type === 'json';
  const wrong = documents.value.some((each) => Array.isArray(each) !== isJsonPatch || typeof each !== 'object');
  return wrong ? `expected ${isJsonPatch ? 'a list of operations' : 'a set of fields'} in each document` : undefined;
}

/** Returns the files that have no effect. */
export const ignoredFiles = (folder: PatchFolder): readonly string[] =>
  folder.kind === 'directory'
    ? folder.files.filter(({ name }) => parsePatchName(name).kind === 'ignored').map(({ name }) => name)
    : [];
