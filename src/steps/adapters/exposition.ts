import { unexpected } from '../harness/step-error.ts';

/** One line of the text format: https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md */
export interface ExposedSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of one metric, of which there may be none. One that cannot be read is not passed over. */
export function samplesOf(metric: string, text: string, from: string): ExposedSample[] {
  const line = new RegExp(`^${metric}(?:\\{(.*)\\})?[ \\t]+(\\S+)(?:[ \\t]+-?\\d+)?[ \\t\\r]*$`, 'gm');
  const found = [...text.matchAll(line)];
  const begun = text.match(new RegExp(`^${metric}(?![A-Za-z0-9_:])`, 'gm')) ?? [];
  if (begun.length !== found.length) throw unexpected(`${from} has a line of ${metric} that cannot be read`);
  return found.map(([, labels = '', value]) => ({
    labels: parseLabels(labels),
    value: Number(value),
  }));
}

function parseLabels(text: string): Readonly<Record<string, string>> {
  const pairs = text.matchAll(/([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries([...pairs].map(([, name = '', value = '']) => [name, unescaped(value)]));
}

const unescaped = (value: string): string =>
  value.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
