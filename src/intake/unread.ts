/** A part of a request or file that could not be read. It stands in its place among the alerts and refuses none of them. */
export class Unread {
  /** One sentence: what was expected and what came. */
  readonly problem: string;
  /** Line of the text, from 1, where it stood in one. */
  readonly line: number | undefined;

  constructor(problem: string, line?: number) {
    this.problem = problem;
    this.line = line;
  }
}
