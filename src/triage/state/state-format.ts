import { AlertforestError } from '../../errors.ts';
import { sha256InSlices } from '../../reading/sha256-in-slices.ts';
import { WorkSlices } from '../../reading/work-slices.ts';
import { StatePart } from './state-part.ts';

const MAGIC = 'AFST';
/** Version 1 knew no parts. */
const FORMAT_VERSION = 2;
const READ_VERSIONS: ReadonlySet<number> = new Set([1, FORMAT_VERSION]);
const ALIGNMENT = 8;
/** Magic, version, length of the JSON, number of parts, sha256 over everything after it. */
const HEADER_BYTES = 4 + 4 + 4 + 4 + 32;

const ARRAY_KINDS = { f64: Float64Array, f32: Float32Array, i32: Int32Array, u32: Uint32Array } as const;
type ArrayKind = keyof typeof ARRAY_KINDS;
type NumberArray = Float64Array | Float32Array | Int32Array | Uint32Array;

/** First writes into new memory cost far more than the copy: a page at a time, each given by the system. */
const COPY_SLICE_BYTES = 524_288;
/** What a copy costs at least, as bytes: most sections are a handful of numbers. */
const COPY_BYTES = 512;

const REFERENCE = '$array';
const PART = '$part';
/** Of a part in the index at the end: where it begins, and its bytes. */
const INDEX_NUMBERS = 2;

/**
 * A tree of plain objects, arrays, texts and numbers with typed arrays and parts among its leaves, as bytes: a header,
 * the tree as JSON, sections on multiples of 8, and an index of the parts (two float64 each: byte offset, bytes). A
 * typed array is a section, little-endian, and stands in the JSON as `{"$array": [kind, byte offset, length]}`; a part is
 * a section of JSON and stands there as `{"$part": position}`. Infinities are written as text. The tree is read before
 * the first pause, then its parts with pauses between.
 */
export async function encodeState(state: unknown): Promise<Buffer> {
  const sections: Uint8Array[] = [];
  let offset = 0;
  const add = (bytes: Uint8Array): number => {
    const place = offset;
    const padding = (ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT;
    sections.push(bytes);
    if (padding > 0) sections.push(new Uint8Array(padding));
    offset += bytes.length + padding;
    return place;
  };
  const parts: StatePart[] = [];
  const jsonOf = (tree: unknown): Buffer =>
    Buffer.from(
      JSON.stringify(tree, (_, value: unknown) => {
        if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
        if (value instanceof StatePart) return { [PART]: parts.push(value) - 1 };
        const kind = kindOf(value);
        if (kind === undefined) return value;
        const { buffer, byteOffset, byteLength, length } = value as NumberArray;
        return { [REFERENCE]: [kind, add(new Uint8Array(buffer, byteOffset, byteLength)), length] };
      }),
      'utf8',
    );
  const json = jsonOf(state);
  const slices = new WorkSlices();
  const index: number[] = [];
  // a part may hold further ones
  for (let at = 0; at < parts.length; at++) {
    const bytes = jsonOf(parts[at]!.read());
    index.push(add(bytes), bytes.length);
    await slices.spend(bytes.length);
  }
  add(new Uint8Array(Float64Array.from(index).buffer));
  const jsonLength = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const whole = Buffer.allocUnsafeSlow(HEADER_BYTES + jsonLength + offset);
  whole.write(MAGIC, 0, 'latin1');
  whole.writeUInt32LE(FORMAT_VERSION, 4);
  whole.writeUInt32LE(jsonLength, 8);
  whole.writeUInt32LE(parts.length, 12);
  const body = whole.subarray(HEADER_BYTES);
  json.copy(body);
  body.fill(' ', json.length, jsonLength);
  await copyInSlices(sections, body.subarray(jsonLength));
  Buffer.from(await sha256InSlices(body), 'hex').copy(whole, 16);
  return whole;
}

/** One after the other; copying tens of megabytes at once would hold up everything else. */
async function copyInSlices(sections: readonly Uint8Array[], to: Uint8Array): Promise<void> {
  const slices = new WorkSlices(COPY_SLICE_BYTES);
  let at = 0;
  for (const section of sections) {
    for (let from = 0; from < section.length; from += COPY_SLICE_BYTES) {
      const isWhole = section.length <= COPY_SLICE_BYTES;
      const slice = isWhole ? section : section.subarray(from, from + COPY_SLICE_BYTES);
      to.set(slice, at);
      at += slice.length;
      const full = slices.spend(Math.max(COPY_BYTES, slice.length));
      if (full !== undefined) await full;
    }
  }
}

/**
 * The tree that was written, by this version or the one before. Its arrays are views over the bytes, which must not be
 * changed; its parts are read when they are asked for.
 *
 * @throws AlertforestError STORE_CORRUPT that says what was expected
 */
export async function decodeState(bytes: Uint8Array): Promise<unknown> {
  // views need bytes that begin at a multiple of 8
  const whole = bytes.byteOffset % ALIGNMENT === 0 ? bytes : new Uint8Array(bytes);
  const given = Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength);
  if (given.length < HEADER_BYTES || given.toString('latin1', 0, 4) !== MAGIC) {
    throw corrupt('Expected behaviour state, the bytes begin differently.');
  }
  const version = given.readUInt32LE(4);
  if (!READ_VERSIONS.has(version)) {
    throw corrupt(`Expected behaviour state of version ${FORMAT_VERSION}, got ${version}.`);
  }
  const body = given.subarray(HEADER_BYTES);
  if ((await sha256InSlices(body)) !== given.toString('hex', 16, 48))
    throw corrupt('Expected behaviour state as it was written, its sha256 differs.');
  const jsonBytes = given.readUInt32LE(8);
  const sections = body.subarray(jsonBytes);
  const nParts = version === 1 ? 0 : given.readUInt32LE(12);
  const indexBytes = nParts * INDEX_NUMBERS * Float64Array.BYTES_PER_ELEMENT;
  if (indexBytes > sections.length) throw corrupt('Expected the index of the parts within the state.');
  const index = arrayAt(sections, 'f64', sections.length - indexBytes, nParts * INDEX_NUMBERS);
  const treeOf = (json: Buffer): unknown =>
    JSON.parse(json.toString('utf8'), (_, value: unknown) => {
      if (typeof value !== 'object' || value === null) return value;
      if ('$number' in value) return Number(value.$number);
      if (PART in value) {
        const at = INDEX_NUMBERS * (value[PART] as number);
        const from = index[at]!;
        return new StatePart(() => treeOf(sections.subarray(from, from + index[at + 1]!)));
      }
      if (!(REFERENCE in value)) return value;
      return arrayAt(sections, ...(value[REFERENCE] as [ArrayKind, number, number]));
    });
  return treeOf(body.subarray(0, jsonBytes));
}

function arrayAt(sections: Buffer, kind: ArrayKind, offset: number, length: number): NumberArray {
  const make = ARRAY_KINDS[kind];
  if (offset + length * make.BYTES_PER_ELEMENT > sections.length)
    throw corrupt('Expected behaviour state whole, an array ends beyond it.');
  return new make(sections.buffer as ArrayBuffer, sections.byteOffset + offset, length);
}

function kindOf(value: unknown): ArrayKind | undefined {
  for (const [kind, make] of Object.entries(ARRAY_KINDS)) if (value instanceof make) return kind as ArrayKind;
  return undefined;
}

function corrupt(message: string): AlertforestError {
  return new AlertforestError('STORE_CORRUPT', message);
}
