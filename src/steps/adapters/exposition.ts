/** One line of the text format: https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md */
export interface ExposedSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of one metric, of which there may be none. */
export function samplesOf(metric: string, text: string): ExposedSample[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith(metric)) return [];
    const [, labels, value] = /^(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?\s*$/.exec(line.slice(metric.length)) ?? [];
    return value === undefined ? [] : [{ labels: parseLabels(labels ?? ''), value: Number(value) }];
  });
}

function parseLabels(text: string): Readonly<Record<string, string>> {
  const pairs = text.matchAll(/([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries([...pairs].map(([, name = '', value = '']) => [name, unescaped(value)]));
}

const unescaped = (value: string): string =>
  value.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
