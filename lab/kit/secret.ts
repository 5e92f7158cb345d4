import { must } from './commands.ts';

/** The pipeline's Secret, with the key that every machine of the lab accepts. */
export async function applySecret(others: Readonly<Record<string, string>> = {}): Promise<void> {
  const key = await must('lab/in-lab.sh', ['bash', '-c', 'cat "$(dirname "$KUBECONFIG")/ssh_key"']);
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'k8s-upgrade-creds', namespace: 'k8s-upgrade' },
    stringData: { ssh_key: `${key}\n`, ...others },
  };
  await must('lab/in-lab.sh', ['kubectl', 'apply', '-f', '-'], JSON.stringify(secret));
}
