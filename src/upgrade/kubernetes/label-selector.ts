export type Labels = Readonly<Record<string, string>>;

/** One requirement of a selector. `Gt` and `Lt` apply to node labels only, and compare whole numbers. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

/** A selector with the semantics of policy/v1 and admission webhooks: an empty selector matches everything. */
export interface LabelSelector {
  readonly labels: Labels;
  readonly expressions: readonly Requirement[];
}

export const matchesSelector = ({ labels, expressions }: LabelSelector, of: Labels): boolean =>
  Object.entries(labels).every(([key, value]) => of[key] === value) &&
  expressions.every((each) => meets(each, of[each.key]));

/** A missing key satisfies NotIn, as in Kubernetes. */
export function meets({ operator, values }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return number(value) > number(values[0]);
    case 'Lt':
      return number(value) < number(values[0]);
  }
}

/** Returns NaN for text that is not a whole number. NaN compares false with everything. */
const number = (text: string | undefined): number => (/^-?\d+$/.test(text ?? '') ? Number(text) : NaN);
