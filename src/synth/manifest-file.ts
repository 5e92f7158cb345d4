import { ApiObject, type Chart, Yaml } from 'cdk8s';

/** A file of a cluster. */
export interface ManifestFile {
  readonly name: string;
  readonly documents: readonly ManifestDocument[];
}

interface ManifestDocument {
  readonly object: object;
  /** One line, which stands above the object. */
  readonly comment?: string;
}

/** Key of the construct metadata that holds a comment. */
const COMMENT = 'comment';

/** Puts `text`, which is one line, above the object in its file. cdk8s itself writes no comments. */
export function comment(object: ApiObject, text: string): void {
  object.node.addMetadata(COMMENT, text);
}

/** The objects of a chart, validated and in the order in which cdk8s writes them. */
export function manifestFile(chart: Chart): ManifestFile {
  const comments = commentsIn(chart);
  const objects = chart.toJson() as Identified[];
  return {
    name: `${chart.node.id}.yaml`,
    documents: objects.map((object) => {
      const text = comments.get(identityOf(object));
      return text === undefined ? { object } : { object, comment: text };
    }),
  };
}

/** The content of a file: what cdk8s writes for one chart, and the comments. */
export const textOf = ({ documents }: Pick<ManifestFile, 'documents'>): string =>
  documents
    .map(({ object, comment: text }) => `${text === undefined ? '' : `# ${text}\n`}${Yaml.stringify(object)}`)
    .join('---\n');

interface Identified {
  readonly kind: string;
  readonly metadata: { readonly name?: string; readonly namespace?: string };
}

function commentsIn(chart: Chart): ReadonlyMap<string, string> {
  const objects = chart.node.findAll().filter((construct) => construct instanceof ApiObject);
  return new Map(
    objects.flatMap((object) =>
      object.node.metadata
        .filter(({ type }) => type === COMMENT)
        .map(({ data }): [string, string] => [identityOf(object), String(data)]),
    ),
  );
}

const identityOf = ({ kind, metadata: { namespace, name } }: Identified): string => [kind, namespace, name].join(' ');
