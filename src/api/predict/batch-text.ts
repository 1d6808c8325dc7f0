import type { WireBatchResult } from './verdict.ts';

type Result = WireBatchResult['results'][number];

/**
 * A {@link WireBatchResult} as the text it is sent as. Each result becomes text as soon as it is there, so that a batch
 * holds no verdicts: what the collector has to move in the middle of one is their texts.
 */
export class BatchText {
  readonly #results: string[];

  /** @param n results, all of which are to be set */
  constructor(n: number) {
    this.#results = new Array<string>(n).fill('null');
  }

  set(result: Result): void {
    this.#results[result.index] = JSON.stringify(result);
  }

  /** The JSON in UTF-8, to be asked for once: the texts it is made of are let go. */
  bytes(): Uint8Array {
    const [head, end] = ['{"results":[', ']}'];
    let nBytes = head.length + end.length;
    for (const text of this.#results) nBytes += Buffer.byteLength(text) + 1;
    const bytes = Buffer.allocUnsafe(nBytes);
    let at = bytes.write(head);
    for (const [nth, text] of this.#results.entries()) {
      if (nth > 0) at += bytes.write(',', at);
      at += bytes.write(text, at);
    }
    at += bytes.write(end, at);
    this.#results.length = 0;
    return bytes.subarray(0, at);
  }
}
