import { unexpected } from '../runtime/step-error.ts';

/** One line of the text format: https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md */
export interface ExposedSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** In characters. An API server writes lines of a few hundred. */
const LONGEST_LINE = 16_384;

/** The samples of one metric, of which there may be none. One that cannot be read is not passed over. */
export function samplesOf(metric: string, text: string, from: string): ExposedSample[] {
  const samples: ExposedSample[] = [];
  for (const line of linesOf(metric, text)) {
    const sample = line.length > LONGEST_LINE ? undefined : tryParseSample(line.slice(metric.length));
    if (sample === undefined) throw unexpected(`${from} has a line of ${metric} that cannot be read`);
    samples.push(sample);
  }
  return samples;
}

/** Characters of a metric name: `a_b` is no line of the metric `a`. */
const NAME_GOES_ON = /[A-Za-z0-9_:]/;

function* linesOf(metric: string, text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const feed = text.indexOf('\n', start);
    const end = feed === -1 ? text.length : feed;
    const next = text[start + metric.length];
    if (text.startsWith(metric, start) && (next === undefined || !NAME_GOES_ON.test(next)))
      yield text.slice(start, end);
    start = end + 1;
  }
}

/** A name and a value in quotes, in which `\` takes the next character as it is. */
const LABEL = /[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*"([^"\\]*(?:\\.[^"\\]*)*)"[ \t]*,?/y;
/** A value, and perhaps a time in milliseconds. */
const VALUE = /^[ \t]+(\S+)(?:[ \t]+-?\d+)?$/;

/** `{a="b",} 1 1395066363000`, without the name before it. */
function tryParseSample(text: string): ExposedSample | undefined {
  const { labels, end } = text.startsWith('{') ? labelsIn(text) : { labels: {}, end: 0 };
  const [, value] = end === undefined ? [] : (VALUE.exec(text.slice(end).trimEnd()) ?? []);
  return value === undefined ? undefined : { labels, value: Number(value) };
}

/** `end`: the index after the closing brace; undefined where there is none. */
function labelsIn(text: string): Pick<ExposedSample, 'labels'> & { readonly end: number | undefined } {
  const labels: [string, string][] = [];
  let at = 1;
  for (let found = labelAt(text, at); found !== null; found = labelAt(text, at)) {
    const [whole, name = '', value = ''] = found;
    labels.push([name, unescaped(value)]);
    at += whole.length;
    if (!whole.endsWith(',')) break;
  }
  const brace = text.slice(at).trimStart();
  const end = brace.startsWith('}') ? text.length - brace.length + 1 : undefined;
  return { labels: Object.fromEntries(labels), end };
}

function labelAt(text: string, at: number): RegExpExecArray | null {
  LABEL.lastIndex = at;
  return LABEL.exec(text);
}

const unescaped = (value: string): string =>
  value.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
