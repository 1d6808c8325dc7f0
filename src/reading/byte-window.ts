const NEWLINE = 0x0a;

/** The part of a long input that is still needed, addressed by offsets in the whole of it. */
export class ByteWindow {
  #buffer = Buffer.alloc(0);
  #base = 0;
  #head = 0;
  #end = 0;
  #line = 1;

  append(chunk: Uint8Array): void {
    const kept = this.#end - this.#head;
    if (this.#end + chunk.length > this.#buffer.length) {
      const needed = kept + chunk.length;
      const target = needed > this.#buffer.length ? Buffer.allocUnsafe(needed * 2) : this.#buffer;
      this.#buffer.copy(target, 0, this.#head, this.#end);
      this.#buffer = target;
      this.#head = 0;
      this.#end = kept;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Forgets what lies before `offset`. */
  dropBefore(offset: number): void {
    const n = offset - this.#base;
    if (n <= 0) return;
    this.#line += this.#newlines(n);
    this.#head += n;
    this.#base = offset;
  }

  slice(from: number, end: number): Buffer {
    const shift = this.#head - this.#base;
    return this.#buffer.subarray(from + shift, end + shift);
  }

  text(from: number, end: number): string {
    const shift = this.#head - this.#base;
    return this.#buffer.toString('utf8', from + shift, end + shift);
  }

  /** Line of the byte at `offset`, from 1. */
  lineOf(offset: number): number {
    return this.#line + this.#newlines(offset - this.#base);
  }

  #newlines(n: number): number {
    const end = Math.min(this.#head + n, this.#end);
    let count = 0;
    for (let at = this.#buffer.indexOf(NEWLINE, this.#head); at !== -1 && at < end; count++)
      at = this.#buffer.indexOf(NEWLINE, at + 1);
    return count;
  }
}
