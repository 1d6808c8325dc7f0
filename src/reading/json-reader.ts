import { type JsonLimits, JsonSyntaxError, tooMuch } from './json-limits.ts';
import { JsonPieces } from './json-pieces.ts';
import { JsonScanner, type ScanEvents } from './json-scanner.ts';
import { UnreadItem } from './unread-item.ts';

/** Bytes that are given to `JSON.parse` at a time; a container that is longer is opened and read member by member. */
export const PIECE_BYTES = 65_536;

/** One thing that was read. `index` counts the elements of its list from 0, the unread ones included. */
export type JsonPart =
  | { readonly kind: 'item'; readonly list: string; readonly index: number; readonly value: unknown }
  /** A whole document, or what is left of one beside its lists. `isCut`: the bytes end in its middle. */
  | { readonly kind: 'document'; readonly value: unknown; readonly isCut: boolean };

export interface JsonReaderOptions extends JsonLimits {
  /**
   * Lists whose elements come one by one as they are read, as paths: `''` is a document that is a list, `value` or
   * `Event.Attribute` a list within objects, `*` any element of a list on the way. An element that is too large or no
   * JSON comes as an {@link UnreadItem}. @default none: documents come whole
   */
  readonly lists?: readonly string[];
}

/** A container that is read member by member. */
interface Frame {
  readonly value: Record<string, unknown> | unknown[];
  readonly isList: boolean;
  /** Name in the parent; undefined in a list. */
  readonly key: string | undefined;
  readonly startsAt: number;
  /** Wanted paths that go through here. */
  readonly wanted: readonly (readonly string[])[];
  /** Path by which its elements come out; undefined where they stay. */
  readonly list: string | undefined;
  nElements: number;
}

/** What lies between the last byte taken and the next comma or bracket of the innermost frame. */
type Gap = 'none' | 'member due' | 'after member' | 'dropping';

/**
 * Reads JSON documents out of bytes that come in chunks. The scan finds boundaries and keeps the limits, `JSON.parse`
 * builds the values out of pieces of {@link PIECE_BYTES}: neither a long document nor a long item is ever a long
 * stretch of work. Keys that would reach an object's prototype are dropped.
 */
export class JsonReader implements ScanEvents {
  readonly #options: JsonReaderOptions;
  readonly #scanner: JsonScanner;
  readonly #pieces = new JsonPieces();
  readonly #wanted: readonly (readonly string[])[];
  readonly #frames: Frame[] = [];
  readonly #sizes = new WeakMap<object, number>();
  #out: JsonPart[] = [];
  #from = 0;
  #gap: Gap = 'none';

  constructor(options: JsonReaderOptions) {
    this.#options = options;
    this.#scanner = new JsonScanner(options);
    this.#wanted = (options.lists ?? []).map((path) => (path === '' ? ['*'] : [...path.split('.'), '*']));
  }

  /** Bytes of JSON that a container took; undefined for one shorter than two pieces. */
  sizeOf(value: object): number | undefined {
    return this.#sizes.get(value);
  }

  /**
   * Takes the next bytes, at best {@link PIECE_BYTES} at a time, and gives what they complete.
   *
   * @throws AlertforestError REQUEST_TOO_LARGE or BATCH_TOO_LARGE by name; JsonSyntaxError
   */
  push(chunk: Uint8Array): readonly JsonPart[] {
    const isMarked = this.#scanner.at === 0 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
    const bytes = isMarked ? chunk.subarray(3) : chunk;
    this.#pieces.append(bytes);
    this.#scan(() => this.#scanner.scan(bytes, this));
    this.#settle();
    return this.#take();
  }

