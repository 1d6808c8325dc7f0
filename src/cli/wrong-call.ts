/** Said below what is wrong with a call. */
export const HELP_HINT = '(--help tells how the command is called, with examples)';

/** A call that no data can make right, where its options do not go together; commander refuses the others by itself. */
export class WrongCall extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WrongCall';
  }
}
