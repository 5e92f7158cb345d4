import type { Edge, Fits, Parsed, Syntax } from './syntax.ts';

/** One instruction of a matcher. Numbers are indexes into the program. */
export type Instruction =
  | { readonly do: 'character'; readonly fits: Fits }
  | { readonly do: 'edge'; readonly edge: Edge }
  /** Continues at both indexes. A match from `first` takes precedence over a match from `second`. */
  | { readonly do: 'fork'; first: number; second: number }
  | { readonly do: 'jump'; readonly to: number }
  /** Saves the position where a group begins (slot 2n) or ends (slot 2n + 1). */
  | { readonly do: 'save'; readonly slot: number }
  /** Clears the groups of an earlier repetition, as JavaScript does. */
  | { readonly do: 'forget'; readonly groups: readonly [number, number] }
  | { readonly do: 'match' };

/** Limits the program: `a{1000}{1000}` would be a million instructions. */
const MOST_INSTRUCTIONS = 1000;

/** Throws a `RangeError` when the program is longer than {@link MOST_INSTRUCTIONS}. */
export function compile({ root }: Parsed): readonly Instruction[] {
  const program: Instruction[] = [];
  const add = (instruction: Instruction): void => {
    if (program.length === MOST_INSTRUCTIONS) throw new RangeError('it repeats too much');
    program.push(instruction);
  };

  const emit = (syntax: Syntax): void => {
    switch (syntax.kind) {
      case 'character':
        add({ do: 'character', fits: syntax.fits });
        break;
      case 'edge':
        add({ do: 'edge', edge: syntax.edge });
        break;
      case 'sequence':
        syntax.parts.forEach(emit);
        break;
      case 'choice':
        emitChoice(syntax.options);
        break;
      case 'group':
        add({ do: 'save', slot: 2 * syntax.number });
        emit(syntax.body);
        add({ do: 'save', slot: 2 * syntax.number + 1 });
        break;
      case 'repeat':
        emitRepeat(syntax);
    }
  };

  const emitChoice = ([option, ...others]: readonly Syntax[]): void => {
    if (option === undefined) return;
    if (others.length === 0) {
      emit(option);
      return;
    }
    const fork = forkHere(false);
    emit(option);
    const jump = program.length;
    add({ do: 'jump', to: jump });
    fork.setOther(program.length);
    emitChoice(others);
    program[jump] = { do: 'jump', to: program.length };
  };

  /** Adds a fork that prefers the next instruction, or the other one when `lazy`. */
  const forkHere = (lazy: boolean): { readonly setOther: (to: number) => void } => {
    const next = program.length + 1;
    const fork = { do: 'fork' as const, first: next, second: next };
    add(fork);
    const setOther = (to: number): void => {
      if (lazy) fork.first = to;
      else fork.second = to;
    };
    return { setOther };
  };

  const emitRepeat = ({ body, least, most, lazy, groups }: Extract<Syntax, { kind: 'repeat' }>): void => {
    const round = (): void => {
      if (groups[0] < groups[1]) add({ do: 'forget', groups });
      emit(body);
    };
    for (let count = 0; count < least; count++) round();
    if (most === Infinity) {
      const start = program.length;
      const fork = forkHere(lazy);
      round();
      add({ do: 'jump', to: start });
      fork.setOther(program.length);
      return;
    }
    const forks = Array.from({ length: Math.min(most - least, MOST_INSTRUCTIONS) }, () => {
      const fork = forkHere(lazy);
      round();
      return fork;
    });
    for (const fork of forks) fork.setOther(program.length);
  };

  emit(root);
  add({ do: 'match' });
  return program;
}
