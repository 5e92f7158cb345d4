import { canonical, fieldsOf, textOf } from './fields.ts';

/** Returns a document with one more change; undefined when the change does not apply. */
type Change = (parent: unknown, key: string) => unknown;

/** Applies a list of operations; undefined when one does not apply. https://www.rfc-editor.org/rfc/rfc6902 */
export function jsonPatched(document: unknown, operations: unknown): unknown {
  let result: unknown = document;
  for (const operation of Array.isArray(operations) ? operations : [undefined]) {
    result = operated(result, fieldsOf(operation));
    if (result === undefined) return undefined;
  }
  return result;
}

function operated(document: unknown, { op, path, from, value }: Readonly<Record<string, unknown>>): unknown {
  const to = pointer(path);
  const source = pointer(from);
  switch (op) {
    case 'add':
      return changed(document, to, add(value));
    case 'replace':
      return at(document, to) === undefined ? undefined : changed(document, to, replace(value));
    case 'remove':
      return changed(document, to, remove);
    case 'test':
      return canonical(at(document, to)) === canonical(value) ? document : undefined;
    case 'copy':
    case 'move': {
      const found = at(document, source);
      if (found === undefined) return undefined;
      return changed(op === 'move' ? changed(document, source, remove) : document, to, add(found));
    }
    default:
      return undefined;
  }
}

const pointer = (path: unknown): string[] =>
  textOf(path)
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

const isIndex = (key: string): boolean => /^(0|[1-9]\d{0,8})$/.test(key);

function child(parent: unknown, key: string): unknown {
  if (Array.isArray(parent)) return isIndex(key) ? (parent[Number(key)] as unknown) : undefined;
  const fields = fieldsOf(parent);
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

const at = (document: unknown, path: readonly string[]): unknown => path.reduce(child, document);

function changed(document: unknown, path: readonly string[], change: Change): unknown {
  const [key, ...rest] = path;
  // No operation replaces a static pod as a whole.
  if (key === undefined || document === undefined) return undefined;
  if (rest.length === 0) return change(document, key);
  const next = changed(child(document, key), rest, change);
  return next === undefined ? undefined : replace(next)(document, key);
}

const add =
  (value: unknown): Change =>
  (parent, key) => {
    if (!Array.isArray(parent)) return isObject(parent) ? { ...fieldsOf(parent), [key]: value } : undefined;
    const place = key === '-' ? parent.length : Number(key);
    if (key !== '-' && (!isIndex(key) || place > parent.length)) return undefined;
    return [...(parent as unknown[]).slice(0, place), value, ...(parent as unknown[]).slice(place)];
  };

const replace =
  (value: unknown): Change =>
  (parent, key) =>
    Array.isArray(parent)
      ? (parent as unknown[]).map((each, place) => (place === Number(key) ? value : each))
      : { ...fieldsOf(parent), [key]: value };

const remove: Change = (parent, key) => {
  if (child(parent, key) === undefined) return undefined;
  if (Array.isArray(parent)) return (parent as unknown[]).filter((_, place) => place !== Number(key));
  return Object.fromEntries(Object.entries(fieldsOf(parent)).filter(([name]) => name !== key));
};

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
