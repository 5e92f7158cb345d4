import { kubectl, must } from './commands.ts';

/** A workload as an addon installs it; no node takes its pods, since only the object is looked at. */
export async function install(kind: 'DaemonSet' | 'Deployment', name: string, image: string): Promise<void> {
  const labels = { app: name };
  const template = {
    metadata: { labels },
    spec: { nodeSelector: { 'lab.invalid/nowhere': 'true' }, containers: [{ name: 'main', image }] },
  };
  const workload = {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: 'default' },
    spec: { selector: { matchLabels: labels }, template, ...(kind === 'Deployment' ? { replicas: 0 } : {}) },
  };
  await must('lab/in-lab.sh', ['kubectl', 'apply', '-f', '-'], JSON.stringify(workload));
}

export const uninstall = (kind: 'DaemonSet' | 'Deployment', name: string): Promise<string> =>
  kubectl('delete', kind, name, '-n', 'default', '--ignore-not-found');
