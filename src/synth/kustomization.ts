import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * For `kubectl apply -k`. Kustomize accepts this file name. Programs that read `*.yaml` of a folder ignore it, because it is
 * no object: `kubectl apply -f`, Argo's linter, a directory source of Argo CD.
 */
export const KUSTOMIZATION = 'Kustomization';

/** Marks a folder as written by synth; the list below it names every file that synth may replace or remove. */
export const FIRST_LINE =
  '# Written by argo-kubeadm-upgrade (npm run synth); do not edit. synth replaces and removes the files listed here, and no others.';

/** Lists the manifests of a folder in the order in which Argo CD would bring them: kubectl knows no sync waves. */
export function writeKustomization(folder: string): void {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => ({ file, wave: waveOf(readFileSync(join(folder, file), 'utf8')) }))
    .sort((a, b) => a.wave - b.wave || (a.file < b.file ? -1 : 1));
  const lines = [FIRST_LINE, 'apiVersion: kustomize.config.k8s.io/v1beta1', 'kind: Kustomization', 'resources:'];
  writeFileSync(join(folder, KUSTOMIZATION), [...lines, ...files.map(({ file }) => `  - ${file}`), ''].join('\n'));
}

const waveOf = (manifest: string): number =>
  Number(/argocd\.argoproj\.io\/sync-wave: "(-?\d+)"/.exec(manifest)?.[1] ?? 0);
