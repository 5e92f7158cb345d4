import { readdirSync, readFileSync } from 'node:fs';

/** What kubeadm v1.34.10 printed on a node whose manifests were edited by hand. */
export const UPGRADE_DIFF = readFileSync(new URL('kubeadm/upgrade-diff-v1.34.10.txt', import.meta.url), 'utf8');
/** What `kubeadm init phase etcd local` of v1.34.10 wrote. */
export const ETCD_MANIFEST = readFileSync(new URL('kubeadm/etcd-v1.34.10.yaml', import.meta.url), 'utf8');

/** What `kubeadm init phase control-plane apiserver` of v1.34.10 wrote without and with {@link PATCHES}. */
export const API_SERVER = readFileSync(new URL('kubeadm/kube-apiserver-v1.34.10.yaml', import.meta.url), 'utf8');
export const PATCHED_API_SERVER = readFileSync(
  new URL('kubeadm/kube-apiserver-patched-v1.34.10.yaml', import.meta.url),
  'utf8',
);
const PATCH_FOLDER = new URL('kubeadm/patches/', import.meta.url);
/** File name → text. */
export const PATCHES: ReadonlyMap<string, string> = new Map(
  readdirSync(PATCH_FOLDER)
    .sort()
    .map((name) => [name, readFileSync(new URL(name, PATCH_FOLDER), 'utf8')]),
);

/** Returns the manifest with one text replaced, which it must contain. */
export function edited(manifest: string, text: string, by: string): string {
  if (!manifest.includes(text)) throw new Error(`the manifest has no ${text}`);
  return manifest.replace(text, by);
}
