import type { HistoryEvent } from '../windows/entity-history.ts';

export interface Waiting extends HistoryEvent {
  readonly logBytes: number;
}

/** Events by their ends, the earliest first: a binary heap. */
export class EventQueue {
  readonly #heap: Waiting[] = [];

  get waiting(): readonly Waiting[] {
    return this.#heap;
  }

  add(event: Waiting): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isEarlier(event, heap[parent] as Waiting)) break;
      heap[at] = heap[parent] as Waiting;
      at = parent;
    }
    heap[at] = event;
  }

  /** The earliest event that ended before `now`, taken out; undefined where none has. */
  takeBefore(now: number): Waiting | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || !(first.end < now)) return undefined;
    const last = heap.pop() as Waiting;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(event: Waiting): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isEarlier(heap[child + 1] as Waiting, heap[child] as Waiting)) child++;
      if (!isEarlier(heap[child] as Waiting, event)) break;
      heap[at] = heap[child] as Waiting;
      at = child;
    }
    heap[at] = event;
  }
}

/** As the rows of a file enter: by end, then by what they are. */
function isEarlier(a: Waiting, b: Waiting): boolean {
  const order = a.end - b.end || a.start - b.start || a.port - b.port || a.bytesOut - b.bytesOut;
  return order < 0;
}
