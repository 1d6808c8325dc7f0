import { AlertforestError } from '../../errors.ts';
import { sha256InSlices } from '../../reading/sha256-in-slices.ts';

const MAGIC = 'AFST';
const FORMAT_VERSION = 1;
const ALIGNMENT = 8;
/** Magic, version, length of the JSON, sha256 over everything after it. */
const HEADER_BYTES = 4 + 4 + 4 + 4 + 32;

const ARRAY_KINDS = { f64: Float64Array, f32: Float32Array, i32: Int32Array, u32: Uint32Array } as const;
type ArrayKind = keyof typeof ARRAY_KINDS;
type NumberArray = Float64Array | Float32Array | Int32Array | Uint32Array;

const REFERENCE = '$array';

/**
 * A tree of plain objects, arrays, texts and numbers with typed arrays among its leaves, as bytes: a header, the tree as
 * JSON in which an array stands as `{"$array": [kind, byte offset, length]}`, then the arrays, little-endian, each on
 * a multiple of 8. Infinities are written as text. Everything is read before the first pause.
 */
export async function encodeState(state: unknown): Promise<Buffer> {
  const sections: Uint8Array[] = [];
  let offset = 0;
  const tree = JSON.stringify(state, (_, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
    const kind = kindOf(value);
    if (kind === undefined) return value;
    const array = value as NumberArray;
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    const place = offset;
    sections.push(bytes);
    offset += bytes.length;
    const padding = (ALIGNMENT - (offset % ALIGNMENT)) % ALIGNMENT;
    if (padding > 0) sections.push(new Uint8Array(padding));
    offset += padding;
    return { [REFERENCE]: [kind, place, array.length] };
  });
  const json = Buffer.from(tree, 'utf8');
  const padded = Buffer.alloc(Math.ceil(json.length / ALIGNMENT) * ALIGNMENT, ' ');
  json.copy(padded);
  const body = Buffer.concat([padded, ...sections]);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 0, 'latin1');
  header.writeUInt32LE(FORMAT_VERSION, 4);
  header.writeUInt32LE(padded.length, 8);
  Buffer.from(await sha256InSlices(body), 'hex').copy(header, 16);
  return Buffer.concat([header, body]);
}

/**
 * The tree that was written. Its arrays are views over the bytes, which nobody may change any more.
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
  if (version !== FORMAT_VERSION) {
    throw corrupt(`Expected behaviour state of version ${FORMAT_VERSION}, got ${version}.`);
  }
  const body = given.subarray(HEADER_BYTES);
  if ((await sha256InSlices(body)) !== given.toString('hex', 16, 48))
    throw corrupt('Expected behaviour state as it was written, its sha256 differs.');
  const jsonBytes = given.readUInt32LE(8);
  const arrays = body.subarray(jsonBytes);
  return JSON.parse(body.toString('utf8', 0, jsonBytes), (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('$number' in value) return Number(value.$number);
    if (!(REFERENCE in value)) return value;
    const [kind, offset, length] = value[REFERENCE] as [ArrayKind, number, number];
    const make = ARRAY_KINDS[kind];
    const nBytes = length * make.BYTES_PER_ELEMENT;
    if (offset + nBytes > arrays.length)
      throw corrupt('Expected behaviour state whole, an array ends beyond it.');
    return new make(arrays.buffer as ArrayBuffer, arrays.byteOffset + offset, length);
  });
}

function kindOf(value: unknown): ArrayKind | undefined {
  for (const [kind, make] of Object.entries(ARRAY_KINDS)) if (value instanceof make) return kind as ArrayKind;
  return undefined;
}

function corrupt(message: string): AlertforestError {
  return new AlertforestError('STORE_CORRUPT', message);
}
