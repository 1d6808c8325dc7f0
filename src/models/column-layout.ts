import type { AlertSnapshot } from '../alert/snapshot.ts';
import { AlertforestError } from '../errors.ts';
import { alignColumns } from '../features/catalog-history.ts';
import {
  CATALOG_ID,
  featureDefinition,
  inPlaceOf,
  STATELESS_COLUMNS,
  STATELESS_NAMES,
} from '../features/feature-catalog.ts';
import { RECORD_FEATURES } from '../features/record-families.ts';
import type { TargetEncoder } from '../features/target-encoder.ts';
import type { TrainingRows } from './training-rows.ts';

/** A column as a model's header names it. */
export interface ColumnReference {
  readonly name: string;
  readonly definition: number;
}

/** A snapshot's part that a model reads. */
export type ScorableSnapshot = Pick<AlertSnapshot, 'columns' | 'recordKeys' | 'catalogId'>;

/** Row `i` as an alert would come that is to be scored; its columns are a view. */
export function scorableAt(rows: TrainingRows, i: number): ScorableSnapshot {
  const n = rows.columnNames.length;
  return {
    catalogId: rows.catalogId,
    columns: rows.X.subarray(i * n, (i + 1) * n),
    recordKeys: rows.recordKeys[i]!,
  };
}

/**
 * Which columns a model reads and in which order: stateless ones by name, then all track-record columns or none.
 * A model of an older catalogue keeps working as long as this build still knows each of its columns, or the one that took
 * the place of a column retired since.
 */
export class ColumnLayout {
  /** (nColumns,) names in the order of the model's matrix. */
  readonly names: readonly string[];
  readonly nStateless: number;
  readonly readsRecord: boolean;
  /** (nStateless,) position of each column in this build's catalogue. */
  readonly #sources: Int32Array;
  /** Whether the stateless columns are the whole catalogue as it is: a copy instead of a gather. */
  readonly #isWhole: boolean;

  /** @param recordNames as the model knows them: retired families keep the names they had */
  constructor(
    statelessNames: readonly string[],
    readsRecord: boolean,
    recordNames: readonly string[] = RECORD_NAMES,
  ) {
    this.nStateless = statelessNames.length;
    this.readsRecord = readsRecord;
    this.names = readsRecord ? [...statelessNames, ...recordNames] : [...statelessNames];
    this.#sources = Int32Array.from(statelessNames, (name) => {
      const column = placeOf(name);
      if (column === undefined) throw unknownColumns([name]);
      return column;
    });
    this.#isWhole =
      statelessNames.length === STATELESS_NAMES.length &&
      statelessNames.every((name, column) => name === STATELESS_NAMES[column]);
  }

  get nColumns(): number {
    return this.names.length;
  }

  /** What the header keeps of the layout. */
  toReferences(): ColumnReference[] {
    return this.names.map((name) => ({ name, definition: featureDefinition(name)!.definition }));
  }

  /**
   * Layout of a stored model.
   *
   * @throws AlertforestError MODEL_FORMAT_UNSUPPORTED that names every column this build does not know, or knows by
   * another definition
   */
  static fromReferences(references: readonly ColumnReference[]): ColumnLayout {
    const unknown = references.filter(
      ({ name, definition }) => featureDefinition(name)?.definition !== definition,
    );
    if (unknown.length > 0) {
      throw unknownColumns(unknown.map(({ name, definition }) => `${name} (definition ${definition})`));
    }
    const isStateless = ({ name }: ColumnReference): boolean => placeOf(name) !== undefined;
    const stateless = references.filter(isStateless);
    const record = references.slice(stateless.length);
    const isRecord =
      record.length === RECORD_FEATURES.length &&
      record.every(({ name }, column) => inPlaceOf(name) === RECORD_NAMES[column]);
    if (!references.slice(0, stateless.length).every(isStateless) || (record.length > 0 && !isRecord)) {
      throw new AlertforestError(
        'MODEL_FORMAT_UNSUPPORTED',
        'Expected stateless columns followed by all track-record columns or none, got another order.',
      );
    }
    return new ColumnLayout(
      stateless.map(({ name }) => name),
      record.length > 0,
      record.map(({ name }) => name),
    );
  }

  /** Writes the row of one alert to `out`, starting at `offset`. Allocates nothing for a current snapshot. */
  writeRow(
    snapshot: ScorableSnapshot,
    record: TargetEncoder | undefined,
    out: Float32Array,
    offset: number,
  ): void {
    if (snapshot.catalogId === CATALOG_ID) this.#writeStateless(snapshot.columns, 0, out, offset);
    else
      out.set(
        alignColumns(snapshot.columns, snapshot.catalogId, this.names.slice(0, this.nStateless)),
        offset,
      );
    if (record !== undefined) record.columnsOf(snapshot.recordKeys, out, offset + this.nStateless);
  }

  /** Writes row `i` of `rows` (in this build's catalogue) without its track-record columns. */
  writeTrainingRow(rows: Pick<TrainingRows, 'X'>, i: number, out: Float32Array, offset: number): void {
    this.#writeStateless(rows.X, i * STATELESS_NAMES.length, out, offset);
  }

  #writeStateless(from: Float32Array, fromOffset: number, out: Float32Array, offset: number): void {
    if (this.#isWhole) {
      // by hand: for a hundred values a loop is faster than set() on a subarray, which allocates the view
      const n = this.nStateless;
      for (let column = 0; column < n; column++) out[offset + column] = from[fromOffset + column]!;
      return;
    }
    const sources = this.#sources;
    for (let column = 0; column < sources.length; column++) {
      out[offset + column] = from[fromOffset + sources[column]!]!;
    }
  }
}

const RECORD_NAMES = RECORD_FEATURES.map(({ name }) => name);

/** Position of a stateless column, or of the one in its place, in this build's catalogue. */
const placeOf = (name: string): number | undefined => STATELESS_COLUMNS.get(inPlaceOf(name));

function unknownColumns(names: readonly string[]): AlertforestError {
  return new AlertforestError(
    'MODEL_FORMAT_UNSUPPORTED',
    `Expected columns that this build knows, got ${names.join(', ')}.`,
    { details: { columns: names } },
  );
}

/** @throws AlertforestError MODEL_FORMAT_UNSUPPORTED when rows are not in this build's catalogue */
export function checkRows(rows: Pick<TrainingRows, 'catalogId'>): void {
  if (rows.catalogId !== CATALOG_ID) {
    throw new AlertforestError(
      'MODEL_FORMAT_UNSUPPORTED',
      `Expected rows of feature catalogue ${CATALOG_ID}, got ${rows.catalogId}.`,
    );
  }
}
