import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml';
import { LIMITS } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { plainScalar, type Scalar } from './scalar.ts';

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: Scalar;
  readonly at: number;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: YamlNode[];
  readonly at: number;
}

export interface MapEntry {
  readonly key: string;
  readonly at: number;
  readonly value: YamlNode;
}

export interface MapNode {
  readonly kind: 'map';
  readonly entries: MapEntry[];
  readonly at: number;
}

export type YamlNode = ScalarNode | ListNode | MapNode;

/** One document of a YAML text, or why it could not be read. */
export type YamlDocument = { readonly root: YamlNode } | { readonly reason: string; readonly at: number };

/** An open collection; in a map, whether a key waits for its value, and the keys so far. */
interface Frame {
  readonly node: ListNode | MapNode;
  readonly anchor: string;
  readonly keys: Set<string>;
  key: string;
  keyAt: number;
  hasKey: boolean;
}

const STANDARD_TAGS = new Set(['!!str', '!!int', '!!float', '!!bool', '!!null', '!!map', '!!seq']);

/**
 * Documents of a YAML text, by the core schema of YAML 1.2, with the text of every number and the place of every value.
 *
 * A text whose syntax is broken is read again document by document, so that the sound ones are kept.
 */
export function readYaml(text: string): YamlDocument[] {
  if (text.length > LIMITS.fileChars) {
    return [
      { reason: `Expected at most ${LIMITS.fileChars} characters in a file, got ${text.length}.`, at: 0 },
    ];
  }
  try {
    return documentsOf(text, 0);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const parts = partsOf(text);
    if (parts.length === 1) return [syntaxError(error, 0)];
    return parts.flatMap(([start, part]) => {
      try {
        return documentsOf(part, start);
      } catch (inner) {
        if (!(inner instanceof YAMLException)) throw inner;
        return [syntaxError(inner, start)];
      }
    });
  }
}

const syntaxError = (error: YAMLException, start: number): YamlDocument => ({
  reason: `Expected YAML, got an error: ${error.reason}.`,
  at: start + (error.mark?.position ?? 0),
});

/** Start and text of the parts between lines that begin with three dashes. */
function partsOf(text: string): [number, string][] {
  const starts = [0, ...Array.from(text.matchAll(/^---/gm), ({ index }) => index).filter((at) => at > 0)];
  return starts.map((start, i) => [start, text.slice(start, starts[i + 1] ?? text.length)]);
}

function documentsOf(text: string, offset: number): YamlDocument[] {
  const events = parseEvents(text, { maxDepth: LIMITS.yamlDepth });
  const documents: YamlDocument[] = [];
  let position = 0;
  while (position < events.length) {
    const reader = new DocumentReader(text, offset);
    position = reader.read(events, position);
    const document = reader.document();
    if (document !== undefined) documents.push(document);
  }
  return documents;
}

/** Builds one document from its events; after a refusal it goes on to the document's end without building. */
class DocumentReader {
  readonly #text: string;
  readonly #offset: number;
  readonly #stack: Frame[] = [];
  readonly #anchors = new Map<string, { node: YamlNode; size: number }>();
  #root: YamlNode | undefined;
  #refusal: Refusal | undefined;
  #nValues = 0;

  constructor(text: string, offset: number) {
    this.#text = text;
    this.#offset = offset;
  }

  document(): YamlDocument | undefined {
    if (this.#refusal) return { reason: this.#refusal.message, at: this.#refusal.at };
    const root = this.#root;
    // what stands between two markers, or after the last one, may be empty
    if (root === undefined || (root.kind === 'scalar' && root.value === null)) return undefined;
    return { root };
  }

  /** Reads from the opening of a document at `position`; gives the position behind its end. */
  read(events: Event[], position: number): number {
    let depth = 0;
    const first = this.#startOf(events[position + 1]);
    let last = first;
    for (let i = position; i < events.length; i++) {
      const event = events[i]!;
      if (event.type === EVENT_ID.POP) {
        depth--;
        if (depth === 0) {
          if (last - first > LIMITS.documentChars) {
            this.#refuse(
              `Expected at most ${LIMITS.documentChars} characters in a document, got ${last - first}.`,
              first,
            );
          }
          return i + 1;
        }
      } else if (event.type !== EVENT_ID.SCALAR && event.type !== EVENT_ID.ALIAS) depth++;
      last = Math.max(last, event.type === EVENT_ID.SCALAR ? event.valueEnd : this.#startOf(event));
      if (this.#refusal === undefined) this.#take(event);
    }
    return events.length;
  }

  #startOf(event: Event | undefined): number {
    if (event === undefined) return 0;
    if (event.type === EVENT_ID.SCALAR) return Math.max(0, event.valueStart);
    if (event.type === EVENT_ID.ALIAS) return event.anchorStart;
    return 'start' in event ? event.start : 0;
  }

  #refuse(message: string, at: number): void {
    this.#refusal ??= new Refusal(message, this.#offset + Math.max(0, at));
  }

