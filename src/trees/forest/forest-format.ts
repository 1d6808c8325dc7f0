import { createHash } from 'node:crypto';

/** The bytes are not a container this build can read; the message says what was expected and what came. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

export type TypedArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

export interface Container {
  readonly kind: string;
  readonly header: JsonObject;
  readonly sections: Record<string, TypedArray>;
}

export const FORMAT_VERSION = 1;

const MAGIC = 'ALRTFRST';
const PREFIX_BYTES = 16;
const DIGEST_BYTES = 32;
const ALIGNMENT = 8;

const TYPES = {
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;
type TypeName = keyof typeof TYPES;

interface SectionEntry {
  name: string;
  type: TypeName;
  offset: number;
  length: number;
}

const align = (n: number): number => Math.ceil(n / ALIGNMENT) * ALIGNMENT;

function typeName(section: TypedArray): TypeName {
  for (const [name, type] of Object.entries(TYPES)) {
    if (section.constructor === type) return name as TypeName;
  }
  // A Buffer is a Uint8Array with another constructor.
  if (section instanceof Uint8Array) return 'u8';
  throw new TypeError('Expected a section to be a typed array of 8, 16, 32 bits or float64.');
}

/**
 * One file of named typed arrays under a JSON header (docs/model-format.md). Same input, same bytes.
 *
 * All numbers are little-endian, sections start at multiples of 8, and a SHA-256 over everything before it ends the
 * file.
 */
export function encodeContainer(
  kind: string,
  header: JsonObject,
  sections: Record<string, TypedArray>,
): Uint8Array {
  const table: SectionEntry[] = [];
  let offset = 0;
  for (const [name, section] of Object.entries(sections)) {
    table.push({ name, type: typeName(section), offset, length: section.length });
    offset = align(offset + section.byteLength);
  }
  const head = new TextEncoder().encode(JSON.stringify({ kind, header, sections: table }));
  const bodyStart = align(PREFIX_BYTES + head.byteLength);
  const bytes = new Uint8Array(bodyStart + offset + DIGEST_BYTES);
  bytes.set(new TextEncoder().encode(MAGIC), 0);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, FORMAT_VERSION, true);
  view.setUint32(12, head.byteLength, true);
  bytes.set(head, PREFIX_BYTES);
  for (const [i, section] of Object.values(sections).entries()) {
    const source = new Uint8Array(section.buffer, section.byteOffset, section.byteLength);
    bytes.set(source, bodyStart + table[i].offset);
  }
  const end = bytes.byteLength - DIGEST_BYTES;
  bytes.set(createHash('sha256').update(bytes.subarray(0, end)).digest(), end);
  return bytes;
}

/**
 * Reads a container. Sections are views into `bytes` when it starts at a multiple of 8 in its buffer, else into one
 * aligned copy of it.
 *
 * @throws FormatError when the bytes are anything but a whole, unchanged container of a known format version
 */
export function decodeContainer(bytes: Uint8Array): Container {
  if (!(bytes instanceof Uint8Array)) throw new FormatError('Expected the model file as a Uint8Array.');
  if (bytes.byteLength < PREFIX_BYTES + DIGEST_BYTES) {
    throw new FormatError(`Expected at least ${PREFIX_BYTES + DIGEST_BYTES} bytes, got ${bytes.byteLength}.`);
  }
  const aligned = bytes.byteOffset % ALIGNMENT === 0 ? bytes : new Uint8Array(bytes);
  const magic = String.fromCharCode(...aligned.subarray(0, MAGIC.length));
  if (magic !== MAGIC) {
    throw new FormatError(`Expected a file that starts with ${MAGIC}, got ${JSON.stringify(magic)}.`);
  }
  const view = new DataView(aligned.buffer, aligned.byteOffset, aligned.byteLength);
  const formatVersion = view.getUint32(8, true);
  if (formatVersion !== FORMAT_VERSION) {
    throw new FormatError(`Expected format version ${FORMAT_VERSION}, got ${formatVersion}.`);
  }
  const end = aligned.byteLength - DIGEST_BYTES;
  const digest = createHash('sha256').update(aligned.subarray(0, end)).digest();
  if (!digest.equals(aligned.subarray(end))) {
    throw new FormatError(
      `Expected the SHA-256 at the end to be ${digest.toString('hex')}, the file is truncated or changed.`,
    );
  }
  const headBytes = view.getUint32(12, true);
  const bodyStart = align(PREFIX_BYTES + headBytes);
  if (bodyStart > end)
    throw new FormatError(`Expected a header within ${end} bytes, got ${headBytes} bytes.`);
  const head = parseHead(aligned.subarray(PREFIX_BYTES, PREFIX_BYTES + headBytes));

  const sections: Record<string, TypedArray> = Object.create(null);
  let expectedOffset = 0;
  for (const { name, type, offset, length } of head.sections) {
    const Type = TYPES[type];
    if (name in sections) throw new FormatError(`Expected each section once, got \`${name}\` twice.`);
    if (offset !== expectedOffset) {
      throw new FormatError(`Expected section \`${name}\` at offset ${expectedOffset}, got ${offset}.`);
    }
    expectedOffset = align(offset + length * Type.BYTES_PER_ELEMENT);
    if (bodyStart + expectedOffset > end) {
      throw new FormatError(`Expected section \`${name}\` within the file, got ${length} x ${type}.`);
    }
    sections[name] = new Type(aligned.buffer as ArrayBuffer, aligned.byteOffset + bodyStart + offset, length);
  }
  if (bodyStart + expectedOffset !== end) {
    throw new FormatError(
      `Expected ${expectedOffset} bytes of sections after the header, got ${end - bodyStart}.`,
    );
  }
  return { kind: head.kind, header: head.header, sections };
}

function parseHead(bytes: Uint8Array): { kind: string; header: JsonObject; sections: SectionEntry[] } {
  let head: unknown;
  try {
    head = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new FormatError('Expected the header to be UTF-8 JSON.', { cause });
  }
  if (!isObject(head) || typeof head['kind'] !== 'string' || !isObject(head['header'])) {
    throw new FormatError('Expected the header to have `kind` and `header`.');
  }
  const table = head['sections'];
  if (!Array.isArray(table)) throw new FormatError('Expected the header to list `sections`.');
  for (const entry of table) {
    if (!isObject(entry) || typeof entry['name'] !== 'string') {
      throw new FormatError('Expected every section to have a name.');
    }
    if (typeof entry['type'] !== 'string' || !Object.hasOwn(TYPES, entry['type'])) {
      throw new FormatError(
        `Expected section \`${entry['name']}\` of a type in ${Object.keys(TYPES).join(', ')}, got ${entry['type']}.`,
      );
    }
    if (!isCount(entry['offset']) || !isCount(entry['length'])) {
      throw new FormatError(`Expected section \`${entry['name']}\` to have an offset and a length.`);
    }
  }
  return head as unknown as { kind: string; header: JsonObject; sections: SectionEntry[] };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Section `name` of the wanted type. @throws FormatError when it is absent or of another type */
export function sectionOf<T extends TypedArray>(
  sections: Record<string, TypedArray>,
  name: string,
  Type: { new (length: number): T; name: string },
): T {
  const section = sections[name];
  if (section === undefined) throw new FormatError(`Expected a section \`${name}\`, got none.`);
  if (!(section instanceof Type)) {
    throw new FormatError(`Expected section \`${name}\` as ${Type.name}, got ${section.constructor.name}.`);
  }
  return section;
}
