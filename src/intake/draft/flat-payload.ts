import { localName } from '../dialects/local-names.ts';
import { alertShape } from '../envelope/alert-shape.ts';
import { jsonIn } from '../values/json-text.ts';
import { isObject, type JsonObject, keysOf } from '../values/json-value.ts';

/** One scalar, or list of scalars, in a payload. */
export interface Leaf {
  /** Dotted path as the payload spells it. */
  readonly path: string;
  /** The path's names in lower case with letters and digits only. */
  readonly names: readonly string[];
  readonly value: unknown;
  /** Whether it stands in an element of a list: of a part then, and not of the record itself. */
  readonly isListed: boolean;
}

interface Node {
  readonly path: string;
  readonly names: readonly string[];
  readonly value: JsonObject;
  readonly isListed: boolean;
}

/** Leaves and objects of an unknown payload that are looked at; real alerts have at most a few hundred. */
const MAX_LEAVES = 2000;
const MAX_DEPTH = 10;
/** Ends of names by which an alert says what it is; in a record that is too wide to be read whole they come first. */
const OWN_NAME =
  /(id|uid|key|number|title|name|severity|priority|level|time|timestamp|date|message|description|host|user|ip)$/i;
const MAX_LIST_OBJECTS = 200;

// Keys come back alert after alert; cleared when full so that payloads cannot grow it.
const namesOfKey = new Map<string, KeyNames>();
const MAX_KEYS = 4000;

interface KeyNames {
  readonly names: readonly string[];
  /** The key's parts as it spells them. */
  readonly parts: readonly string[];
}

/** Names of a key: `host.name` as one key means the same as two levels, and a remark in brackets says nothing. */
function namesOf(key: string): KeyNames {
  let names = namesOfKey.get(key);
  if (names !== undefined) return names;
  names = plainNamesOf(key.replace(/(?<=\w)\s{0,4}\([^()]{1,60}\)$/, ''), localName);
  if (namesOfKey.size >= MAX_KEYS) namesOfKey.clear();
  namesOfKey.set(key, names);
  return names;
}

/** @param known a name of another language under which a part is known */
function plainNamesOf(key: string, known: (part: string) => string | undefined = () => undefined): KeyNames {
  const parts = key.split(/[./]/);
  return {
    parts,
    // gravité is gravite
    names: parts
      .map((part) =>
        (known(part) ?? part)
          .normalize('NFD')
          .toLowerCase()
          .replace(/[^a-z0-9]/g, ''),
      )
      .filter((name) => name !== ''),
  };
}

// A record's fields may hold JSON as text; a longer one is a whole log and not part of the alert.
const MAX_TEXT = 65_536;

/** The object or list that a text holds as JSON. */
function jsonInside(text: string): unknown {
  const first = text.charCodeAt(0);
  if ((first !== 0x7b && first !== 0x5b) || text.length > MAX_TEXT) return undefined;
  const value = jsonIn(text);
  return typeof value === 'object' && value !== null ? value : undefined;
}

const joined = (names: readonly string[], added: readonly string[]): readonly string[] =>
  names.length === 0 ? added : [...names, ...added];

// `$oid` and its like are how MongoDB writes a value with its type.
const HELD = new Set(['value', 'values', 'seconds', '$date', '$oid', '$uuid', '$numberLong', '$numberInt']);

/** Whether an object only holds a value, with nothing that names it. */
function isHolder(object: JsonObject): boolean {
  let nKeys = 0;
  for (const key in object) {
    if (++nKeys > 3 || /^(key|name|type|kind|field|label|id)$/i.test(key)) return false;
  }
  return true;
}

/**
 * `state: {alert_id, severity, created_at}`: half of the record, in which only the work on it is left out. IDMEF's
 * `classification: {text}` says what was seen.
 */
function isHalfOfRecord(key: string, value: unknown): boolean {
  if (/^classification$/i.test(key)) return isObject(value) && 'text' in value;
  return /^(state|status)$/i.test(key) && isObject(value) && isRated(value);
}

function isRated(value: JsonObject): boolean {
  const { hasSeverity, hasOwn } = alertShape(value);
  return hasSeverity && hasOwn;
}

interface Candidate {
  readonly parent: string | undefined;
  readonly name: string;
}

// Lists of candidates are constants of the readers.
const candidates = new WeakMap<readonly string[], readonly Candidate[]>();

