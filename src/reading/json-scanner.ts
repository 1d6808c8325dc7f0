import { type JsonLimits, JsonSyntaxError, tooMuch } from './json-limits.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
/** What a byte outside of texts means. */
const OTHER = 0;
const SPACE = 1;
const TEXT = 2;
const COMMA = 3;
const OPEN = 4;
const CLOSE = 5;
const NUMBER = 6;
const KINDS = new Uint8Array(256);
// A record separator (RFC 7464) stands for nothing, as other control characters do between values.
KINDS.fill(SPACE, 0, 0x21);
for (const [chars, kind] of [
  ['"', TEXT],
  [',', COMMA],
  ['[{', OPEN],
  [']}', CLOSE],
  ['-0123456789', NUMBER],
] as const)
  for (const char of chars) KINDS[char.charCodeAt(0)] = kind;
/** Bytes within a number: 1 goes on, 2 marks the exponent. */
const IN_NUMBER = new Uint8Array(256);
for (const char of '0123456789+-.') IN_NUMBER[char.charCodeAt(0)] = 1;
for (const char of 'eE') IN_NUMBER[char.charCodeAt(0)] = 2;
/** Digits that every double holds. */
const SAFE_DIGITS = 15;

/** What a scan tells on its way. Offsets count from the first byte of the input. */
export interface ScanEvents {
  /** Containers that are followed closely; what happens deeper is only counted. */
  readonly watchedDepth: number;
  /** A comma directly in the watched container. */
  onComma(at: number): void;
  /** A container begins directly in the watched one. */
  onOpen(at: number): void;
  /** The watched container, or a document, ends with the byte at `at`. */
  onClose(at: number): void;
  /** A document that is no container. */
  onScalar(from: number, end: number): void;
  /** A number that a double may not hold: many digits, or an exponent. */
  onLongNumber(from: number, end: number): void;
}

/** Events for those who only want the limits kept. */
export const NO_EVENTS: ScanEvents = {
  watchedDepth: -1,
  onComma: () => {},
  onOpen: () => {},
  onClose: () => {},
  onScalar: () => {},
  onLongNumber: () => {},
};

/**
 * Follows the structure of JSON documents through bytes that come in chunks, and counts. It sees brackets, commas,
 * texts and numbers; whether what lies between them is JSON is left to the parser.
 */
export class JsonScanner {
  readonly #limits: JsonLimits;
  readonly #maxElements: number;
  readonly #types: Uint8Array;
  readonly #starts: Float64Array;
  readonly #cuts: Float64Array;
  readonly #counts: Float64Array;
  #depth = 0;
  #at = 0;
  #isInText = false;
  #isEscaped = false;
  #numberFrom = -1;
  #hasExponent = false;
  #scalarFrom = -1;
  #nValues = 0;
  #nItems = 0;

  constructor(limits: JsonLimits) {
    this.#limits = limits;
    this.#maxElements = limits.maxElements ?? Number.POSITIVE_INFINITY;
    this.#types = new Uint8Array(limits.maxDepth + 2);
    this.#starts = new Float64Array(limits.maxDepth + 2);
    this.#cuts = new Float64Array(limits.maxDepth + 2);
    this.#counts = new Float64Array(limits.maxDepth + 2);
  }

  /** Bytes seen. */
  get at(): number {
    return this.#at;
  }

  get depth(): number {
    return this.#depth;
  }

  /** Where the scalar document begins that the scan is in; -1 outside one. */
  get scalarFrom(): number {
    return this.#scalarFrom;
  }

  isList(depth: number): boolean {
    return this.#types[depth] === OPEN_LIST;
  }

  /** Offset of the bracket of the container around the current place at `depth`. */
  startOf(depth: number): number {
    return this.#starts[depth] as number;
  }

  /** Offset of the last comma directly in that container; -1 for none. */
  lastCommaOf(depth: number): number {
    return this.#cuts[depth] as number;
  }

