/** One failed node of the workflow, as Argo names it. */
export interface Failure {
  readonly displayName: string;
  readonly message: string;
}

/**
 * Argo's `{{workflow.failures}}`: the text `"null"`, or JSON in a JSON string. A pod and the retry node around it both
 * fail with the same message: it is said once. Text that is neither is shown as it is, never dropped.
 */
export function parseFailures(raw: string | undefined): Failure[] {
  if (raw === undefined) return [];
  const value = parsed(parsed(raw));
  if (value === null) return [];
  if (!Array.isArray(value)) return [{ displayName: 'workflow', message: raw }];
  const failures = value.map(asFailure);
  return failures.filter((failure, index) => failures.findIndex(({ message }) => message === failure.message) === index);
}

function asFailure(entry: unknown): Failure {
  const { displayName, message } = Object(entry) as Record<string, unknown>;
  return {
    displayName: typeof displayName === 'string' ? displayName : 'unknown',
    message: typeof message === 'string' ? message : JSON.stringify(entry),
  };
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
