/** Variables of a file that systemd reads with `EnvironmentFile=`. The last assignment counts, as in systemd. */
export type Environment = ReadonlyMap<string, string>;

type Step = (state: State, char: string) => void;
interface State {
  readonly found: Map<string, string>;
  step: Step;
  key: string;
  value: string;
  /** Length of `value` that stays at its end: trailing unquoted blanks are dropped. */
  kept: number;
}

/**
 * Parses the file as systemd does: quotes around a value or a part of it, comments with # or ;, a backslash at the end
 * of a line. A quote inside an unquoted value is part of it.
 * https://github.com/systemd/systemd/blob/v257/src/basic/env-file.c, parse_env_file_internal
 */
export function parseEnvironmentFile(text: string): Environment {
  const state: State = { found: new Map(), step: beforeKey, key: '', value: '', kept: 0 };
  for (const char of text) state.step(state, char);
  if (![beforeKey, inKey, comment, escapedInComment].includes(state.step)) endValue(state);
  return state.found;
}

const BLANK = /[ \t\r]/;

const beforeKey: Step = (state, char) => {
  if (char === '#' || char === ';') state.step = comment;
  else if (char !== '\n' && !BLANK.test(char)) {
    state.key = char;
    state.step = inKey;
  }
};

const inKey: Step = (state, char) => {
  if (char === '\n') state.step = beforeKey;
  else if (char === '=') {
    state.value = '';
    state.kept = 0;
    state.step = beforeValue;
  } else state.key += char;
};

const beforeValue: Step = (state, char) => {
  if (char === '\n') endValue(state);
  else if (char === "'") state.step = inSingleQuotes;
  else if (char === '"') state.step = inDoubleQuotes;
  else if (char === '\\') state.step = escaped;
  else if (!BLANK.test(char)) {
    keep(state, char);
    state.step = inValue;
  }
};

const inValue: Step = (state, char) => {
  if (char === '\n') endValue(state);
  else if (char === '\\') state.step = escaped;
  else if (BLANK.test(char)) state.value += char;
  else keep(state, char);
};

const escaped: Step = (state, char) => {
  state.step = inValue;
  if (char !== '\n') keep(state, char);
};

const inSingleQuotes: Step = (state, char) => {
  if (char === "'") state.step = beforeValue;
  else keep(state, char);
};

const inDoubleQuotes: Step = (state, char) => {
  if (char === '"') state.step = beforeValue;
  else if (char === '\\') state.step = escapedInQuotes;
  else keep(state, char);
};

const escapedInQuotes: Step = (state, char) => {
  state.step = inDoubleQuotes;
  if (char !== '\n') keep(state, '"\\`$'.includes(char) ? char : `\\${char}`);
};

const comment: Step = (state, char) => {
  if (char === '\\') state.step = escapedInComment;
  else if (char === '\n') state.step = beforeKey;
};

const escapedInComment: Step = (state) => {
  state.step = comment;
};

function keep(state: State, text: string): void {
  state.value += text;
  state.kept = state.value.length;
}

function endValue(state: State): void {
  state.found.set(state.key.trim(), state.value.slice(0, state.kept));
  state.step = beforeKey;
}
