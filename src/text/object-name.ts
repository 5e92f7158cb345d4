export interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}

/** `namespace/name`, as messages and settings name an object. */
export const objectName = ({ namespace, name }: ObjectName): string => `${namespace}/${name}`;

/** Reads what `objectName` writes. A part that is missing is empty. */
export function parseObjectName(text: string): ObjectName {
  const [namespace = '', name = ''] = text.split('/');
  return { namespace, name };
}