  /** @throws AlertforestError REQUEST_TOO_LARGE, BATCH_TOO_LARGE; JsonSyntaxError for brackets that do not match */
  scan(chunk: Uint8Array, events: ScanEvents): void {
    const base = this.#at;
    const n = chunk.length;
    let i = this.#resume(chunk, base, events);
    while (i < n) {
      const byte = chunk[i] as number;
      const kind = KINDS[byte];
      if (kind === TEXT) {
        const from = i;
        for (i++; i < n; i++) {
          const inside = chunk[i];
          if (inside === QUOTE) break;
          if (inside === BACKSLASH) i++;
        }
        if (this.#depth === 0) this.#beginScalar(base + from);
        if (i < n) this.#endText(base + i, events);
        else {
          this.#isInText = true;
          this.#isEscaped = i > n;
        }
      } else if (kind === NUMBER) {
        this.#numberFrom = base + i;
        this.#hasExponent = false;
        if (this.#depth === 0) this.#beginScalar(base + i);
        i = this.#skipNumber(chunk, i + 1, base, events);
        continue;
      } else if (kind === COMMA) this.#comma(base + i, events);
      else if (kind === OPEN) this.#open(byte, base + i, events);
      else if (kind === CLOSE) this.#close(byte, base + i, events);
      else if (this.#depth === 0) {
        if (kind === SPACE) this.#endScalar(base + i, events);
        else if (kind === OTHER) this.#beginScalar(base + i);
      }
      i++;
    }
    this.#at = base + n;
  }

  /** The input has ended. Whether it ended within a container is {@link depth}. */
  finish(events: ScanEvents): void {
    if (this.#numberFrom >= 0) this.#endNumber(this.#at, events);
    this.#endScalar(this.#at, events);
  }

  /** Ends the text or number that the chunk before has begun. Where the scan goes on. */
  #resume(chunk: Uint8Array, base: number, events: ScanEvents): number {
    if (this.#numberFrom >= 0) return this.#skipNumber(chunk, 0, base, events);
    if (!this.#isInText) return 0;
    let i = this.#isEscaped ? 1 : 0;
    for (; i < chunk.length; i++) {
      const byte = chunk[i];
      if (byte === QUOTE) {
        this.#isInText = false;
        this.#endText(base + i, events);
        return i + 1;
      }
      if (byte === BACKSLASH) i++;
    }
    this.#isEscaped = i > chunk.length;
    return chunk.length;
  }

  #endText(at: number, events: ScanEvents): void {
    if (this.#depth === 0) this.#endScalar(at + 1, events);
  }

  #skipNumber(chunk: Uint8Array, from: number, base: number, events: ScanEvents): number {
    let i = from;
    for (; i < chunk.length; i++) {
      const kind = IN_NUMBER[chunk[i] as number];
      if (kind === 0) break;
      if (kind === 2) this.#hasExponent = true;
    }
    if (i < chunk.length) this.#endNumber(base + i, events);
    return i;
  }

  #endNumber(end: number, events: ScanEvents): void {
    if (this.#hasExponent || end - this.#numberFrom > SAFE_DIGITS) events.onLongNumber(this.#numberFrom, end);
    this.#numberFrom = -1;
  }

  #beginScalar(at: number): void {
    if (this.#scalarFrom < 0) this.#scalarFrom = at;
  }

  #endScalar(end: number, events: ScanEvents): void {
    if (this.#scalarFrom < 0) return;
    this.#countItem();
    this.#countValue();
    events.onScalar(this.#scalarFrom, end);
    this.#scalarFrom = -1;
  }

  #comma(at: number, events: ScanEvents): void {
    const depth = this.#depth;
    if (depth === 0) throw new JsonSyntaxError('a comma stands outside of everything', at);
    this.#countValue();
    const count = (this.#counts[depth] as number) + 1;
    this.#counts[depth] = count;
    if (this.#types[depth] === OPEN_LIST) {
      if (depth === 1) this.#countItem();
      if (count > this.#maxElements)
        throw tooMuch('elements in one list', this.#maxElements, 'REQUEST_TOO_LARGE');
    } else if (count > this.#limits.maxMembers)
      throw tooMuch('members in one object', this.#limits.maxMembers, 'REQUEST_TOO_LARGE');
    this.#cuts[depth] = at;
    if (depth === events.watchedDepth) events.onComma(at);
  }

  #open(byte: number, at: number, events: ScanEvents): void {
    if (this.#scalarFrom >= 0) throw new JsonSyntaxError('a bracket follows a word', at);
    const depth = ++this.#depth;
    if (depth > this.#limits.maxDepth) {
      throw tooMuch(
        'levels of objects and lists within each other',
        this.#limits.maxDepth,
        'REQUEST_TOO_LARGE',
      );
    }
    this.#countValue();
    if (depth === 1) this.#countItem();
    this.#types[depth] = byte;
    this.#starts[depth] = at;
    this.#cuts[depth] = -1;
    this.#counts[depth] = 1;
    if (depth === events.watchedDepth + 1) events.onOpen(at);
  }

  #close(byte: number, at: number, events: ScanEvents): void {
    const depth = this.#depth;
    if (depth === 0 || this.#types[depth] !== byte - 2)
      throw new JsonSyntaxError('a closing bracket has no opening one', at);
    if (depth === events.watchedDepth || depth === 1) events.onClose(at);
    this.#depth = depth - 1;
  }

  #countValue(): void {
    if (++this.#nValues > this.#limits.maxValues)
      throw tooMuch('values in a body', this.#limits.maxValues, 'REQUEST_TOO_LARGE');
  }

  #countItem(): void {
    if (++this.#nItems > this.#limits.maxItems)
      throw tooMuch('items in one body', this.#limits.maxItems, 'BATCH_TOO_LARGE');
  }
}
