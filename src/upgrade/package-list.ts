import { tryParseKubeVersion, type KubeVersion } from './kube-version.ts';

/**
 * Versions in the output of `apt-cache madison <package>`, lines such as
 * `kubeadm | 1.34.9-1.1 | https://pkgs.k8s.io/core:/stable:/v1.34/deb  Packages`; the package revision is dropped.
 * Lines of other packages or without a release are passed over; the caller decides what an empty list means.
 */
export function parseMadison(output: string, packageName: string): KubeVersion[] {
  return output.split('\n').flatMap((line) => {
    const [name, version] = line.split('|').map((field) => field.trim());
    const parsed =
      name === packageName && version !== undefined ? tryParseKubeVersion(withoutRevision(version)) : undefined;
    return parsed === undefined ? [] : [parsed];
  });
}

/** A package revision begins with a digit; `-rc.1` is part of the version, and no release. */
const withoutRevision = (debianVersion: string): string => debianVersion.replace(/-\d[^-]*$/, '');
