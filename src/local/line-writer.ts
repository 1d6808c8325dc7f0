/** Longest a line waits for others to be written with it. */
const MAX_WAIT_MS = 20;
const MAX_WAITING_CHARS = 16_384;

/**
 * Writes lines to a pipe in batches: a write to a pipe is synchronous here, and two log lines a request would cost
 * more than the request. What waits is written when the process exits, however it does so short of a kill.
 */
export class LineWriter {
  readonly #write: (text: string) => void;
  #waiting = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** @param line with its line break */
  add(line: string): void {
    this.#waiting += line;
    if (this.#waiting.length >= MAX_WAITING_CHARS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), MAX_WAIT_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting === '') return;
    const text = this.#waiting;
    this.#waiting = '';
    this.#write(text);
  }
}
