import { finding, type Finding } from '../../upgrade/gate/finding.ts';
import type { CertificateFile } from '../../upgrade/node/health.ts';
import { shellWord } from '../../text/shell.ts';
import type { PreflightInput } from './contract.ts';

const DAY_MS = 86_400_000;

/** Files below /etc/kubernetes/pki that kubeadm renews: https://kubernetes.io/docs/setup/best-practices/certificates/ */
const RENEWED_BY_KUBEADM = [
  'apiserver.crt',
  'apiserver-etcd-client.crt',
  'apiserver-kubelet-client.crt',
  'front-proxy-client.crt',
  'etcd/healthcheck-client.crt',
  'etcd/peer.crt',
  'etcd/server.crt',
];
const AUTHORITIES = ['ca.crt', 'front-proxy-ca.crt', 'etcd/ca.crt'];

const PKI = '/etc/kubernetes/pki/';
const isOneOf = (files: readonly string[], path: string): boolean => files.some((file) => path === `${PKI}${file}`);

/** Judges one certificate of a control-plane node. An expired copy that kubeadm does not know stops no upgrade. */
export function judgeCertificate(
  name: string,
  { path, expiresAtMs }: CertificateFile,
  nowMs: number,
  { certificateDays }: PreflightInput,
): Finding[] {
  if (expiresAtMs - nowMs > certificateDays * DAY_MS) return [];
  const expired = expiresAtMs <= nowMs;
  const known = isOneOf([...RENEWED_BY_KUBEADM, ...AUTHORITIES], path);
  return [
    finding(
      expired ? 'certificate-expired' : 'certificate-expiring',
      expired && known ? 'actionable' : 'warning',
      `${path} on ${name}`,
      {
        found: `a certificate that ${expired ? 'ended' : 'ends'} at ${new Date(expiresAtMs).toISOString()}`,
        needed: `one that is valid for more than ${certificateDays} days`,
        remedy: remedyFor(path, name, expired),
      },
    ),
  ];
}

function remedyFor(path: string, name: string, expired: boolean): string {
  if (isOneOf(AUTHORITIES, path))
    return 'kubeadm does not renew a certificate authority: https://kubernetes.io/docs/tasks/tls/manual-rotation-of-ca-certificates/.';
  if (!isOneOf(RENEWED_BY_KUBEADM, path))
    return `kubeadm neither uses nor renews this file. See whether something else does, on ${name}: grep -rl ${shellWord(path)} /etc/kubernetes. If not, remove it.`;
  if (!expired) return 'kubeadm upgrade renews it.';
  return `Renew it: kubeadm certs renew all, on ${name}; then restart its static pods.`;
}