  #take(event: Event): void {
    const text = this.#text;
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        return;
      case EVENT_ID.SCALAR: {
        const at = event.valueStart >= 0 ? event.valueStart : (this.#stack.at(-1)?.keyAt ?? 0);
        const source = getScalarValue(text, event);
        let value: Scalar = event.style === SCALAR_STYLE.PLAIN ? plainScalar(source) : source;
        if (event.tagStart >= 0) {
          const tag = text.slice(event.tagStart, event.tagEnd);
          if (!STANDARD_TAGS.has(tag) && tag !== '!') {
            this.#refuse(`Expected no tag or one of the core schema, got ${tag}.`, event.tagStart);
            return;
          }
          if (tag === '!!str' || tag === '!') value = source;
          else if (event.style !== SCALAR_STYLE.PLAIN) value = plainScalar(source);
        }
        const node: ScalarNode = { kind: 'scalar', value, at: this.#offset + at };
        this.#count(1, at);
        if (event.anchorStart >= 0) {
          this.#anchors.set(text.slice(event.anchorStart, event.anchorEnd), { node, size: 1 });
        }
        this.#add(node, source, at);
        return;
      }
      case EVENT_ID.ALIAS: {
        const name = text.slice(event.anchorStart, event.anchorEnd);
        const known = this.#anchors.get(name);
        if (known === undefined) {
          this.#refuse(`Expected an anchor before its alias, got *${name}.`, event.anchorStart);
          return;
        }
        this.#count(known.size, event.anchorStart);
        this.#add(known.node, undefined, event.anchorStart);
        return;
      }
      case EVENT_ID.POP: {
        const frame = this.#stack.pop();
        if (frame === undefined) return;
        if (frame.anchor !== '') {
          this.#anchors.set(frame.anchor, { node: frame.node, size: sizeOf(frame.node) });
        }
        return;
      }
      default: {
        const at = event.start;
        const node: ListNode | MapNode =
          event.type === EVENT_ID.SEQUENCE
            ? { kind: 'list', items: [], at: this.#offset + at }
            : { kind: 'map', entries: [], at: this.#offset + at };
        this.#count(1, at);
        this.#add(node, undefined, at);
        const anchor = event.anchorStart >= 0 ? text.slice(event.anchorStart, event.anchorEnd) : '';
        this.#stack.push({ node, anchor, keys: new Set(), key: '', keyAt: at, hasKey: false });
      }
    }
  }

  #count(n: number, at: number): void {
    this.#nValues += n;
    if (this.#nValues > LIMITS.yamlValues) {
      this.#refuse(`Expected at most ${LIMITS.yamlValues} values in a document, aliases written out.`, at);
    }
  }

  /** Puts a node into the open collection; `keyText` is its text where it can stand as a key. */
  #add(node: YamlNode, keyText: string | undefined, at: number): void {
    const frame = this.#stack.at(-1);
    if (frame === undefined) {
      this.#root = node;
      return;
    }
    const parent = frame.node;
    if (parent.kind === 'list') {
      parent.items.push(node);
    } else if (!frame.hasKey) {
      if (keyText === undefined) {
        this.#refuse('Expected a text as a key, got a list, a map or an alias.', at);
        return;
      }
      if (frame.keys.has(keyText)) {
        this.#refuse(`Expected each key once in a map, got \`${keyText}\` twice.`, at);
        return;
      }
      frame.keys.add(keyText);
      frame.key = keyText;
      frame.keyAt = at;
      frame.hasKey = true;
    } else {
      parent.entries.push({ key: frame.key, at: this.#offset + frame.keyAt, value: node });
      frame.hasKey = false;
    }
  }
}

/** Values in a node, capped so that nested aliases cannot make the count itself expensive. */
function sizeOf(node: YamlNode): number {
  let size = 0;
  const open: YamlNode[] = [node];
  for (let next = open.pop(); next !== undefined && size <= LIMITS.yamlValues; next = open.pop()) {
    size++;
    if (next.kind === 'list') open.push(...next.items);
    else if (next.kind === 'map') for (const { value } of next.entries) open.push(value);
  }
  return size;
}
