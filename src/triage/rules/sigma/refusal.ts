/**
 * Why one document cannot be used. Caught where documents are read and compiled, so that it never takes others down.
 *
 * `at` is the character in the document's text that is meant, -1 where none is.
 */
export class Refusal extends Error {
  readonly at: number;

  constructor(message: string, at = -1) {
    super(message);
    this.name = 'Refusal';
    this.at = at;
  }
}

/** A document that was refused, as it is reported. Line and column count from 1; 0 where no place is known. */
export interface RefusedDocument {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly id: string;
  readonly title: string;
  readonly reason: string;
}

/** Something odd but clear about a document that was taken. */
export interface Lint {
  readonly file: string;
  readonly line: number;
  readonly id: string;
  readonly message: string;
}
