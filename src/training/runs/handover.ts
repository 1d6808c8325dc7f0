import { setImmediate as nextTurn } from 'node:timers/promises';

// A job of 50,000 judged alerts is some 40 MB: cloned in one message it holds the event loop for a tenth of a second.
// Its bulk goes to the thread in parts, each a millisecond or two, and requests are answered between them.

/** Bytes that cross at a time. */
const PART_BYTES = 1_048_576;
/** Elements of a list that cross at a time. */
const PART_ELEMENTS = 250;
/** Parents above a value that is still looked at: `champions.classifier.dataset` lies three deep. */
const MAX_DEPTH = 3;

/** Where a bulky value stands in the job, in every place of it, and how large it is. */
export interface Bulk {
  readonly paths: readonly (readonly string[])[];
  readonly kind: 'bytes' | 'list';
  readonly length: number;
}

/** The job without its bulk, which follows in parts. */
export interface HandedJob {
  readonly job: unknown;
  readonly bulks: readonly Bulk[];
}

/** A part of `bulks[of]`, in order. */
export interface BulkPart {
  readonly of: number;
  readonly part: Uint8Array | readonly unknown[];
}

/** What crosses with the start of the thread, and what follows. The job itself is left as it is. */
export function handOver(job: object): {
  readonly handed: HandedJob;
  readonly parts: () => Generator<{ readonly part: BulkPart; readonly transfer: readonly ArrayBuffer[] }>;
} {
  const pathsOf = new Map<Uint8Array | readonly unknown[], string[][]>();
  const stripped = (value: unknown, path: string[]): unknown => {
    const isBytes = value instanceof Uint8Array && value.length > PART_BYTES;
    if (isBytes || (Array.isArray(value) && value.length > PART_ELEMENTS)) {
      const paths = pathsOf.get(value);
      if (paths === undefined) pathsOf.set(value, [path]);
      else paths.push(path);
      return undefined;
    }
    if (!isPlain(value) || path.length >= MAX_DEPTH) return value;
    const members = Object.entries(value).map(([name, own]) => [name, stripped(own, [...path, name])]);
    return Object.fromEntries(members);
  };
  const strippedJob = stripped(job, []);
  const bulks = [...pathsOf].map(
    ([value, paths]): Bulk => ({
      paths,
      kind: value instanceof Uint8Array ? 'bytes' : 'list',
      length: value.length,
    }),
  );
  return { handed: { job: strippedJob, bulks }, parts: () => partsOf([...pathsOf.keys()]) };
}

function* partsOf(
  values: readonly (Uint8Array | readonly unknown[])[],
): Generator<{ part: BulkPart; transfer: readonly ArrayBuffer[] }> {
  for (const [of, value] of values.entries()) {
    if (value instanceof Uint8Array) {
      for (let at = 0; at < value.length; at += PART_BYTES) {
        // a copy of its own: whoever keeps the bytes goes on having them
        const part = new Uint8Array(value.subarray(at, at + PART_BYTES));
        yield { part: { of, part }, transfer: [part.buffer] };
      }
    } else {
      for (let at = 0; at < value.length; at += PART_ELEMENTS)
        yield { part: { of, part: value.slice(at, at + PART_ELEMENTS) }, transfer: [] };
    }
  }
}

/** Sends every part, with a turn of the event loop between two; ends early where the thread has ended. */
export async function sendParts(
  parts: ReturnType<ReturnType<typeof handOver>['parts']>,
  post: (part: BulkPart, transfer: readonly ArrayBuffer[]) => void,
  hasEnded: () => boolean,
): Promise<void> {
  for (const { part, transfer } of parts) {
    if (hasEnded()) return;
    post(part, transfer);
    await nextTurn();
  }
}

/** Puts a job together again on the other side. */
export class ReceivedJob {
  readonly #handed: HandedJob;
  readonly #values: (Uint8Array | unknown[])[];
  readonly #filled: number[];

  constructor(handed: HandedJob) {
    this.#handed = handed;
    this.#values = handed.bulks.map(({ kind, length }) => (kind === 'bytes' ? new Uint8Array(length) : []));
    this.#filled = handed.bulks.map(() => 0);
  }

  get isWhole(): boolean {
    return this.#handed.bulks.every(({ length }, of) => this.#filled[of] === length);
  }

  take({ of, part }: BulkPart): void {
    const value = this.#values[of]!;
    if (value instanceof Uint8Array) value.set(part as Uint8Array, this.#filled[of]);
    else for (const element of part) value.push(element);
    this.#filled[of]! += part.length;
  }

  /** The job, once it is whole. */
  get job(): unknown {
    for (const [of, { paths }] of this.#handed.bulks.entries()) {
      for (const path of paths) {
        let parent = this.#handed.job as Record<string, unknown>;
        for (const name of path.slice(0, -1)) parent = parent[name] as Record<string, unknown>;
        parent[path.at(-1)!] = this.#values[of];
      }
    }
    return this.#handed.job;
  }
}

/** Buffers of a result that can change hands instead of being copied. */
export function buffersOf(value: unknown, found = new Set<ArrayBuffer>(), depth = 0): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer && value.byteLength === value.buffer.byteLength)
      found.add(value.buffer);
  } else if (isPlain(value) && depth <= MAX_DEPTH) {
    for (const own of Object.values(value)) buffersOf(own, found, depth + 1);
  }
  return found;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
