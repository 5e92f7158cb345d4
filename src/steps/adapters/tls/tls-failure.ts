import { causes } from '../../runtime/retry.ts';
import { caBundle } from './ca-bundle.ts';

/**
 * Asks a server. Throws an `Error` whose message names the host, the error and the remedy when TLS fails.
 * Throws before the first HTTPS request when the CA bundle cannot be used. Passes every other error on.
 */
export async function overTls<T>(address: URL | string, ask: () => Promise<T>): Promise<T> {
  const url = URL.parse(String(address));
  if (url?.protocol === 'https:') {
    const bundle = caBundle();
    if (bundle !== undefined && 'problem' in bundle) throw new Error(bundle.problem);
  }
  try {
    return await ask();
  } catch (error) {
    // A server that is asked without TLS fails by TLS after a redirect only, whose address the error does not hold.
    const host = url?.protocol === 'http:' ? `the server that ${url.host} redirects to` : url?.host;
    const says = host === undefined ? undefined : tlsFailure(error, host);
    // Without the cause: its text recommends options of Node.js that a step does not have, and its code may look transient.
    throw says === undefined ? error : new Error(says);
  }
}

/** https://nodejs.org/docs/latest-v24.x/api/tls.html#x509-certificate-error-codes */
const UNTRUSTED: ReadonlySet<string> = new Set([
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_UNTRUSTED', 'INVALID_CA'],
]);
const ENDED: ReadonlySet<string> = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
const OTHER_NAME: ReadonlySet<string> = new Set(['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH']);
const NO_TLS: ReadonlySet<string> = new Set([
  ...['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST'],
]);
const ANY = /^(?:ERR_SSL_|ERR_TLS_CERT_|ERR_OSSL_|CERT_|CRL_|UNABLE_TO_|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$)/;

/** A sentence without its full stop; undefined for an error that is none of TLS. */
export function tlsFailure(error: unknown, host: string): string | undefined {
  const link = causes(error).find((each) => isOfTls(codeOf(each)));
  if (link === undefined) return undefined;
  const code = codeOf(link);
  if (UNTRUSTED.has(code))
    return `no known CA issued the certificate of ${host} (${code}); put the certificate of its CA into the bundle of certificateAuthorities`;
  if (ENDED.has(code))
    return `the certificate of ${host} has expired or is not valid yet (${code}); renew it, and check the clocks`;
  if (OTHER_NAME.has(code))
    return `the certificate of ${host} is for other names (${code}: ${link.message}); use one of its names in the address`;
  if (NO_TLS.has(code)) return `${host} does not answer with TLS (${code}); is its address one with http://?`;
  return `TLS with ${host} failed (${code}: ${link.message})`;
}

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '');
const isOfTls = (code: string): boolean =>
  [UNTRUSTED, ENDED, OTHER_NAME, NO_TLS].some((codes) => codes.has(code)) || ANY.test(code);
