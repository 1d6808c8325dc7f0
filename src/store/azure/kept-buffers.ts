/** What all kept memory may take. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Memory that was used and serves again. Buffers made anew for each use lie outside the heap and make V8 collect all of it
 * whenever 64 MB more of them have come up, whatever the heap itself holds: every eighth request of a thousand alerts.
 */
export class KeptBuffers {
  readonly #kept: Buffer[] = [];
  #nBytes = 0;

  /** @returns at least `nBytes`, with whatever stood in them */
  take(nBytes: number): Buffer {
    const nth = this.#kept.findIndex((buffer) => buffer.length >= nBytes);
    if (nth < 0) return Buffer.allocUnsafeSlow(nBytes);
    const [buffer] = this.#kept.splice(nth, 1) as [Buffer];
    this.#nBytes -= buffer.length;
    return buffer;
  }

  /** Takes memory back that nobody reads or writes any more; what would be too much is let go. */
  give(buffer: Buffer): void {
    if (this.#nBytes + buffer.length > MAX_BYTES) return;
    this.#kept.push(buffer);
    this.#nBytes += buffer.length;
  }
}
