import type { Alert } from '../../alert/alert.ts';
import { AlertforestError } from '../../errors.ts';
import { openText } from '../../logs/open-text.ts';
import { textLines } from '../../logs/text-lines.ts';
import type { AttackLabel, StreamAlert } from './alert-stream.ts';

/** Columns of the AIT alert data set; the name may hold commas, no other column does. */
export const AIT_HEADER = 'time,name,ip,host,short,time_label,event_label';
const N_AFTER_NAME = 5;
const UNLABELLED = 'false_positive';
const NO_EVENT = '-';

/** Cells of a row in `cells` of {@link AitRows}. */
const NAME = 0;
const IP = 1;
const HOST = 2;
const SHORT = 3;
const LABEL = 4;
const N_CELLS = 5;

/** Rows of a scenario in time order: threads share the numbers, and of the texts there are a few hundred. */
export interface AitRows {
  /** (n,) rows below the header before it in the file: ids of the alerts. */
  readonly index: Int32Array;
  /** (n,) seconds. */
  readonly atS: Float64Array;
  /** (n x 5) name, ip, host and short name, places in `texts`; place in `labels`. */
  readonly cells: Int32Array;
  readonly texts: readonly string[];
  readonly labels: readonly AttackLabel[];
}

/**
 * Reads one scenario of the AIT alert data set as CSV. The row number below the header is the alert's id: the file is not
 * in time order and most rows are equal to others.
 *
 * @see https://github.com/ait-aecid/alert-data-set
 * @throws AlertforestError REQUEST_INVALID naming the line that does not fit
 */
export async function readAit(path: string): Promise<AitRows> {
  const texts = new Numbering();
  const labels = new Numbering();
  const times: number[] = [];
  const read: number[] = [];
  for await (const { line, text } of textLines(openText(path))) {
    if (line === 1) {
      if (text !== AIT_HEADER) throw misfit(path, line, `the header ${AIT_HEADER}`);
      continue;
    }
    if (text === undefined || text === '') continue;
    const parts = text.split(',');
    const atS = Number(parts[0]);
    if (parts.length < 2 + N_AFTER_NAME || !Number.isFinite(atS)) {
      throw misfit(path, line, 'seven columns, a time in seconds first');
    }
    const tail = parts.length - N_AFTER_NAME;
    times.push(atS);
    read.push(
      texts.of(tail === 2 ? parts[1]! : parts.slice(1, tail).join(',')),
      texts.of(parts[tail]!),
      texts.of(parts[tail + 1]!),
      texts.of(parts[tail + 2]!),
      labels.of(`${parts[tail + 3]},${parts[tail + 4]}`),
    );
  }
  return sorted(times, read, texts.values, labels.values.map(labelOf));
}

/** Distinct texts in the order in which they came. */
class Numbering {
  readonly values: string[] = [];
  readonly #numbers = new Map<string, number>();

  of(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.values.length;
      this.#numbers.set(text, number);
      this.values.push(text);
    }
    return number;
  }
}

function labelOf(cells: string): AttackLabel {
  const comma = cells.indexOf(',');
  const step = cells.slice(0, comma);
  const event = cells.slice(comma + 1);
  return {
    step: step === UNLABELLED ? undefined : step,
    event: event === NO_EVENT ? undefined : event,
  };
}

function sorted(
  times: readonly number[],
  read: readonly number[],
  texts: readonly string[],
  labels: readonly AttackLabel[],
): AitRows {
  const n = times.length;
  const index = new Int32Array(new SharedArrayBuffer(4 * n));
  const atS = new Float64Array(new SharedArrayBuffer(8 * n));
  const cells = new Int32Array(new SharedArrayBuffer(4 * n * N_CELLS));
  for (let row = 0; row < n; row++) index[row] = row;
  index.sort((a, b) => times[a]! - times[b]! || a - b);
  for (let at = 0; at < n; at++) {
    const row = index[at]!;
    atS[at] = times[row]!;
    for (let cell = 0; cell < N_CELLS; cell++) cells[at * N_CELLS + cell] = read[row * N_CELLS + cell]!;
  }
  return { index, atS, cells, texts, labels };
}

/** The rows as they are played. */
export function aitAlerts(rows: AitRows): StreamAlert[] {
  return Array.from(rows.index, (_, at) => new AitAlert(rows, at));
}

/** What is compared again and again stands in it; the rest it looks up. */
class AitAlert implements StreamAlert {
  readonly index: number;
  readonly atS: number;
  readonly rule: string;
  readonly host: string;
  readonly label: AttackLabel;
  readonly #rows: AitRows;
  readonly #at: number;

  constructor(rows: AitRows, at: number) {
    const { index, atS, cells, labels } = rows;
    this.#rows = rows;
    this.#at = at;
    this.index = index[at]!;
    this.atS = atS[at]!;
    this.rule = this.#text(NAME);
    this.host = this.#text(HOST);
    this.label = labels[cells[at * N_CELLS + LABEL]!]!;
  }

  get payload(): undefined {
    return undefined;
  }

  get isTimeOfReceipt(): boolean {
    return false;
  }

  alert(): Alert {
    const { index, atS, rule, host } = this;
    const colon = rule.indexOf(': ');
    return {
      id: String(index),
      title: colon < 0 ? rule : rule.slice(colon + 2),
      rule_id: rule,
      rule_name: this.#text(SHORT),
      source: colon < 0 ? 'ids' : rule.slice(0, colon).toLowerCase(),
      severity: 'unknown',
      occurred_at: new Date(atS * 1000).toISOString(),
      tactics: [],
      techniques: [],
      entities: [
        { kind: 'host', value: host, role: 'impacted' },
        { kind: 'ip', value: this.#text(IP), role: 'impacted' },
      ],
    };
  }

  #text(cell: number): string {
    return this.#rows.texts[this.#rows.cells[this.#at * N_CELLS + cell]!]!;
  }
}

function misfit(path: string, line: number, expected: string): AlertforestError {
  return new AlertforestError('REQUEST_INVALID', `Expected ${expected} in line ${line} of ${path}.`);
}
