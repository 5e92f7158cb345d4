const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * Parses a Kubernetes quantity (`250m`, `1.5Gi`, `1e3`) into its base unit: cores, bytes or pieces. Undefined when it
 * is invalid.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function tryParseQuantity(text: string): number | undefined {
  const [, digits, exponent, unit = ''] =
    /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:[eE]([+-]?\d{1,3})|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei))?$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * (exponent === undefined ? (FACTORS[unit] ?? NaN) : 10 ** Number(exponent));
}

/** Formats an amount of a resource for a person: `1.5` cores, `2048Mi`, `3`. */
export const formatAmount = (resource: string, amount: number): string =>
  resource === 'memory' || resource.endsWith('storage')
    ? `${Math.ceil(amount / 2 ** 20)}Mi`
    : String(Math.round(amount * 1000) / 1000);
