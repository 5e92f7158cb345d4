import { readFileSync } from 'node:fs';

/** What kubeadm v1.34.10 printed on a node whose manifests were edited by hand. */
export const UPGRADE_DIFF = readFileSync(new URL('kubeadm/upgrade-diff-v1.34.10.txt', import.meta.url), 'utf8');
/** What `kubeadm init phase etcd local` of v1.34.10 wrote. */
export const ETCD_MANIFEST = readFileSync(new URL('kubeadm/etcd-v1.34.10.yaml', import.meta.url), 'utf8');

/** The same with one text replaced, which must be in it. */
export function edited(manifest: string, text: string, by: string): string {
  if (!manifest.includes(text)) throw new Error(`the manifest has no ${text}`);
  return manifest.replace(text, by);
}
