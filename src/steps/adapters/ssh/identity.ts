import { X509Certificate } from 'node:crypto';
import { refused, type StepError } from '../../runtime/step-error.ts';
import type { RemoteCommand, RemoteHost, RemoteResult } from '../../ports/remote.ts';
import { name } from './host-key.ts';

const CONFIG = '/etc/kubernetes/kubelet.conf';
const CERTIFICATE = '/var/lib/kubelet/pki/kubelet-client-current.pem';
export const IDENTITY_MARK = '# Which Node this machine is';

/**
 * Prints the machine ID and the client certificate by which the kubelet of this machine speaks to the API server. The file
 * holds its private key as well, which stays there.
 */
export const IDENTITY: RemoteCommand = {
  script: [
    IDENTITY_MARK,
    'echo "machine-id $(head -c 64 /etc/machine-id)"',
    `file=$(sed -n 's/^ *client-certificate: *//p' ${CONFIG} | tr -d "\\"'" | head -n 1)`,
    `data=$(sed -n 's/^ *client-certificate-data: *//p' ${CONFIG} | head -n 1)`,
    `if [ -n "$data" ]; then printf %s "$data" | base64 -d; else cat "\${file:-${CERTIFICATE}}"; fi |`,
    "  sed -n '/^-----BEGIN CERTIFICATE-----/,/^-----END CERTIFICATE-----/p' | head -c 32768",
  ].join('\n'),
  timeoutSeconds: 30,
};

/**
 * Why the machine that answered is not proven to be the Node; undefined when it is. The certificate is the proof: only the
 * API server's authority gives it out, for one Node name. The machine ID must agree as well.
 */
export function whyNotProven(host: RemoteHost, { exitCode, stdout, stderr }: RemoteResult): StepError | undefined {
  if (!stdout.split('\n').some((line) => line.startsWith('machine-id '))) {
    const answer = (stdout + stderr).trim().slice(0, 200);
    return notProven(
      host,
      `runs no script: it answers ${JSON.stringify(answer)} with exit code ${exitCode}`,
      'the log-in shell of ssh.user there must be one that runs: sh -c true',
    );
  }
  const owner = ownerOf(stdout);
  if (owner === undefined) {
    const check = `openssl x509 -noout -subject -in ${CERTIFICATE}`;
    return notProven(
      host,
      `shows no client certificate of a kubelet${stderr.trim() === '' ? '' : ` (${stderr.trim().slice(0, 200)})`}`,
      `${CONFIG} names that certificate on a node of kubeadm; look at it there: ${check}`,
    );
  }
  if (owner !== host.node)
    return notProven(
      host,
      `is Node ${owner} by the certificate of its kubelet`,
      `correct the address that Node ${host.node} reports, or remove that Node: kubectl delete node ${host.node}`,
    );
  const [, machineId = ''] = /^machine-id (\S*)$/m.exec(stdout) ?? [];
  const { machineId: reported = '' } = host;
  if (machineId !== '' && machineId === reported) return undefined;
  return notProven(
    host,
    `has ${machineId === '' ? 'no machine ID' : `the machine ID ${machineId}`}, and its Node reports ${reported === '' ? 'none' : printable(reported)}`,
    'when /etc/machine-id was changed on purpose, restart the kubelet there: systemctl restart kubelet',
  );
}

const notProven = (host: RemoteHost, seen: string, remedy: string): StepError =>
  refused(
    `${name(host)} is not proven to be Node ${host.node}: the machine that answers ${seen}. Nothing was changed on it by this login; ${remedy}`,
  );

/** A status is written by a kubelet: no more of it is repeated than letters and digits. */
const printable = (text: string): string => text.replaceAll(/[^0-9A-Za-z-]/g, '?').slice(0, 64);

/** The Node's name, from the subject `O=system:nodes`, `CN=system:node:<name>`. Undefined without such a certificate. */
function ownerOf(stdout: string): string | undefined {
  const [pem] = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/.exec(stdout) ?? [];
  if (pem === undefined) return undefined;
  try {
    const names = new X509Certificate(pem).subject.split('\n');
    const [, node] = names.flatMap((each) => /^CN=system:node:([a-z0-9.-]+)$/.exec(each) ?? []);
    return names.includes('O=system:nodes') ? node : undefined;
  } catch {
    return undefined;
  }
}
