import { parse } from 'secure-json-parse';
import { ByteWindow } from './byte-window.ts';
import { exactNumber } from './exact-numbers.ts';
import { JsonSyntaxError } from './json-limits.ts';
import { memberRanges } from './member-ranges.ts';
import { UnreadItem } from './unread-item.ts';

const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/** The bytes in work and the way from a range of them to values. Numbers keep their digits, see {@link exactNumber}. */
export class JsonPieces {
  readonly #window = new ByteWindow();
  /** Starts and ends of numbers that a double may not hold, in order. */
  #longNumbers: number[] = [];

  append(chunk: Uint8Array): void {
    this.#window.append(chunk);
  }

  noteLongNumber(from: number, end: number): void {
    this.#longNumbers.push(from, end);
  }

  dropBefore(offset: number): void {
    this.#window.dropBefore(offset);
    let n = 0;
    while (n < this.#longNumbers.length && (this.#longNumbers[n] as number) < offset) n += 2;
    if (n > 0) this.#longNumbers = this.#longNumbers.slice(n);
  }

  isBlank(from: number, end: number): boolean {
    return this.#window.slice(from, Math.max(from, end)).every((byte) => byte <= 0x20);
  }

  /** Line of the byte at `offset`, from 1. */
  lineOf(offset: number): number {
    return this.#window.lineOf(offset);
  }

  endsInDigit(from: number, end: number): boolean {
    return /\d$/.test(this.#window.text(Math.max(from, end - 1), end));
  }

  /** One whole value. @throws JsonSyntaxError */
  value(from: number, end: number): unknown {
    return this.#parsed(this.#text(from, end), from);
  }

  /** Elements of a list between its brackets. @throws JsonSyntaxError */
  elements(from: number, end: number): unknown[] {
    return this.#parsed(`[${this.#text(from, end)}]`, from) as unknown[];
  }

  /** Members of an object between its brackets. @throws JsonSyntaxError */
  members(from: number, end: number): Record<string, unknown> {
    return this.#parsed(`{${this.#text(from, end)}}`, from) as Record<string, unknown>;
  }

  /** The name before a member that begins at `end`. @throws JsonSyntaxError */
  key(from: number, end: number): string {
    const [key] = Object.keys(JSON.parse(`{${this.#keyText(from, end)}0}`) as object);
    if (key === undefined) throw this.#error('a member has no name', from);
    return key;
  }

  /**
   * Elements of a list of which some do not parse: an {@link UnreadItem} stands for each of those.
   *
   * @throws JsonSyntaxError where none of them is an object, so that nothing of use was read
   */
  lenientElements(from: number, end: number): unknown[] {
    const elements = memberRanges(this.#window.slice(from, end)).map(([a, b]) => {
      try {
        return this.value(from + a, from + b);
      } catch (error) {
        if (!(error instanceof JsonSyntaxError)) throw error;
        const problem = `Expected JSON, got an item that does not parse at line ${error.line}.`;
        return new UnreadItem('REQUEST_INVALID', problem);
      }
    });
    const isOfUse = elements.some((each) => typeof each === 'object' && !(each instanceof UnreadItem));
    if (!isOfUse) throw this.#error('no element of the list parses', from);
    return elements;
  }

  /** As {@link members}, with lists directly in the object read leniently. @throws JsonSyntaxError */
  lenientMembers(from: number, end: number): Record<string, unknown> {
    const all: Record<string, unknown> = {};
    const ranges = memberRanges(this.#window.slice(from, end));
    for (const [a, b] of ranges) {
      if (ranges.length > 1 && this.isBlank(from + a, from + b))
        throw this.#error('a comma has no member', from + a);
      const bytes = this.#window.slice(from + a, from + b);
      const open = bytes.indexOf(OPEN_LIST);
      const close = bytes.lastIndexOf(CLOSE_LIST);
      let member: Record<string, unknown>;
      try {
        member = this.members(from + a, from + b);
      } catch (error) {
        if (open < 0 || close < open || !this.isBlank(from + a + close + 1, from + b)) throw error;
        const key = this.key(from + a, from + a + open);
        member =
          key === '__proto__' ? {} : { [key]: this.lenientElements(from + a + open + 1, from + a + close) };
      }
      Object.assign(all, member);
    }
    return all;
  }

  #keyText(from: number, end: number): string {
    const text = this.#window.text(from, end);
    try {
      JSON.parse(`{${text}0}`);
      return text;
    } catch (cause) {
      throw this.#error('a member has no name', from, cause);
    }
  }

  #text(from: number, end: number): string {
    const spans = this.#longNumbers;
    if (spans.length === 0 || (spans[0] as number) >= end) return this.#window.text(from, end);
    const parts: string[] = [];
    let at = from;
    for (let n = 0; n < spans.length; n += 2) {
      const [start, stop] = [spans[n] as number, spans[n + 1] as number];
      if (start < at) continue;
      if (stop > end) break;
      parts.push(this.#window.text(at, start), exactNumber(this.#window.text(start, stop)));
      at = stop;
    }
    parts.push(this.#window.text(at, end));
    return parts.join('');
  }

  #parsed(text: string, from: number): unknown {
    try {
      // The search for dangerous keys is costly; nearly every text can be told to have none.
      const isSuspect = text.includes('__proto__') || text.includes('constructor') || text.includes('\\u');
      return isSuspect
        ? parse(text, null, { protoAction: 'remove', constructorAction: 'remove' })
        : JSON.parse(text);
    } catch (cause) {
      throw this.#error((cause as Error).message, from, cause);
    }
  }

  #error(message: string, from: number, cause?: unknown): JsonSyntaxError {
    return new JsonSyntaxError(message, from, this.#window.lineOf(from), { cause });
  }
}
