import type { ProveSshKeyInput } from './contract.ts';

/** The reason against the mounted key. */
interface Objection {
  /** Whether a later pod may have the expected key. */
  readonly mayPass: boolean;
  readonly because: string;
}

/** `fingerprint`: of a public key, as `ssh-keygen -l` prints it. */
export function decide(
  mounted: string | undefined,
  { expected, otherwise }: ProveSshKeyInput,
  fingerprint: (key: string) => string,
): Objection | undefined {
  if (mounted === expected) return undefined;
  const seen = mounted === undefined ? 'no key' : fingerprint(mounted);
  switch (otherwise) {
    case 'wait':
      return {
        mayPass: true,
        because: `This pod started with ${seen}, expected the new key ${fingerprint(expected)}. Put the new key into ssh_key at the source of the Secret; the next pod checks again. No key was removed.`,
      };
    case 'refuse':
      return {
        mayPass: false,
        because: `This pod started with ${seen}, expected the new key ${fingerprint(expected)}: the Secret was put back. Its source still has the old key: change it there, then argo retry this run. Both keys are let in.`,
      };
  }
}
