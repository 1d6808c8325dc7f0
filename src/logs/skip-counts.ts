/** What does not fit at one place of an input. */
export interface Misfit {
  /** Name of a table's column, dotted path of a field, or `character n` of the line. */
  readonly column: string;
  readonly expected: string;
  /** What was there, shortened. */
  readonly got: string;
}

/** One row that was left out, and where it stood. */
export interface SkippedRow extends Misfit {
  /** From 1, counting every line of the file. */
  readonly line: number;
}

/** What was read and what was not, and why. */
export interface ReadCounts {
  rows: number;
  alerts: number;
  skipped: number;
  /** Reason, without the value at fault -> rows left out. */
  readonly reasons: Record<string, number>;
  /** The first rows left out, at most {@link MAX_EXAMPLES}. */
  readonly examples: SkippedRow[];
}

const MAX_EXAMPLES = 10;
/** Reasons told apart; a file of nothing but oddities must not fill the memory. */
const MAX_REASONS = 40;
const OTHER = 'other reasons';
const MAX_SHOWN = 80;

export const newCounts = (): ReadCounts => ({ rows: 0, alerts: 0, skipped: 0, reasons: {}, examples: [] });

/** A row that cannot be read; caught by its reader, which counts it and goes on. */
export class MisfitError extends Error {
  readonly misfit: Misfit;

  constructor(misfit: Misfit) {
    super(wordsOf(misfit));
    this.misfit = misfit;
  }
}

export function countSkipped(counts: ReadCounts, line: number, misfit: Misfit): void {
  counts.skipped++;
  // Positions in lists and lines are not reasons of their own.
  const column = /^character \d/.test(misfit.column) ? 'line' : misfit.column.replace(/\.\d+/g, '.*');
  const reason = `${column}: expected ${misfit.expected}`;
  const known = reason in counts.reasons || Object.keys(counts.reasons).length < MAX_REASONS;
  const key = known ? reason : OTHER;
  counts.reasons[key] = (counts.reasons[key] ?? 0) + 1;
  if (counts.examples.length < MAX_EXAMPLES) counts.examples.push({ line, ...misfit });
}

/** `line 3, column Day: expected a day, got x` */
export function placeOf({ line, ...misfit }: SkippedRow): string {
  return `line ${line}, ${wordsOf(misfit)}`;
}

export function wordsOf({ column, expected, got }: Misfit): string {
  const place = /^character \d/.test(column) ? column : `column ${column}`;
  return `${place}: expected ${expected}, got ${got}`;
}

/** A value as it is shown in a message: short, on one line. */
export function shown(value: unknown): string {
  if (value === undefined || value === '') return 'nothing';
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).replace(/\s+/g, ' ');
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