  /** Says that no bytes follow. A document that is cut in its middle comes with the members that are whole. */
  finish(): readonly JsonPart[] {
    this.#scan(() => this.#scanner.finish(this));
    if (this.#scanner.depth > 0) this.#finishCut();
    return this.#take();
  }

  get watchedDepth(): number {
    return this.#frames.length;
  }

  onLongNumber(from: number, end: number): void {
    this.#pieces.noteLongNumber(from, end);
  }

  onScalar(from: number, end: number): void {
    this.#out.push({ kind: 'document', value: this.#pieces.value(from, end), isCut: false });
    this.#moveTo(end);
  }

  onComma(at: number): void {
    const frame = this.#frames.at(-1) as Frame;
    if (this.#gap === 'dropping') this.#emitDropped(frame);
    else if (this.#gap === 'after member') this.#expectBlank(at);
    // Without a gap the comma is a place to cut at, if ever it has to be cut.
    else return;
    this.#moveTo(at + 1);
    this.#gap = 'member due';
  }

  onOpen(at: number): void {
    const parent = this.#frames.at(-1);
    const wanted = parent?.wanted ?? this.#wanted;
    if (wanted.length === 0 || this.#gap === 'dropping' || parent?.list !== undefined) return;
    // Only where a wanted list may lie does it matter how a short container is called.
    if (parent !== undefined) this.#flushTo(this.#scanner.lastCommaOf(this.#frames.length));
    const key = parent === undefined || parent.isList ? '*' : this.#pieces.key(this.#from, at);
    if (parent === undefined || wanted.some((path) => path[0] === key && path.length > 1)) this.#openFrame();
  }

  onClose(at: number): void {
    if (this.#frames.length === 0) {
      this.#closeShortDocument(at);
      return;
    }
    const frame = this.#frames.at(-1) as Frame;
    if (this.#gap === 'dropping') this.#emitDropped(frame);
    else if (this.#gap === 'after member') this.#expectBlank(at);
    else if (!this.#pieces.isBlank(this.#from, at)) this.#readMembers(frame, this.#from, at);
    else if (this.#gap === 'member due') throw this.#syntax('a comma stands before a closing bracket');
    this.#closeFrame(at + 1);
  }

  /** A document shorter than a piece: parsed whole, unless something in it does not parse. */
  #closeShortDocument(at: number): void {
    const from = this.#scanner.startOf(1);
    try {
      const value = this.#pieces.value(from, at + 1);
      this.#sizes.set(value as object, at + 1 - from);
      this.#out.push({ kind: 'document', value, isCut: false });
      this.#moveTo(at + 1);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      this.#openFrame();
      this.onClose(at);
    }
  }

  /** Reads on in the innermost container around the current place. */
  #openFrame(): void {
    const depth = this.#frames.length + 1;
    const startsAt = this.#scanner.startOf(depth);
    const parent = this.#frames.at(-1);
    const isList = this.#scanner.isList(depth);
    const value: Frame['value'] = isList ? [] : {};
    let key: string | undefined;
    if (parent === undefined || parent.isList) this.#expectBlank(startsAt);
    else key = this.#pieces.key(this.#from, startsAt);
    const step = key ?? '*';
    const wanted =
      parent === undefined
        ? this.#wanted
        : parent.wanted.flatMap((path) => (path[0] === step && path.length > 1 ? [path.slice(1)] : []));
    const isWanted = isList && wanted.some((path) => path.length === 1 && path[0] === '*');
    const names = [
      ...this.#frames.slice(1).map((frame) => frame.key ?? '*'),
      ...(parent === undefined ? [] : [step]),
    ];
    this.#frames.push({
      value,
      isList,
      key,
      startsAt,
      wanted,
      list: isWanted ? names.join('.') : undefined,
      nElements: 0,
    });
    this.#moveTo(startsAt + 1);
    this.#gap = 'none';
  }

  #closeFrame(end: number): void {
    const frame = this.#frames.pop() as Frame;
    const parent = this.#frames.at(-1);
    this.#sizes.set(frame.value, end - frame.startsAt);
    if (parent === undefined) {
      if (frame.list === undefined) this.#out.push({ kind: 'document', value: frame.value, isCut: false });
    } else if (parent.list !== undefined && end - frame.startsAt > this.#options.maxItemBytes) {
      this.#emitDropped(parent);
    } else this.#attach(parent, frame);
    this.#moveTo(end);
    this.#gap = parent === undefined ? 'none' : 'after member';
  }

  #attach(parent: Frame, { key, value }: Frame): void {
    if (parent.isList) this.#addElement(parent, value);
    else if (
      key !== undefined &&
      key !== '__proto__' &&
      !(key === 'constructor' && Object.hasOwn(value, 'prototype'))
    )
      (parent.value as Record<string, unknown>)[key] = value;
  }

  #addElement(frame: Frame, value: unknown): void {
    const index = frame.nElements++;
    if (frame.list === undefined) (frame.value as unknown[]).push(value);
    else this.#out.push({ kind: 'item', list: frame.list, index, value });
  }

  /** Reads whole members between the brackets of a frame. A list gives those that parse. */
  #readMembers(frame: Frame, from: number, end: number): void {
    if (!frame.isList) {
      Object.assign(frame.value, this.#orLenient(from, end, this.#frames.length === 1));
      return;
    }
    let elements: unknown[];
    try {
      elements = this.#pieces.elements(from, end);
    } catch (error) {
      const isListOfItems = this.#frames.length <= 2 || frame.list !== undefined;
      if (!(error instanceof JsonSyntaxError) || !isListOfItems) throw error;
      elements = this.#pieces.lenientElements(from, end);
    }
    for (const element of elements) this.#addElement(frame, element);
  }

  #orLenient(from: number, end: number, isLenient: boolean): Record<string, unknown> {
    try {
      return this.#pieces.members(from, end);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError) || !isLenient) throw error;
      return this.#pieces.lenientMembers(from, end);
    }
  }

