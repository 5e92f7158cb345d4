import { createHash } from 'node:crypto';

/** A public key is written `<type> <base64>`, as in known_hosts; the base64 begins with the type once more. */
export const formatPublicKey = (blob: Buffer): string => `${typeOfBlob(blob)} ${blob.toString('base64')}`;

export const keyType = (key: string): string => key.split(' ')[0] ?? '';

/** `SHA256:…`, to the letter what `ssh-keygen -l` prints. */
export function fingerprint(key: string): string {
  const [, base64 = ''] = key.split(' ');
  const hash = createHash('sha256').update(Buffer.from(base64, 'base64')).digest('base64');
  return `SHA256:${hash.replaceAll('=', '')}`;
}

/** Whether the text is a key whose two types agree. */
export function isPublicKey(key: string): boolean {
  const [type = '', base64 = ''] = key.split(' ');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && typeOfBlob(Buffer.from(base64, 'base64')) === type;
}

function typeOfBlob(blob: Buffer): string {
  if (blob.length < 4) return '';
  return blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1');
}
