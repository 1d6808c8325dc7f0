/**
 * A piece of a state that is written, and read again, by itself: what one turn of the event loop may cost is that of a
 * piece, however large the whole is. What it holds must not change until it is written.
 */
export class StatePart {
  readonly #read: () => unknown;

  constructor(read: () => unknown) {
    this.#read = read;
  }

  read(): unknown {
    return this.#read();
  }
}

/** A list in pieces of at most `perPart` items, which are asked for when the piece is written. */
export function inParts<T>(
  list: { readonly length: number; slice(from: number, to: number): readonly T[] },
  perPart: number,
): readonly StatePart[] {
  return Array.from({ length: Math.ceil(list.length / perPart) }, (_, at) => {
    const from = at * perPart;
    return new StatePart(() => list.slice(from, from + perPart));
  });
}

/** The items of a list that was written in pieces, or as it is by an earlier build; each piece is read when it is due. */
export function* fromParts<T>(list: readonly (StatePart | T)[]): Generator<T> {
  for (const one of list) {
    if (one instanceof StatePart) yield* one.read() as readonly T[];
    else yield one;
  }
}
