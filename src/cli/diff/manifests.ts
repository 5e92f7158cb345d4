import { parseAllDocuments } from 'yaml';
import type { Manifest } from './compare.ts';

/** A file of dist/ cannot be read as Kubernetes objects. */
export class ManifestError extends Error {}

/**
 * Returns the objects of a file, which is YAML with one or more documents, in their order. Reads YAML 1.1, as Kubernetes
 * does. Throws ManifestError, which begins with `path`, when the file holds anything else.
 */
export function readManifests(path: string, text: string): Manifest[] {
  const documents = [...parseAllDocuments(text, { version: '1.1' })];
  const [error] = documents.flatMap(({ errors }) => errors);
  if (error !== undefined) throw new ManifestError(`${path}: ${error.message.trimEnd()}`);
  if (documents.length === 0) throw noObject(path);
  return documents.map((document) => {
    const object = document.toJS() as Partial<Manifest> | null;
    if (object?.kind === undefined || object.metadata?.name === undefined) throw noObject(path);
    return object as Manifest;
  });
}

const noObject = (path: string): ManifestError =>
  new ManifestError(`${path}: saw no kind and name, expected a Kubernetes object; run: npm run synth`);
