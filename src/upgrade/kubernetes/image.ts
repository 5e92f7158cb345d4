/** The parts of an image reference, as a pod template spells it. */
export interface ImageReference {
  /** Repository with its registry, such as `docker.io/library/traefik` for `traefik`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Parses `registry:5000/a/b:tag@sha256:…`. It completes short names as container runtimes do. */
export function parseImage(text: string): ImageReference {
  const [named = '', digest] = text.split('@', 2);
  const colon = named.lastIndexOf(':');
  // A colon before the last slash belongs to the registry's port.
  const tagged = colon > named.lastIndexOf('/');
  return {
    repository: complete(tagged ? named.slice(0, colon) : named),
    tag: tagged ? named.slice(colon + 1) : undefined,
    digest,
  };
}

/** https://github.com/distribution/reference/blob/main/normalize.go */
function complete(name: string): string {
  const [first = '', ...rest] = name.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const [registry, path] = hasRegistry ? [first, rest.join('/')] : ['docker.io', name];
  return registry === 'docker.io' && !path.includes('/') ? `docker.io/library/${path}` : `${registry}/${path}`;
}

/** Compares whole path components: `acme-calico/node` does not end with `calico/node`. */
export const endsWithPath = (repository: string, path: string): boolean =>
  repository === path || repository.endsWith(`/${path}`);