  /** Builds what is whole of the bytes that have gathered, so that never much more than a piece waits. */
  #settle(): void {
    if (this.#gap === 'none' || this.#gap === 'member due') this.#dropTooLong();
    while (this.#scanner.at - this.#from >= PIECE_BYTES) {
      const depth = this.#frames.length;
      const frame = this.#frames.at(-1);
      if (this.#gap === 'dropping' || this.#gap === 'after member') {
        if (this.#gap === 'after member') this.#expectBlank(this.#scanner.at);
        this.#moveTo(this.#scanner.at);
        return;
      }
      if (this.#scanner.depth === 0) {
        if (this.#scanner.scalarFrom < 0) this.#moveTo(this.#scanner.at);
        else this.#holdText();
        return;
      }
      if (frame !== undefined && this.#flushTo(this.#scanner.lastCommaOf(depth))) continue;
      if (this.#scanner.depth > depth) this.#openFrame();
      else {
        this.#holdText();
        return;
      }
    }
  }

  /** Reads the members up to a comma of the innermost frame. Whether there were any. */
  #flushTo(comma: number): boolean {
    if (comma < this.#from || this.#gap === 'dropping') return false;
    this.#readMembers(this.#frames.at(-1) as Frame, this.#from, comma);
    this.#moveTo(comma + 1);
    this.#gap = 'member due';
    return true;
  }

  /** Gives up the wanted item around the current place when it is longer than an item may be. */
  #dropTooLong(): void {
    const listAt = this.#frames.findIndex((frame) => frame.list !== undefined);
    if (listAt < 0) return;
    const lastComma = listAt + 1 === this.#frames.length ? this.#scanner.lastCommaOf(listAt + 1) : -1;
    const itemFrom = this.#frames[listAt + 1]?.startsAt ?? Math.max(this.#from, lastComma + 1);
    if (this.#scanner.at - itemFrom <= this.#options.maxItemBytes) return;
    this.#flushTo(lastComma);
    this.#frames.length = listAt + 1;
    this.#moveTo(this.#scanner.at);
    this.#gap = 'dropping';
  }

  #emitDropped(frame: Frame): void {
    const { maxItemBytes } = this.#options;
    const problem = `Expected an item of at most ${maxItemBytes} bytes, got a larger one.`;
    this.#addElement(frame, new UnreadItem('ALERT_TOO_LARGE', problem));
  }

  /** A text or number that goes on: nothing can be done before its end. */
  #holdText(): void {
    const { maxItemBytes } = this.#options;
    if (this.#scanner.at - this.#from > Math.max(maxItemBytes, PIECE_BYTES))
      throw tooMuch('bytes in one text', maxItemBytes, 'REQUEST_TOO_LARGE');
  }

  /** The input has ended within a document: keeps the members that are whole, along the way to where it ends. */
  #finishCut(): void {
    while (this.#gap !== 'dropping' && this.#gap !== 'after member') {
      if (this.#frames.length > 0) this.#flushTo(this.#scanner.lastCommaOf(this.#frames.length));
      if (this.#scanner.depth <= this.#frames.length) {
        this.#readLastMember();
        break;
      }
      this.#openFrame();
    }
    const root = this.#frames[0] as Frame;
    while (this.#frames.length > 1) {
      const frame = this.#frames.pop() as Frame;
      const parent = this.#frames.at(-1) as Frame;
      const isItem = parent.list !== undefined;
      if (isItem) {
        const problem = 'Expected a whole item, got one whose bytes end in its middle.';
        this.#addElement(parent, new UnreadItem('REQUEST_INVALID', problem));
      } else this.#attach(parent, frame);
    }
    if (this.#gap === 'dropping') this.#emitDropped(root);
    this.#frames.length = 0;
    this.#out.push({ kind: 'document', value: root.value, isCut: true });
  }

  /** A last member without a comma behind it is whole if it parses; the digits of a number might go on. */
  #readLastMember(): void {
    const { at } = this.#scanner;
    if (this.#pieces.endsInDigit(this.#from, at) || this.#pieces.isBlank(this.#from, at)) return;
    try {
      this.#readMembers(this.#frames.at(-1) as Frame, this.#from, at);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
    }
  }

  #expectBlank(end: number): void {
    if (!this.#pieces.isBlank(this.#from, end))
      throw this.#syntax('two values stand without a comma between them');
  }

  #syntax(message: string): JsonSyntaxError {
    return new JsonSyntaxError(message, this.#from, this.#pieces.lineOf(this.#from));
  }

  /** Runs a scan; what it finds wrong is said with its line. */
  #scan(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof JsonSyntaxError) || error.line !== undefined) throw error;
      throw new JsonSyntaxError(error.message, error.offset, this.#pieces.lineOf(error.offset));
    }
  }

  #moveTo(offset: number): void {
    this.#from = offset;
    this.#pieces.dropBefore(offset);
  }

  #take(): readonly JsonPart[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }
}