function candidatesOf(list: readonly string[]): readonly Candidate[] {
  let known = candidates.get(list);
  if (known === undefined) {
    known = list.map((candidate) => {
      const dot = candidate.lastIndexOf('.');
      return { parent: dot < 0 ? undefined : candidate.slice(0, dot), name: candidate.slice(dot + 1) };
    });
    candidates.set(list, known);
  }
  return known;
}

/** The keys as they stand; of very many, those first that may name the alert itself, wherever they stand. */
function ownNamesFirst(keys: readonly string[]): readonly string[] {
  if (keys.length < MAX_LEAVES) return keys;
  const isOwn = (key: string): boolean => key.length <= 32 && OWN_NAME.test(key);
  return [...keys.filter(isOwn), ...keys.filter((key) => !isOwn(key))];
}

/** The leaves of a payload of unknown shape, nearest to the root first, with look-up by name. */
export class FlatPayload {
  readonly leaves: Leaf[] = [];
  /** Objects on the way with their path names, for lists of typed values. */
  readonly objects: Node[] = [];
  /** True where the payload was larger than what is looked at. */
  truncated = false;
  readonly #byName = new Map<string, Leaf[]>();

  readonly #isPlain: boolean;

  /**
   * @param skip whether to leave out a key, or a part of one between dots, with all that is below it
   * @param isPlain whether texts that hold JSON, remarks in names and names of other languages are left as they are
   */
  constructor(payload: JsonObject, skip: (key: string) => boolean, isPlain = false) {
    this.#isPlain = isPlain;
    let level: Node[] = [{ path: '', names: [], value: payload, isListed: false }];
    for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
      const next: Node[] = [];
      for (const node of level) {
        if (this.objects.length + this.leaves.length >= MAX_LEAVES) {
          this.truncated = true;
          return;
        }
        this.objects.push(node);
        this.#enter(node, skip, next);
      }
      level = next;
    }
    this.truncated = level.length > 0;
  }

  #enter(node: Node, skip: (key: string) => boolean, next: Node[]): void {
    const { isListed } = node;
    for (const key of node.path === '' ? ownNamesFirst(keysOf(node.value)) : Object.keys(node.value)) {
      const given = node.value[key];
      const value = !this.#isPlain && typeof given === 'string' ? (jsonInside(given) ?? given) : given;
      if (value === null || value === undefined || value === '' || key.length > 256) continue;
      if (this.leaves.length + next.length >= MAX_LEAVES) {
        this.truncated = true;
        return;
      }
      const { names: added, parts } = this.#isPlain ? plainNamesOf(key) : namesOf(key);
      if (parts.some(skip) && !isHalfOfRecord(key, value)) continue;
      // `{severity: {value: 'high'}}`, `{users: {total: 1, values: […]}}`: the value is of what holds it.
      const isHeld = HELD.has(key) && node.names.length > 0 && isHolder(node.value);
      const names = added.length === 0 || isHeld ? node.names : joined(node.names, added);
      const path = node.path === '' ? key : `${node.path}.${key}`;
      if (isObject(value)) next.push({ path, names, value, isListed });
      else if (Array.isArray(value)) {
        const objects = value.filter(isObject);
        if (objects.length > MAX_LIST_OBJECTS) this.truncated = true;
        for (const item of objects.slice(0, MAX_LIST_OBJECTS))
          next.push({ path, names, value: item, isListed: true });
        if (objects.length < value.length) this.#leaf({ path, names, value, isListed });
      } else this.#leaf({ path, names, value, isListed });
    }
  }

  #leaf(leaf: Leaf): void {
    if (this.leaves.length >= MAX_LEAVES) {
      this.truncated = true;
      return;
    }
    this.leaves.push(leaf);
    const name = leaf.names.at(-1);
    if (name === undefined) return;
    const same = this.#byName.get(name);
    if (same) same.push(leaf);
    else this.#byName.set(name, [leaf]);
  }

  /**
   * Leaves that end in one of the candidates, best candidate first and nearest to the root first. A candidate is a name
   * or two names with a dot, letters and digits only; with `maxDepth` only leaves up to that many names deep count.
   */
  *find(list: readonly string[], maxDepth = MAX_DEPTH): Generator<Leaf> {
    for (const { parent, name } of candidatesOf(list)) {
      const leaves = this.#byName.get(name);
      if (leaves === undefined) continue;
      for (const leaf of leaves) {
        if (leaf.names.length <= maxDepth && (parent === undefined || leaf.names.at(-2) === parent))
          yield leaf;
      }
    }
  }
}
