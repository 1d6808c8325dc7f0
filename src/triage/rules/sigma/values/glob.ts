import { ANY, isDashCode, ONE, type Token } from './pattern.ts';

/** Runs of tokens between the places of `ANY`, ready to be searched. */
export interface Glob {
  readonly runs: readonly (readonly Token[])[];
  readonly isOpenAtStart: boolean;
  readonly isOpenAtEnd: boolean;
}

export function globOf(tokens: readonly Token[]): Glob {
  const runs: Token[][] = [[]];
  for (const token of tokens) {
    if (token === ANY) runs.push([]);
    else runs.at(-1)!.push(token);
  }
  const isOpenAtStart = tokens[0] === ANY;
  const isOpenAtEnd = tokens.at(-1) === ANY;
  return { runs: runs.filter((run) => run.length > 0), isOpenAtStart, isOpenAtEnd };
}

/**
 * Whether the whole of `text` is described by the glob; text and literals are folded alike before.
 *
 * Every run is taken at its leftmost place, so the time is at most the length of the text times that of the glob.
 */
export function matchesGlob({ runs, isOpenAtStart, isOpenAtEnd }: Glob, text: string): boolean {
  let from = 0;
  let last = runs.length;
  if (last === 0) return isOpenAtStart || text === '';
  if (!isOpenAtStart) {
    from = endOfRun(runs[0]!, text, 0);
    if (from < 0) return false;
    if (last === 1) return isOpenAtEnd || from === text.length;
  }
  if (!isOpenAtEnd) last--;
  for (let i = isOpenAtStart ? 0 : 1; i < last; i++) {
    from = searchRun(runs[i]!, text, from);
    if (from < 0) return false;
  }
  return isOpenAtEnd || endsWithRun(runs[last]!, text, from);
}

/** Position behind `run` when it stands at `at`, else -1. */
function endOfRun(run: readonly Token[], text: string, at: number): number {
  let position = at;
  for (const token of run) {
    if (typeof token === 'string') {
      if (!text.startsWith(token, position)) return -1;
      position += token.length;
    } else {
      const code = text.codePointAt(position);
      if (code === undefined) return -1;
      if (token === ONE) position += code > 0xffff ? 2 : 1;
      else if (isDashCode(code)) position++;
      else return -1;
    }
  }
  return position;
}

/** Position behind the leftmost `run` from `from` on, else -1. */
function searchRun(run: readonly Token[], text: string, from: number): number {
  const first = run[0]!;
  for (let at = from; at <= text.length; at++) {
    if (typeof first === 'string') {
      at = text.indexOf(first, at);
      if (at < 0) return -1;
    } else if (isLowSurrogate(text, at)) continue;
    const end = endOfRun(run, text, at);
    if (end >= 0) return end;
  }
  return -1;
}

/** Whether `text` ends with `run`, which may not reach back before `from`. */
function endsWithRun(run: readonly Token[], text: string, from: number): boolean {
  let position = text.length;
  for (let i = run.length - 1; i >= 0; i--) {
    const token = run[i]!;
    if (typeof token === 'string') {
      position -= token.length;
      if (position < from || !text.startsWith(token, position)) return false;
    } else {
      position--;
      if (position < from) return false;
      if (token === ONE) {
        if (isLowSurrogate(text, position)) position--;
        if (position < from) return false;
      } else if (!isDashCode(text.charCodeAt(position))) return false;
    }
  }
  return true;
}

/** Whether the second half of a character beyond the first 65,536 stands at `at`. */
function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (!(code >= 0xdc00 && code < 0xe000) || at === 0) return false;
  const before = text.charCodeAt(at - 1);
  return before >= 0xd800 && before < 0xdc00;
}
