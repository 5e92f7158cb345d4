import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What the file of NODE_EXTRA_CA_CERTS holds; or why it cannot be used. */
export type CaBundle = { readonly certificates: readonly X509Certificate[] } | { readonly problem: string };

/**
 * Reads the CA certificates that Node.js trusts beside its own. Node.js itself only prints a warning for a file that is
 * missing or malformed: https://nodejs.org/docs/latest-v24.x/api/cli.html#node_extra_ca_certsfile
 *
 * @returns undefined where NODE_EXTRA_CA_CERTS is not set.
 */
export function caBundle(file = process.env['NODE_EXTRA_CA_CERTS']): CaBundle | undefined {
  if (file === undefined || file === '') return undefined;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read';
    return { problem: unusable(file, `there is no such file or it cannot be read (${code})`) };
  }
  const found = certificatesIn(text);
  return 'problem' in found ? { problem: unusable(file, found.problem) } : found;
}

const unusable = (file: string, why: string): string =>
  `the CA bundle ${file} cannot be used: ${why}. Check certificateAuthorities: the object must be in the namespace of the steps, and its key must hold certificates in PEM`;

const BEGIN = /^-----BEGIN ([A-Z0-9 ]{1,60})-----\s*$/;
const END = /^-----END ([A-Z0-9 ]{1,60})-----\s*$/;

/** Text between the blocks is a comment, as for OpenSSL. The content of a block is never part of a problem. */
function certificatesIn(text: string): CaBundle {
  if (text.trim() === '') return { problem: 'it is empty' };
  const certificates: X509Certificate[] = [];
  let block: string[] | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const [, begins] = BEGIN.exec(line) ?? [];
    const [, ends] = END.exec(line) ?? [];
    if (begins !== undefined && begins !== 'CERTIFICATE')
      return { problem: `line ${index + 1} begins a ${begins}, expected a CERTIFICATE` };
    if (begins !== undefined && block !== undefined)
      return { problem: `the certificate before line ${index + 1} has no end` };
    if (ends !== undefined && block === undefined)
      return { problem: `line ${index + 1} ends a block that has no beginning` };
    if (begins !== undefined) block = [];
    block?.push(line);
    if (ends === undefined || block === undefined) continue;
    const certificate = tryParse(block.join('\n'));
    if (certificate === undefined) return { problem: `the certificate that ends in line ${index + 1} is malformed` };
    certificates.push(certificate);
    block = undefined;
  }
  if (block !== undefined) return { problem: 'its last certificate has no end' };
  return certificates.length === 0 ? { problem: 'it has no certificate in PEM' } : { certificates };
}

function tryParse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
