import { readFileSync } from 'node:fs';
import { Matrix } from '../../src/trees/matrix.ts';

/** One side of a table under test/fixtures/oracles/tabular. */
export interface OracleTable {
  readonly X: Matrix;
  /** (nSamples,) label or target. */
  readonly y: Float64Array;
}

/** Rows of `<name>.csv` whose column `split` says `part`; columns `target` and `split` are told apart by name. */
export function oracleTable(name: string, part: 'train' | 'test'): OracleTable {
  const file = new URL(`../fixtures/oracles/tabular/${name}.csv`, import.meta.url);
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const columns = header!.split(',');
  const target = columns.indexOf('target');
  const split = columns.indexOf('split');
  const features = columns.map((_, c) => c).filter((c) => c !== target && c !== split);
  const rows = lines.map((line) => line.split(',')).filter((cells) => cells[split] === part);
  const data = Float64Array.from(rows.flatMap((cells) => features.map((c) => Number(cells[c]))));
  return {
    X: Matrix.from(data, rows.length, features.length),
    y: Float64Array.from(rows, (cells) => Number(cells[target])),
  };
}
