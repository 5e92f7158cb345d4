import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * For `kubectl apply -k`. Kustomize accepts this file name. Programs that read `*.yaml` of a folder ignore it, because it is
 * no object: `kubectl apply -f`, Argo's linter, a directory source of Argo CD.
 */
export const KUSTOMIZATION = 'Kustomization';

/** Marks a folder as written by synth; the list below it names every file that synth may replace or remove. */
export const FIRST_LINE =
  '# Written by argo-kubeadm-upgrade (npm run synth); do not edit. synth replaces and removes the files listed here, and no others.';

/** Lists the manifests of a folder in the order of their names, which is the order of Argo CD's sync waves. */
export function writeKustomization(folder: string): void {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort();
  const lines = [FIRST_LINE, 'apiVersion: kustomize.config.k8s.io/v1beta1', 'kind: Kustomization', 'resources:'];
  writeFileSync(join(folder, KUSTOMIZATION), [...lines, ...files.map((file) => `  - ${file}`), ''].join('\n'));
}
